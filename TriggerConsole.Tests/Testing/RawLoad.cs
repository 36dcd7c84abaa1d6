using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>Sends one request over and over from one address at a chosen rate, many at a time, and counts the answers. Costs far less than an HTTP client, so that what is measured is the server.</summary>
internal sealed class RawLoad : IDisposable
{
    private const int Connections = 4;
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(10);

    private readonly List<Socket> _sockets = [];
    private readonly byte[] _request;
    private int _accepted;
    private int _refused;
    private int _other;
    private int _sent;

    private RawLoad(byte[] request) => _request = request;

    public int Sent => Volatile.Read(ref _sent);

    public int Accepted => Volatile.Read(ref _accepted);

    public int Refused => Volatile.Read(ref _refused);

    public int Other => Volatile.Read(ref _other);

    public static async Task<RawLoad> ConnectAsync(Uri server, string from, string path, string token, string body)
    {
        var load = new RawLoad(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nX-Callback-Token: {token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        for (var i = 0; i < Connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            load._sockets.Add(socket);
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPAddress.Loopback, server.Port);
        }
        return load;
    }

    /// <summary>Comes back when all that was sent in this time is answered.</summary>
    public async Task RunAsync(int perSecond, TimeSpan time)
    {
        var readers = _sockets.Select(ReadAsync).ToList();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            var due = (int)(perSecond * watch.Elapsed.TotalSeconds) - _sent;
            for (var i = 0; i < Connections && due > 0; i++)
            {
                var count = Math.Max(1, due / Connections);
                var bytes = new byte[_request.Length * count];
                for (var j = 0; j < count; j++) _request.CopyTo(bytes, j * _request.Length);
                await _sockets[i].SendAsync(bytes);
                _sent += count;
            }
            await Task.Delay(s_step); // the rate that is asked for: what is due is counted anew after each step
        }
        await Eventually.TrueAsync(() => Accepted + Refused + Other >= Sent, "all answers");
        foreach (var socket in _sockets) socket.Shutdown(SocketShutdown.Both);
        await Task.WhenAll(readers);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    // Status lines alone: "HTTP/1.1 202"
    private async Task ReadAsync(Socket socket)
    {
        var start = "HTTP/1.1 "u8.ToArray();
        var (buffer, kept) = (new byte[64 * 1024], 0);
        while (true)
        {
            int read;
            try
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(kept));
            }
            catch (SocketException)
            {
                return;
            }
            if (read == 0) return;
            var (end, at) = (kept + read, 0);
            while (buffer.AsSpan(at, end - at).IndexOf(start) is var found and >= 0 && at + found + start.Length + 3 <= end)
            {
                Count(Encoding.ASCII.GetString(buffer, at + found + start.Length, 3));
                at += found + start.Length + 3;
            }
            var left = Math.Min(end - at, start.Length + 3);
            buffer.AsSpan(end - left, left).CopyTo(buffer);
            kept = left;
        }
    }

    private void Count(string status)
    {
        if (status == "202") Interlocked.Increment(ref _accepted);
        else if (status == "429") Interlocked.Increment(ref _refused);
        else Interlocked.Increment(ref _other);
    }
}
