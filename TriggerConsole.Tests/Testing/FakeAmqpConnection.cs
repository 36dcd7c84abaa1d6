using System.Buffers.Binary;
using static TriggerConsole.Tests.Testing.FakeAmqpBytes;

namespace TriggerConsole.Tests.Testing;

/// <summary>How far a <see cref="FakeAmqpConnection"/> has played the broker.</summary>
internal enum FakeAmqpStage
{
    /// <summary>Not a byte was read or sent.</summary>
    Accepted,

    /// <summary>The client has sent <c>AMQP0091</c>.</summary>
    Header,
    Started,
    Tuned,

    /// <summary>connection.open-ok was sent.</summary>
    Opened,

    /// <summary>The first channel is open, with confirms: the client is connected.</summary>
    Connected,
}

/// <summary>What a client sent.</summary>
internal sealed record FakeAmqpFrame(byte Type, ushort Channel, byte[] Payload)
{
    /// <summary>10.11 for connection.start-ok; empty when it is no method.</summary>
    public string Method => Type == 1 ? $"{Payload[0] << 8 | Payload[1]}.{Payload[2] << 8 | Payload[3]}" : "";
}

/// <summary>A scripted broker on one connection of a <see cref="RawServer"/>.</summary>
internal sealed class FakeAmqpConnection(RawConnection raw)
{
    public RawConnection Raw { get; } = raw;

    /// <summary>connection.tune as it will be sent.</summary>
    public byte[] TuneFrame { get; set; } = Tune();

    public static RawServer Listen(Func<FakeAmqpConnection, Task> script) => RawServer.StartSilent(raw => script(new(raw)));

    /// <summary>Plays a good broker as far as this.</summary>
    public async Task PlayAsync(FakeAmqpStage upTo)
    {
        if (upTo >= FakeAmqpStage.Header) await ReadAsync(8);
        if (upTo >= FakeAmqpStage.Started) await AnswerAsync(null, Start());
        if (upTo >= FakeAmqpStage.Tuned) await AnswerAsync("10.11", TuneFrame);
        if (upTo >= FakeAmqpStage.Opened) await AnswerAsync("10.40", OpenOk);
        if (upTo >= FakeAmqpStage.Connected) await OpenChannelAsync();
    }

    /// <summary>Answers channel.open and confirm.select.</summary>
    public async Task<ushort> OpenChannelAsync()
    {
        var channel = (await ExpectAsync("20.10")).Channel;
        await SendAsync(ChannelOpenOk(channel));
        await ExpectAsync("85.10");
        await SendAsync(ConfirmSelectOk(channel));
        return channel;
    }

    public Task SendAsync(byte[] bytes) => Raw.SendAsync(bytes);

    /// <summary>The next frame with this method; what comes before it is passed over.</summary>
    public async Task<FakeAmqpFrame> ExpectAsync(string method)
    {
        while (true)
        {
            if (await ReadFrameAsync() is var frame && frame.Method == method) return frame;
        }
    }

    /// <summary>One publish: method, header and body; its channel.</summary>
    public async Task<(ushort Channel, byte[] Header, byte[] Body)> ExpectPublishAsync()
    {
        var channel = (await ExpectAsync("60.40")).Channel;
        var header = await ReadFrameAsync();
        var left = (long)BinaryPrimitives.ReadUInt64BigEndian(header.Payload.AsSpan(4));
        var body = new List<byte>();
        while (body.Count < left) body.AddRange((await ReadFrameAsync()).Payload);
        return (channel, header.Payload, [.. body]);
    }

    public async Task<FakeAmqpFrame> ReadFrameAsync()
    {
        var head = await ReadAsync(7);
        var rest = await ReadAsync((int)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(3)) + 1);
        return rest[^1] == End ? new(head[0], BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(1)), rest[..^1]) : throw new InvalidOperationException("The client's frame has no end.");
    }

    private async Task AnswerAsync(string? method, byte[] answer)
    {
        if (method is not null) await ExpectAsync(method);
        await SendAsync(answer);
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var some = await Raw.Socket.ReceiveAsync(bytes.AsMemory(read), Raw.Stop);
            if (some == 0) throw new IOException("The client has hung up.");
            read += some;
        }
        return bytes;
    }
}
