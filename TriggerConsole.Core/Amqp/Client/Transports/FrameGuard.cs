using System.Buffers.Binary;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>
/// Looks at what a broker sends before the library does, which trusts it too much: tables nested 20,000 deep end the process (its
/// reader is recursive), a cut-off frame makes it read for ever, and a length is memory taken. Only whole frames that keep to the
/// rules pass. One connection, one thread.
/// </summary>
/// <param name="mostChannels">The highest channel that was asked for.</param>
internal sealed class FrameGuard(int mostChannels)
{
    /// <summary>The frame-max that is asked for; also holds before anything was agreed on.</summary>
    public const int LargestFrame = 65_536;

    /// <summary>Type, channel and size before the payload; the end byte behind it.</summary>
    public const int Head = 7;
    public const int Around = Head + 1;

    private const byte End = 0xCE;
    private const int SmallestFrameMax = 4096;

    // By channel: the bytes of a body that are still to come; a content header is due; or 0, a method is
    private const long HeaderDue = -1;
    private readonly long[] _due = new long[mostChannels + 1];
    private long _largestBody;

    /// <summary>The other side may bring messages, of up to the size that <see cref="AllowBody"/> allows.</summary>
    public bool AllowsDeliveries { get; init; }

    /// <summary>connection.start has come: the other side speaks AMQP.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>connection.tune has come: it has taken the login.</summary>
    public bool IsTuned { get; private set; }

    /// <summary>What was sent may come back; nothing larger can.</summary>
    public void AllowBody(int length)
    {
        // Publishers of several channels
        for (var seen = Volatile.Read(ref _largestBody); length > seen;)
        {
            var was = Interlocked.CompareExchange(ref _largestBody, length, seen);
            if (was == seen) return;
            seen = was;
        }
    }

    /// <summary>How many bytes from the start are whole frames, and fit to be handed on.</summary>
    /// <param name="needed">Bytes of the first frame that is not whole yet, as far as that is known.</param>
    /// <exception cref="AmqpViolationException"/>
    public int Check(ReadOnlySpan<byte> bytes, out int needed)
    {
        var passed = 0;
        needed = Around;
        while (true)
        {
            var rest = bytes[passed..];
            if ((!IsStarted && !Greeting.IsFrame(rest)) || rest.Length < Head) return passed;
            var size = BinaryPrimitives.ReadUInt32BigEndian(rest[3..]);
            if (size > LargestFrame - Around) throw AmqpViolationException.Protocol($"announced a frame of {size:N0} bytes, more than the {LargestFrame:N0} that were agreed on");
            CheckPlace(rest[0], BinaryPrimitives.ReadUInt16BigEndian(rest[1..]));
            needed = (int)size + Around;
            if (rest.Length < needed) return passed;
            if (rest[needed - 1] != End) throw AmqpViolationException.Protocol("sent a frame that does not end as a frame does");
            CheckFrame(rest[0], BinaryPrimitives.ReadUInt16BigEndian(rest[1..]), rest.Slice(Head, (int)size));
            passed += needed;
            needed = Around;
        }
    }

    private void CheckPlace(byte type, ushort channel)
    {
        if (type is not (1 or 2 or 3 or 8)) throw AmqpViolationException.Protocol($"sent a frame of the unknown type {type}");
        if (channel > mostChannels || (channel > 0 && !IsTuned)) throw AmqpViolationException.Protocol($"sent something on channel {channel}, which was never opened");
    }

    private void CheckFrame(byte type, ushort channel, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case 8:
                if (channel != 0 || !payload.IsEmpty || !IsStarted) throw AmqpViolationException.Protocol("sent a heartbeat that is none");
                break;
            case 1: CheckMethod(channel, payload); break;
            case 2: CheckHeader(channel, payload); break;
            default: CheckBody(channel, payload.Length); break;
        }
    }

    private void CheckMethod(ushort channel, ReadOnlySpan<byte> payload)
    {
        if (_due[channel] != 0) throw AmqpViolationException.Protocol("began something new in the middle of a message");
        if (payload.Length < 4) throw AmqpViolationException.Protocol("sent a method without a name");
        var method = BinaryPrimitives.ReadUInt32BigEndian(payload);
        if (method >> 16 == 10 != (channel == 0)) throw AmqpViolationException.Protocol($"sent a method on channel {channel}, where it cannot be ({method >> 16}.{method & 0xFFFF})");
        if (method == MethodRules.ConnectionStart == IsStarted) throw AmqpViolationException.Protocol(IsStarted ? "began the conversation a second time" : "began with something else than connection.start");
        MethodRules.Check(method, payload[4..], AllowsDeliveries);
        if (method == MethodRules.ConnectionStart)
        {
            Greeting.Check(payload[4..]);
            IsStarted = true;
        }
        else if (method == MethodRules.ConnectionTune) CheckTune(BinaryPrimitives.ReadUInt32BigEndian(payload[6..]));
        else if (method is MethodRules.BasicReturn or MethodRules.BasicDeliver) _due[channel] = HeaderDue;
    }

    private void CheckTune(uint frameMax)
    {
        if (IsTuned) throw AmqpViolationException.Protocol("negotiated a second time");
        // The library would cut bodies into pieces of less than nothing
        if (frameMax is > 0 and < SmallestFrameMax) throw AmqpViolationException.Protocol($"allows frames of {frameMax:N0} bytes only; AMQP asks for {SmallestFrameMax:N0} at least");
        IsTuned = true;
    }

    private void CheckHeader(ushort channel, ReadOnlySpan<byte> payload)
    {
        if (_due[channel] != HeaderDue) throw AmqpViolationException.Protocol("sent the head of a message that was not announced");
        const int Fixed = 2 + 2 + 8; // class, weight, size of the body
        if (payload.Length < Fixed + 2 || BinaryPrimitives.ReadUInt16BigEndian(payload) != 60) throw AmqpViolationException.Protocol("sent the head of a message that is none");
        var size = BinaryPrimitives.ReadUInt64BigEndian(payload[4..]);
        if (size > (ulong)Volatile.Read(ref _largestBody)) throw AmqpViolationException.Protocol($"returned a message of {size:N0} bytes; none as large was sent");
        MethodRules.CheckProperties(payload[Fixed..]);
        _due[channel] = (long)size;
    }

    private void CheckBody(ushort channel, int length)
    {
        if (_due[channel] <= 0) throw AmqpViolationException.Protocol("sent the body of a message that was not announced");
        if (length > _due[channel]) throw AmqpViolationException.Protocol("sent a body longer than announced");
        _due[channel] -= length;
    }
}
