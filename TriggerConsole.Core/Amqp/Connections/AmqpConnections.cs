using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp.Connections;

/// <summary>Makes clients: the real ones, or what a test puts in their place.</summary>
internal delegate IAmqpClient CreateAmqpClient(AmqpClientOptions options);

/// <summary>Each connection that comes up first gets the exchanges and bindings that were made here.</summary>
internal sealed class AmqpConnections(
    AmqpBrokerDirectory directory, AmqpClientOptionsFactory options, CreateAmqpClient create, AmqpTopology topology, BrokerFeed feed, TimeProvider time, ILogger<AmqpConnections> logger)
    : BrokerConnections<RuntimeAmqpBroker, AmqpConnection>(TriggerKind.Amqp, directory, feed, time, logger)
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time = time;

    /// <summary>The connection once it can be used; null, with the reason, when it cannot within <paramref name="limit"/>, or waits for its next try.</summary>
    public async Task<(AmqpConnection? Connection, string? WhyNot)> UseAsync(RuntimeAmqpBroker broker, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!broker.Enabled) return (null, $"The broker {broker.Name} is switched off.");
        await EnsureAsync(broker.TargetKey, cancellationToken);
        var start = _time.GetTimestamp();
        while (true)
        {
            var connection = Find(broker.Id);
            // A blocked connection takes no messages, but all else
            if (connection is { IsPrepared: true, Status.State: BrokerState.Connected or BrokerState.Blocked }) return (connection, null);
            var isComing = connection is null || connection.Status.State is BrokerState.Connecting or BrokerState.Connected;
            if (!isComing || _time.GetElapsedTime(start) > limit) return (null, $"There is no connection to the broker {broker.Name}. {connection?.WhyNot ?? "It is being made."}");
            await Task.Delay(s_step, _time, cancellationToken);
        }
    }

    protected override Guid? IdOf(string targetKey) => RuntimeAmqpBroker.IdOf(targetKey);

    protected override AmqpConnection Create(RuntimeAmqpBroker broker) => new(broker, create(options.Make(broker.Settings, broker.Address, broker.Name)), _time);

    protected override async ValueTask PrepareAsync(AmqpConnection connection)
    {
        if (connection.IsPrepared) return;
        var life = connection.Life;
        await topology.RestoreAsync(connection.Client, connection.Broker, connection.Masker);
        connection.Prepared(life);
    }
}
