using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Checks;

/// <summary>Each broker that is switched on, by the connection test that its page has; all at once, as many as that lets.</summary>
internal sealed class BrokersCheck(IDbContextFactory<TriggerConsoleDbContext> contexts, MqttBrokerTester mqtt, AmqpBrokerTester amqp)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <param name="isOffline">Calls none and only lists them.</param>
    public async Task<IReadOnlyList<CheckLine>> RunAsync(bool isOffline, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var mqttBrokers = await context.MqttBrokers.AsNoTracking().OrderBy(b => b.Name).Select(b => new { b.Id, b.Name, b.Enabled }).ToListAsync(cancellationToken);
        var amqpBrokers = await context.AmqpBrokers.AsNoTracking().OrderBy(b => b.Name).Select(b => new { b.Id, b.Name, b.Enabled }).ToListAsync(cancellationToken);
        return await Task.WhenAll(
        [
            .. mqttBrokers.Select(b => CheckAsync($"MQTT broker {b.Name}", b.Enabled, isOffline, token => mqtt.TestAsync(b.Id, new(), token), cancellationToken)),
            .. amqpBrokers.Select(b => CheckAsync($"AMQP broker {b.Name}", b.Enabled, isOffline, token => amqp.TestAsync(b.Id, new(), token), cancellationToken)),
        ]);
    }

    private static async Task<CheckLine> CheckAsync(string what, bool isEnabled, bool isOffline, Func<CancellationToken, Task<CommandResult<ConnectionTest>>> testAsync, CancellationToken cancellationToken)
    {
        if (!isEnabled) return new(what, CheckState.Note, "Switched off, not called.");
        if (isOffline) return new(what, CheckState.Note, "Not called (--offline).");
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(s_limit);
        try
        {
            var test = await testAsync(limited.Token);
            return test switch
            {
                { Refusal: Refusal.Invalid invalid } => new(what, CheckState.Fault, string.Join(" ", invalid.Errors.Select(e => $"{e.Field}: {e.Message}"))),
                { Refusal: { } refusal } => new(what, CheckState.Fault, refusal.Message),
                { Value: { Succeeded: true } value } => new(what, CheckState.Ok, $"Connected in {value.Timings.TotalMs:0} ms, protocol {value.ProtocolVersion}."),
                _ => new(what, CheckState.Fault, test.Value?.Failure?.Detail ?? "It could not be connected to."),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(what, CheckState.Fault, $"It did not answer within {s_limit.TotalSeconds:0} s.");
        }
        // The key that encrypted its secrets is not there
        catch (InvalidOperationException exception)
        {
            return new(what, CheckState.Fault, exception.Message);
        }
    }
}
