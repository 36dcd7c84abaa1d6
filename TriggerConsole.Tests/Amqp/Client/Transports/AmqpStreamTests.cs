using System.Net;
using System.Net.Sockets;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Client.Transports;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeAmqpBytes;

namespace TriggerConsole.Tests.Amqp.Client.Transports;

public sealed class AmqpStreamTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket _peer = null!;
    private CountingStream _network = null!;
    private AmqpStream _stream = null!;

    public async Task InitializeAsync()
    {
        _listener.Start();
        var (stream, socket) = await AmqpClients.DialAsync(((IPEndPoint)_listener.LocalEndpoint).Port, CancellationToken.None);
        _peer = await _listener.AcceptSocketAsync();
        _peer.NoDelay = true;
        _network = new(stream);
        _stream = new(new AmqpTransport(_network, socket), new FrameGuard(8), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _stream.DisposeAsync();
        _peer.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task Read_OfBytesThatDrip_GivesWholeFramesOnly()
    {
        var start = Start();
        var buffer = new byte[10_000];
        var read = _stream.ReadAsync(buffer).AsTask();
        foreach (var b in start[..^1]) await _peer.SendAsync(new[] { b });
        Assert.False(read.IsCompleted);
        var heard = _stream.LastHeard;

        await _peer.SendAsync(start[^1..]);

        Assert.Equal(start.Length, await read);
        Assert.Equal(start, buffer[..start.Length]);
        Assert.True(_stream.LastHeard > heard);
    }

    [Fact]
    public async Task Read_IntoASmallBuffer_GivesAllOfIt()
    {
        byte[] all = [.. Start(Table(("a", Text(new string('x', 60_000))))), .. Tune(), .. Heartbeat];
        await _peer.SendAsync(all);

        var read = new List<byte>();
        var buffer = new byte[700];
        while (read.Count < all.Length) read.AddRange(buffer[..await _stream.ReadAsync(buffer)]);

        Assert.Equal(all, read);
    }

    [Fact]
    public async Task Read_AfterAViolation_ThrowsAndTheNetworkIsCut()
    {
        var ended = 0;
        _stream.Ended = () => ended++;
        await _peer.SendAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());

        await Assert.ThrowsAsync<AmqpViolationException>(() => _stream.ReadAsync(new byte[100]).AsTask());

        Assert.Equal(AmqpConnectFault.NotAmqp, Assert.IsType<AmqpViolationException>(_stream.Fault).Fault);
        Assert.True(_stream.IsEnded);
        Assert.Equal(1, ended);
        await Assert.ThrowsAnyAsync<IOException>(() => _stream.ReadAsync(new byte[100]).AsTask());
        Assert.Equal(1, ended);
    }

    [Fact]
    public async Task Read_AtTheEndInTheMiddleOfAFrame_IsTheEnd()
    {
        await _peer.SendAsync(Start()[..20]);
        _peer.Shutdown(SocketShutdown.Send);

        // With the half frame in hand the library would spin
        Assert.Equal(0, await _stream.ReadAsync(new byte[100]));
        Assert.IsType<EndOfStreamException>(_stream.Fault);
    }

    [Fact]
    public async Task Write_WhileTheNetworkIsBusy_IsGathered()
    {
        var messages = Enumerable.Range(0, 500).Select(i => Body(1, [(byte)i, (byte)(i >> 8)])).ToList();
        _network.Hold();
        foreach (var message in messages) await _stream.WriteAsync(message);
        _network.Release();

        Assert.Equal(messages.SelectMany(m => m), await ReceiveAsync(messages.Sum(m => m.Length)));
        Assert.InRange(_network.Writes, 1, 3);
    }

    [Fact]
    public async Task Write_WhenNothingIsUnderWay_GoesOutAtOnce()
    {
        for (var i = 0; i < 3; i++)
        {
            await _stream.WriteAsync(Heartbeat);
            Assert.Equal(Heartbeat, await ReceiveAsync(Heartbeat.Length));
        }
        Assert.Equal(3, _network.Writes);
    }

    [Fact]
    public async Task Write_OfMoreThanThereIsRoomFor_WaitsForTheNetwork()
    {
        var large = new byte[5 * OutBuffer.Most];
        Random.Shared.NextBytes(large);
        large[0] = 3;
        _network.Hold();

        var write = _stream.WriteAsync(large).AsTask();
        Assert.False(write.IsCompleted);
        _network.Release();

        Assert.Equal(large, await ReceiveAsync(large.Length));
        await write;
        Assert.InRange(_network.Largest, 1, OutBuffer.Most);
    }

    [Fact]
    public async Task Congestion_IsOverWhenTheNetworkTakesAgain()
    {
        const int Large = 100_000;
        _network.Hold();
        var given = 0;
        for (; !_stream.IsCongested; given++) _stream.Expect(Large);
        Assert.InRange(given, OutBuffer.HighWater / Large, (OutBuffer.HighWater / Large) + 2);
        var room = _stream.RoomAsync(CancellationToken.None);
        Assert.False(room.IsCompleted);

        _network.Release();
        var receiving = ReceiveAsync(given * (Large + 20));
        for (var i = 0; i < given; i++) await _stream.WriteAsync(new byte[Large + 20]);

        await room.WaitAsync(Eventually.Limit);
        await receiving;
        Assert.False(_stream.IsCongested);
        // What does not come after all is no longer waited for
        for (; !_stream.IsCongested; given++) _stream.Expect(Large);
        room = _stream.RoomAsync(CancellationToken.None);
        _stream.Forget(Large);
        await room.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Abort_EndsReadersAndLetsWritersThrough()
    {
        _network.Hold();
        var read = _stream.ReadAsync(new byte[100]).AsTask();
        var writes = Enumerable.Range(0, 8).Select(_ => _stream.WriteAsync(new byte[OutBuffer.Most / 2]).AsTask()).ToList();
        Assert.Contains(writes, w => !w.IsCompleted);

        _stream.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => read).WaitAsync(Eventually.Limit);
        await Task.WhenAll(writes).WaitAsync(Eventually.Limit);
        await _stream.WriteAsync(new byte[10 * OutBuffer.Most]).AsTask().WaitAsync(Eventually.Limit);
        Assert.Null(_stream.Fault);
        _network.Release();
    }

    [Fact]
    public async Task Publish_AfterTheChannelsCloseOk_IsKeptBack()
    {
        byte[] Publish(ushort channel) => [.. Method(channel, 60, 40, Short(0), ShortString(""), ShortString("q"), [0]), .. ContentHeader(channel, 0, null)];
        byte[] CloseOk(ushort channel) => Method(channel, 20, 41);
        byte[] Open(ushort channel) => Method(channel, 20, 10, ShortString(""));

        foreach (var frames in (byte[][])[Publish(1), CloseOk(1), Publish(1), Publish(2), Heartbeat, Open(1), Publish(1)]) await _stream.WriteAsync(frames);

        byte[] expected = [.. Publish(1), .. CloseOk(1), .. Publish(2), .. Heartbeat, .. Open(1), .. Publish(1)];
        Assert.Equal(expected, await ReceiveAsync(expected.Length));
    }

    private async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;) read += await _peer.ReceiveAsync(bytes.AsMemory(read)).AsTask().WaitAsync(Eventually.Limit) is > 0 and var some ? some : throw new IOException("The end.");
        return bytes;
    }

    /// <summary>A network that counts writes, and takes them only when it is told to.</summary>
    private sealed class CountingStream(Stream inner) : Stream
    {
        private TaskCompletionSource? _held;

        public int Writes { get; private set; }

        public int Largest { get; private set; }

        public void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _held?.TrySetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            (Writes, Largest) = (Writes + 1, Math.Max(Largest, buffer.Length));
            if (_held is { } held) await held.Task;
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
