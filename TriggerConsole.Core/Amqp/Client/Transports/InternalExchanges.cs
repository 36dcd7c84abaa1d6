using System.Buffers.Binary;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>
/// The library can declare no internal exchange: the bit for it (AMQP 0-9-1 as RabbitMQ extends it, exchange.declare) is always off in
/// its frames. On channels named here it is put in on the way out.
/// </summary>
internal sealed class InternalExchanges
{
    private const uint ExchangeDeclare = (40 << 16) | 10;
    private const byte MethodFrame = 1;
    private const byte InternalBit = 1 << 3;

    private readonly HashSet<ushort> _channels = [];
    private volatile bool _hasAny;

    public void Begin(ushort channel)
    {
        lock (_channels)
        {
            _channels.Add(channel);
            _hasAny = true;
        }
    }

    public void End(ushort channel)
    {
        lock (_channels)
        {
            _channels.Remove(channel);
            _hasAny = _channels.Count > 0;
        }
    }

    /// <param name="frames">As the library writes them: whole ones, a method alone.</param>
    public ReadOnlyMemory<byte> Mark(ReadOnlyMemory<byte> frames)
    {
        if (!_hasAny || PlaceOfBits(frames.Span) is not { } place) return frames;
        var marked = frames.ToArray();
        marked[place] |= InternalBit;
        return marked;
    }

    private int? PlaceOfBits(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < FrameGuard.Around + 4 || frame[0] != MethodFrame || BinaryPrimitives.ReadUInt32BigEndian(frame[FrameGuard.Head..]) != ExchangeDeclare) return null;
        lock (_channels)
            if (!_channels.Contains(BinaryPrimitives.ReadUInt16BigEndian(frame[1..]))) return null;
        // Method, a reserved short, the name, the type; each a byte of length and so many bytes
        var place = FrameGuard.Head + 4 + 2;
        place += 1 + frame[place];
        return place + 1 + frame[place];
    }
}
