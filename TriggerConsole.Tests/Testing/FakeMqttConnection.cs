using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Xunit.Sdk;

namespace TriggerConsole.Tests.Testing;

/// <summary>What came of hostile bytes.</summary>
internal enum AliveState
{
    /// <summary>It still answers.</summary>
    Alive,

    /// <summary>It has closed the connection.</summary>
    Closed,

    /// <summary>Neither.</summary>
    Hangs,
}

/// <summary>One connection at the <see cref="FakeMqttBroker"/>: the steps of a test.</summary>
internal sealed class FakeMqttConnection : IDisposable
{
    private readonly Channel<FakeMqttPacket> _next = Channel.CreateUnbounded<FakeMqttPacket>();
    private readonly List<FakeMqttPacket> _packets = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? _paused;
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly WebSocket? _webSocket;
    private bool _v5;

    public FakeMqttConnection(Socket socket, Stream stream, WebSocket? webSocket = null)
    {
        (_socket, _stream, _webSocket) = (socket, stream, webSocket);
        OpenedAt = Stopwatch.GetTimestamp();
        _ = ReadAsync();
    }

    public long OpenedAt { get; }

    /// <summary>4 or 5, by the CONNECT.</summary>
    public int Version => _v5 ? 5 : 4;

    /// <summary>Every packet so far.</summary>
    public IReadOnlyList<FakeMqttPacket> Packets
    {
        get { lock (_packets) return [.. _packets]; }
    }

    /// <summary>Completes when the client has closed its side, or reset.</summary>
    public Task Closed => _closed.Task;

    public long ClosedAt { get; private set; }

    public Socket Socket => _socket;

    public WebSocket WebSocket => _webSocket!;

    /// <summary>Does not close when a DISCONNECT has come, as a broker does.</summary>
    public bool KeepsOpen { get; set; }

    /// <summary>What the client sent that is no MQTT packet; null when all is well.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The next packet, which must be of this type. PINGREQs in between are answered when another is expected.</summary>
    public async Task<FakeMqttPacket> ExpectAsync(MqttType type, Func<FakeMqttPacket, bool>? predicate = null)
    {
        while (true)
        {
            var packet = await NextAsync() ?? throw new XunitException($"Expected {type}, but the client closed the connection. {this}");
            if (packet.Type == MqttType.Pingreq && type != MqttType.Pingreq)
            {
                await SendAsync("D0 00");
                continue;
            }
            if (packet.Type != type || predicate?.Invoke(packet) == false) throw new XunitException($"Expected {type}, got {packet}. {this}");
            return packet;
        }
    }

    /// <summary>The next <paramref name="count"/> packets, all of this type.</summary>
    public async Task<List<FakeMqttPacket>> ExpectAsync(MqttType type, int count)
    {
        var packets = new List<FakeMqttPacket>();
        while (packets.Count < count) packets.Add(await ExpectAsync(type));
        return packets;
    }

    public Task SendAsync(string bytes, ushort pid = 0) => SendAsync(FakeMqttBytes.Parse(bytes, pid));

    public async Task SendAsync(params byte[][] packets)
    {
        var bytes = packets.SelectMany(p => p).ToArray();
        try
        {
            if (_webSocket is not null) await _webSocket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            else await _stream.WriteAsync(bytes);
        }
        catch (Exception exception) when (exception is IOException or WebSocketException or ObjectDisposedException or OperationCanceledException) { } // the client closed first; whoever waits for an answer sees it
    }

    /// <summary>Byte by byte, with a pause after each.</summary>
    public async Task SendSlowAsync(byte[] bytes, TimeSpan pause)
    {
        foreach (var one in bytes)
        {
            await SendAsync([[one]]);
            await Task.Delay(pause);
        }
    }

    /// <summary>Nothing comes for so long, and the connection stays. The one place where a test has to let time pass.</summary>
    public async Task AssertNothingAsync(int milliseconds)
    {
        await Task.WhenAny(_next.Reader.WaitToReadAsync().AsTask(), Task.Delay(milliseconds));
        if (_next.Reader.TryPeek(out var packet)) throw new XunitException($"Expected nothing, got {packet}. {this}");
        if (_closed.Task.IsCompleted) throw new XunitException($"Expected nothing, but the client closed the connection. {this}");
    }

