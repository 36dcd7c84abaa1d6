using TriggerConsole.Api;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Echo;
using TriggerConsole.Hosting;
using TriggerConsole.Ingress;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddTriggerConsole();
builder.Services.AddTriggerConsoleAuthentication();
builder.Services.AddTriggerConsoleServer();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseAuthentication();
app.UseAuthorization();
app.MapIngress();
app.MapEcho();
app.MapHealth();
app.MapApi();
await app.RunAsync();
