using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>Looks whether a broker has a queue.</summary>
internal sealed class AmqpQueues(AmqpBrokerDirectory brokers, AmqpConnections connections)
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(5);

    public async Task<CommandResult<AmqpQueueView>> FindAsync(Guid brokerId, string name, CancellationToken cancellationToken)
    {
        if (brokers.Find(brokerId) is not { } broker) return new Refusal.NotFound($"There is no AMQP broker {brokerId}.");
        if (AmqpNames.WhyNotName(name, "queue") is { } why) return new Refusal.Invalid("name", why);
        var (connection, whyNot) = await connections.UseAsync(broker, s_connectLimit, cancellationToken);
        if (connection is null) return new Refusal.Conflict(whyNot!);
        RabbitMQ.Client.QueueDeclareOk? found = null;
        var result = await connection.Client.RunAsync(async (channel, token) => found = await channel.QueueDeclarePassiveAsync(name, token), cancellationToken);
        return result switch
        {
            { Status: AmqpOperationStatus.Done } => new AmqpQueueView(name, true, found!.MessageCount, found.ConsumerCount, null),
            { Status: AmqpOperationStatus.Refused, ReplyCode: 404 } => new AmqpQueueView(name, false, null, null, null),
            // 405: another connection has it for itself alone; 403: this user may not look
            { Status: AmqpOperationStatus.Refused } => new AmqpQueueView(name, true, null, null, $"The broker does not let this user look at it: {connection.Masker.MaskText(result.ReplyText ?? "")}"),
            _ => new Refusal.Unavailable("The connection to the broker broke before it answered. Try again in a moment.", TimeSpan.FromSeconds(5)),
        };
    }
}