    /// <summary>
    /// Sends PUBLISH QoS 1 with id 65535 and looks what becomes of it: a PUBACK, the end of the connection, or neither within
    /// <paramref name="limit"/>. Packets that come before are skipped (they stay in <see cref="Packets"/>).
    /// </summary>
    public async Task<AliveState> CheckAliveAsync(TimeSpan limit)
    {
        await SendAsync(FakeMqttBytes.Publish(Version, "alive", "?", 1, 65535));
        using var soon = new CancellationTokenSource(limit);
        try
        {
            await foreach (var packet in _next.Reader.ReadAllAsync(soon.Token))
                if (packet is { Type: MqttType.Puback, Id: 65535 }) return AliveState.Alive;
            return AliveState.Closed;
        }
        catch (OperationCanceledException)
        {
            return AliveState.Hangs;
        }
    }

    /// <summary>Waits until the client has closed; answers with its DISCONNECT, if it sent one as the last packet.</summary>
    public async Task<FakeMqttPacket?> ExpectClosedAsync()
    {
        try
        {
            await _closed.Task.WaitAsync(Eventually.Limit);
        }
        catch (TimeoutException)
        {
            throw new XunitException($"The client did not close the connection. {this}");
        }
        return Packets is [.., { Type: MqttType.Disconnect } last] ? last : null;
    }

    /// <summary>Sends FIN, and goes on reading.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    public void Close() => _socket.Close();

    /// <summary>Closes with RST instead of FIN.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Takes nothing more off the wire after the read that is under way, so that the client's sends pile up.</summary>
    public void StopReading() => _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReadAgain()
    {
        var paused = _paused;
        _paused = null;
        paused?.TrySetResult();
    }

    public void Dispose()
    {
        _webSocket?.Dispose();
        _stream.Dispose();
        _socket.Dispose();
        ReadAgain(); // so that the loop sees the end
    }

    public override string ToString() => $"Packets so far: {string.Join("; ", Packets)}. {Fault?.Message}";

    private async Task<FakeMqttPacket?> NextAsync()
    {
        using var late = new CancellationTokenSource(Eventually.Limit);
        try
        {
            return await _next.Reader.WaitToReadAsync(late.Token) && _next.Reader.TryRead(out var packet) ? packet : null;
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"The client sent nothing. {this}");
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var first = await ByteAsync();
                var length = 0;
                for (var shift = 0; ; shift += 7)
                {
                    if (shift > 21) throw new FormatException("A length of more than four bytes.");
                    var next = await ByteAsync();
                    length |= (next & 127) << shift;
                    if (next < 128) break;
                }
                var body = new byte[length];
                for (var got = 0; got < length;) got += await SomeAsync(body.AsMemory(got));
                if (first >> 4 == (int)MqttType.Connect) _v5 = body.Length > 6 && body[6] == 5;
                var packet = new FakeMqttPacket(first, body, _v5);
                lock (_packets) _packets.Add(packet);
                _next.Writer.TryWrite(packet);
                if (packet.Type == MqttType.Disconnect && !KeepsOpen) HalfClose();
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or WebSocketException or ObjectDisposedException) { } // closed or reset
        catch (Exception exception)
        {
            Fault = exception;
        }
        ClosedAt = Stopwatch.GetTimestamp();
        _next.Writer.TryComplete();
        _closed.TrySetResult();
    }

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private async ValueTask<byte> ByteAsync()
    {
        if (_start == _end) await FillAsync();
        return _buffer[_start++];
    }

    private async ValueTask<int> SomeAsync(Memory<byte> target)
    {
        if (_start == _end) await FillAsync();
        var count = Math.Min(target.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(target.Span);
        _start += count;
        return count;
    }

    private async ValueTask FillAsync()
    {
        if (_paused is { } paused) await paused.Task;
        _start = 0;
        _end = _webSocket is null ? await _stream.ReadAsync(_buffer) : await ReceiveAsync(_webSocket);
        if (_end == 0) throw new EndOfStreamException();
    }

    private async ValueTask<int> ReceiveAsync(WebSocket webSocket)
    {
        while (true)
        {
            var got = await webSocket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
            if (got.MessageType == WebSocketMessageType.Text) throw new FormatException("A text frame from the client.");
            if (got.MessageType == WebSocketMessageType.Close) return 0;
            if (got.Count > 0) return got.Count;
        }
    }
}
