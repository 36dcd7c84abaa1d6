using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client;

namespace TriggerConsole.Core.Executions.Transport;

/// <summary>What travels: which execution of which trigger is ready, and nothing of its content. Whoever takes it reads the row.</summary>
internal static class TransportMessage
{
    private const string Type = "triggerconsole.execution.v1";
    private const int Length = 32;

    public static AmqpMessage Write(string queue, Guid executionId, Guid triggerId)
    {
        var body = new byte[Length];
        executionId.TryWriteBytes(body, bigEndian: true, out _);
        triggerId.TryWriteBytes(body.AsSpan(16), bigEndian: true, out _);
        var key = executionId.ToString("N");
        return new()
        {
            Exchange = "",
            RoutingKey = queue,
            Mandatory = true,
            Key = key,
            Body = body,
            Properties = new() { Persistent = true, Type = Type, MessageId = key, ContentType = "application/octet-stream", Headers = new Dictionary<string, object?> { [AmqpMessage.KeyHeader] = key } },
        };
    }

    /// <summary>False for what is none of ours.</summary>
    public static bool TryRead(IReadOnlyBasicProperties properties, ReadOnlySpan<byte> body, out Guid executionId, out Guid triggerId)
    {
        (executionId, triggerId) = (Guid.Empty, Guid.Empty);
        if (body.Length != Length || !properties.IsTypePresent() || properties.Type != Type) return false;
        (executionId, triggerId) = (new(body[..16], bigEndian: true), new(body[16..], bigEndian: true));
        return true;
    }
}
