using TriggerConsole.Api;
using TriggerConsole.Authentication;
using TriggerConsole.Browsers;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Echo;
using TriggerConsole.Hosting;
using TriggerConsole.Ingress;
using TriggerConsole.Limits;

var (isServing, what) = (true, "TriggerConsole cannot start");
try
{
    var (command, settings) = Command.Read(args);
    if (await CommandLine.AnswerAsync(command) is { } answered) return answered;
    var builder = WebApplication.CreateBuilder(CommandLine.ReadOnce(settings));
    if (command is not null)
    {
        (isServing, what) = (false, $"TriggerConsole {command.Name}");
        builder.LogAside();
    }
    CommandLine.CheckConfiguration(builder.Configuration);
    if (isServing) builder.SayFaultsOnce();
    builder.UseDefaultUrl();
    builder.WebHost.UseStaticWebAssets(); // styles and scripts without publishing first, in every environment; published, it does nothing
    builder.Services.AddTriggerConsole();
    builder.Services.AddTriggerConsoleAuthentication(builder.Configuration);
    builder.Services.AddTriggerConsoleServer();
    builder.Services.AddRequestLimits();
    builder.Services.AddApiDocument();
    builder.Services.AddLive();
    builder.Services.AddPages();
    builder.Services.AddBrowserRules();

    await using var app = builder.Build();
    if (command is not null) return await app.Services.RunAsync(command);
    app.UseSystemdNotifier();
    app.UseRequestLimits();
    app.UseNodeRole();
    app.UseRouting();
    app.UseOwnServerGuard();
    app.UseSecurityHeaders();
    app.UseExceptionHandler();
    app.UseStatusAnswers();
    app.UseCors();
    app.UseAuthentication();
    app.UseCallerLimits();
    app.UseAuthorization();
    app.UseCrossSiteGuard();
    app.UseOpenPageLimit();
    app.UseFormGuard();
    app.MapIngress();
    app.MapEcho();
    app.MapHealth();
    app.MapApi();
    app.MapApiDocument();
    app.MapLive();
    app.MapAccount();
    app.MapPages();
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is not HostAbortedException && CommandLine.Explain(exception) is { } faults)
{
    foreach (var fault in faults) Console.Error.WriteLine($"{what}: {fault}");
    return 1;
}
