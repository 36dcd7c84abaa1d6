using TriggerConsole.Api;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Echo;
using TriggerConsole.Hosting;
using TriggerConsole.Ingress;

var builder = WebApplication.CreateBuilder(args);
builder.UseDefaultUrl();
builder.Services.AddTriggerConsole();
builder.Services.AddTriggerConsoleAuthentication();
builder.Services.AddTriggerConsoleServer();
builder.Services.AddPages();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapIngress();
app.MapEcho();
app.MapHealth();
app.MapApi();
app.MapAccount();
app.MapPages();
await app.RunAsync();
