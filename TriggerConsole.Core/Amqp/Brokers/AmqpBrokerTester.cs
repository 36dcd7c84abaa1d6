using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Amqp.Brokers;

internal sealed class AmqpBrokerTester(
    IDbContextFactory<TriggerConsoleDbContext> contexts, AmqpBrokerRows rows, AmqpBrokerValidator validator, AmqpClientOptionsFactory options, CreateAmqpClient create, TimeProvider time)
    : BrokerTester<AmqpBroker, AmqpBrokerSettings, RuntimeAmqpBroker, AmqpBrokerInput>("AMQP", contexts, rows, validator)
{
    protected override async Task<ConnectionTest> ConnectAsync(AmqpBrokerSettings settings, Guid? brokerId, CancellationToken cancellationToken)
    {
        var trace = new ConnectTrace();
        var started = time.GetTimestamp();
        var address = AmqpAddress.Parse(settings.Url, new(), "url")!;
        await using var client = create(options.Make(settings, address, "connection test", trace));
        var failure = await client.ConnectAsync(cancellationToken);
        var total = time.GetElapsedTime(started).TotalMilliseconds;
        var status = client.Status;
        if (failure is null) await client.StopAsync(CancellationToken.None);
        return new(
            failure is null,
            AmqpFaults.ToFailure(failure, AmqpConnection.MaskerFor(settings)),
            failure is null ? AmqpConnection.ProtocolVersion : null,
            null,
            trace.Address?.ToString(),
            new()
            {
                DnsMs = Round(trace.DnsMilliseconds),
                ConnectMs = Round(trace.ConnectMilliseconds),
                TlsMs = Round(trace.TlsMilliseconds),
                SignInMs = trace.Phase == ConnectPhase.Done ? Round(Math.Max(0, total - trace.Milliseconds)) : null,
                TotalMs = Round(total)!.Value,
            })
        { Server = status.Server };
    }
}
