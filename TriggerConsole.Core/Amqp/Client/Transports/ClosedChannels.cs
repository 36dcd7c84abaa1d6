using System.Buffers.Binary;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>
/// Keeps back what the library still sends on a channel after it has answered the broker's channel.close: a publisher that had looked
/// whether the channel is open just before. The broker would end the whole connection over it (504). One writer.
/// </summary>
internal sealed class ClosedChannels
{
    private const uint Open = 20 << 16 | 10;
    private const uint CloseOk = 20 << 16 | 41;
    private const int NameEnd = FrameGuard.Head + 4;

    private readonly HashSet<ushort> _closed = [];

    /// <param name="frames">Whole ones of one channel, as the library writes them.</param>
    public bool IsTooLate(ReadOnlySpan<byte> frames)
    {
        if (frames.Length < NameEnd || frames[0] != 1) return false;
        var method = BinaryPrimitives.ReadUInt32BigEndian(frames[FrameGuard.Head..]);
        if (method is not (Open or CloseOk)) return _closed.Count > 0 && _closed.Contains(BinaryPrimitives.ReadUInt16BigEndian(frames[1..]));
        var channel = BinaryPrimitives.ReadUInt16BigEndian(frames[1..]);
        if (method == CloseOk) _closed.Add(channel);
        else _closed.Remove(channel);
        return false;
    }
}
