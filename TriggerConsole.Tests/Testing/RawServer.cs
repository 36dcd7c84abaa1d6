using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>
/// A server that sends exactly the bytes a test tells it to, however wrong. Runs one script per connection; what it got before
/// the script began is in <see cref="Received"/>.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawConnection, Task> _script;
    private readonly ConcurrentBag<Task> _running = [];

    private RawServer(Func<RawConnection, Task> script)
    {
        _script = script;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    /// <summary>Heads and bodies of requests, and whatever else came.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>All bytes that came in.</summary>
    public long BytesReceived;

    public int Connections;

    /// <summary>Reads the request, then runs the script.</summary>
    public static RawServer Start(Func<RawConnection, Task> script) => new(async connection =>
    {
        connection.Server.Received.Enqueue(await connection.ReadRequestAsync());
        await script(connection);
    });

    /// <summary>Reads the request, sends this answer, and closes.</summary>
    public static RawServer Answering(string answer) => Start(connection => connection.SendAsync(answer));

    /// <summary>Runs the script at once.</summary>
    public static RawServer StartSilent(Func<RawConnection, Task> script) => new(script);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref Connections);
                _running.Add(RunAsync(socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task RunAsync(Socket socket)
    {
        using (socket)
        {
            try { await _script(new(this, socket, _stop.Token)); }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException) { }
        }
    }
}

internal sealed class RawConnection(RawServer server, Socket socket, CancellationToken stop)
{
    public RawServer Server { get; } = server;

    public Socket Socket { get; } = socket;

    public CancellationToken Stop { get; } = stop;

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        var rest = bytes.AsMemory();
        while (!rest.IsEmpty) rest = rest[await Socket.SendAsync(rest, Stop)..];
    }

    /// <summary>Until the other side hangs up or the test ends.</summary>
    public async Task HangAsync()
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await Socket.ReceiveAsync(buffer, Stop)) > 0) Interlocked.Add(ref Server.BytesReceived, count);
    }

    /// <summary>Closes with RST instead of FIN.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
    }

    /// <summary>Head and, by its Content-Length, body.</summary>
    public async Task<string> ReadRequestAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsWhole(text.ToString()))
        {
            var count = await Socket.ReceiveAsync(buffer, Stop);
            if (count == 0) break;
            Interlocked.Add(ref Server.BytesReceived, count);
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        return text.ToString();
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        var length = text.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return text.Length - end - 4 >= int.Parse(length?[16..] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    }
}
