using TriggerConsole.Core.Mqtt.Client.Packets;

namespace TriggerConsole.Core.Mqtt.Client.Sessions;

/// <summary>Something that holds a packet identifier until it is answered. Guarded by <see cref="Session.Gate"/>.</summary>
internal abstract class Exchange
{
    /// <summary>0 while it has none.</summary>
    public ushort PacketId { get; set; }
}

/// <summary>A SUBSCRIBE or UNSUBSCRIBE that waits for its answer.</summary>
/// <param name="answer">SUBACK or UNSUBACK.</param>
internal sealed class RequestExchange(PacketType answer, int count) : Exchange
{
    // The continuations are the callers' and must not run under the lock
    private readonly TaskCompletionSource<SubackPacket?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PacketType Expected { get; } = answer;

    /// <summary>The answer must have one reason each.</summary>
    public int Count { get; } = count;

    /// <summary>Null: the connection ended before.</summary>
    public Task<SubackPacket?> Answer => _answer.Task;

    public void Complete(SubackPacket? answer) => _answer.TrySetResult(answer);
}
