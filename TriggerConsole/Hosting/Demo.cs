using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Hosting;

/// <summary>
/// In Development, with an empty database: a callback whose trigger calls the built-in echo endpoint, and the curl line that
/// fires it. Production never gets it.
/// </summary>
internal sealed class Demo(
    IHostEnvironment environment, IHostApplicationLifetime lifetime, IDbContextFactory<TriggerConsoleDbContext> contexts, CallbackCommands callbacks, TriggerCommands triggers, ServerAddresses addresses)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!environment.IsDevelopment()) return;
        // The addresses are known when the server listens
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await using var context = await contexts.CreateDbContextAsync(stoppingToken);
        if (await context.Callbacks.AnyAsync(stoppingToken) || await context.Triggers.AnyAsync(stoppingToken)) return;

        var callback = await callbacks.CreateAsync(new() { Name = "Demo", Description = "Made at the first start. Send it something and watch it arrive.", Path = "demo" }, stoppingToken);
        if (callback.Value is not { } demo) return;
        var settings = JsonSerializer.SerializeToElement(new
        {
            method = "POST",
            url = $"{addresses.First}/echo/demo",
            body = new { format = "json", template = """{"received":"{timestamp}","event":"{original_payload}"}""" },
        });
        await triggers.CreateAsync(new() { Kind = TriggerKind.Http, CallbackId = demo.Callback.Id, Name = "Echo", Settings = settings }, stoppingToken);
        var url = $"{addresses.First}/api/trigger/custom/{demo.Callback.Path}";
        Console.WriteLine($"""

              TriggerConsole runs at {addresses.First}. Fire the demo callback with:

              curl {url} -H "X-Callback-Token: {demo.Token}" -H "Content-Type: application/json" -d "{Shell("""{"order":{"id":42,"total":99.5}}""")}"

            """);
    }

    private static string Shell(string json) => json.Replace("\"", "\\\"", StringComparison.Ordinal);
}
