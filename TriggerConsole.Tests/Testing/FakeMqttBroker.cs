using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;

namespace TriggerConsole.Tests.Testing;

internal sealed record FakeMqttSetup
{
    /// <summary>The server's certificate; null without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    public bool WebSocket { get; init; }

    /// <summary>The sub-protocol that the WebSocket handshake answers with; null leaves the header out.</summary>
    public string? SubProtocol { get; init; } = "mqtt";

    /// <summary>Connections are taken, but nothing is read or sent, not even a TLS or WebSocket handshake.</summary>
    public bool Silent { get; init; }
}

/// <summary>
/// A broker that sends exactly the bytes a test tells it to, and records what it gets: <see cref="AcceptAsync"/>, then the steps of
/// <see cref="FakeMqttConnection"/>. It shares no code with the client.
/// </summary>
internal sealed class FakeMqttBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<FakeMqttConnection> _accepted = Channel.CreateUnbounded<FakeMqttConnection>();
    private readonly List<IDisposable> _open = [];
    private readonly FakeMqttSetup _setup;
    private int _connections;

    private FakeMqttBroker(FakeMqttSetup setup)
    {
        _setup = setup;
        _listener.Start();
        _ = ListenAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>TCP connections taken so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The connections whose handshake was completed, and that no test has forgotten.</summary>
    public IReadOnlyList<FakeMqttConnection> Opened
    {
        get { lock (_open) return [.. _open.OfType<FakeMqttConnection>()]; }
    }

    /// <summary>The path and the headers of the last WebSocket handshake.</summary>
    public string Handshake { get; private set; } = "";

    /// <summary>The name that the last TLS handshake asked for.</summary>
    public string? ServerName { get; private set; }

    /// <summary>What went wrong in the last handshake (TLS, WebSocket).</summary>
    public Exception? HandshakeFault { get; private set; }

    public static FakeMqttBroker Start(FakeMqttSetup? setup = null) => new(setup ?? new());

    /// <summary>The next connection, before anything was read from it.</summary>
    public async Task<FakeMqttConnection> AcceptAsync() => await _accepted.Reader.ReadAsync(_stop.Token).AsTask().WaitAsync(Eventually.Limit);

    /// <summary>Takes no more connections: the port is closed.</summary>
    public void StopListening() => _listener.Stop();

    /// <summary>Drops what it holds of a connection that a test has disposed, for tests that make thousands.</summary>
    public void Forget(FakeMqttConnection connection)
    {
        lock (_open) _open.RemoveAll(open => open == connection || open == connection.Socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        lock (_open) foreach (var open in _open) open.Dispose();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                Interlocked.Increment(ref _connections);
                Keep(socket);
                if (!_setup.Silent) _ = OpenAsync(socket);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException) { }
    }

    private async Task OpenAsync(Socket socket)
    {
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_setup.Certificate is not null)
            {
                var secure = new SslStream(stream);
                stream = secure;
                // A context made offline: the server must not go looking for issuers on the network
                var context = SslStreamCertificateContext.Create(_setup.Certificate, null, offline: true);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context, ApplicationProtocols = [new("mqtt"), SslApplicationProtocol.Http11] }, _stop.Token);
                ServerName = secure.TargetHostName;
            }
            var webSocket = _setup.WebSocket ? await UpgradeAsync(stream) : null;
            var connection = new FakeMqttConnection(socket, stream, webSocket);
            Keep(connection);
            _accepted.Writer.TryWrite(connection);
        }
        catch (Exception exception)
        {
            HandshakeFault = exception;
            socket.Dispose();
        }
    }

    private void Keep(IDisposable open)
    {
        lock (_open) _open.Add(open);
    }

    private async Task<WebSocket> UpgradeAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0) throw new EndOfStreamException();
            head.Append((char)one[0]);
        }
        Handshake = head.ToString();
        var key = Handshake.Split("\r\n").First(l => l.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))[18..].Trim();
#pragma warning disable CA5350 // RFC 6455 demands SHA-1 here
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var subProtocol = _setup.SubProtocol is null ? "" : $"Sec-WebSocket-Protocol: {_setup.SubProtocol}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{subProtocol}\r\n"), _stop.Token);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = _setup.SubProtocol });
    }
}
