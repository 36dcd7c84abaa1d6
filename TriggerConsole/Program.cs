using TriggerConsole.Api;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Echo;
using TriggerConsole.Hosting;
using TriggerConsole.Ingress;

if (CommandLine.Answers(args)) return 0;
try
{
    var builder = WebApplication.CreateBuilder(CommandLine.Settings(args));
    CommandLine.CheckConfiguration(builder.Configuration);
    builder.SayFaultsOnce();
    builder.UseDefaultUrl();
    builder.WebHost.UseStaticWebAssets(); // styles and scripts without publishing first, in every environment; published, it does nothing
    builder.Services.AddTriggerConsole();
    builder.Services.AddTriggerConsoleAuthentication();
    builder.Services.AddTriggerConsoleServer();
    builder.Services.AddApiDocument();
    builder.Services.AddLive();
    builder.Services.AddPages();

    var app = builder.Build();
    app.UseNodeRole();
    app.UseOwnServerGuard();
    app.UseExceptionHandler();
    app.UseStatusAnswers();
    app.UseCors();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseCrossSiteGuard();
    app.UseAntiforgery();
    app.MapIngress();
    app.MapEcho();
    app.MapHealth();
    app.MapApi();
    app.MapApiDocument();
    app.MapLive();
    app.MapAccount();
    app.MapPages();
    await app.RunAsync(args);
    return 0;
}
catch (Exception exception) when (exception is not HostAbortedException && CommandLine.Explain(exception) is { } faults)
{
    foreach (var fault in faults) Console.Error.WriteLine($"TriggerConsole cannot start: {fault}");
    return 1;
}
