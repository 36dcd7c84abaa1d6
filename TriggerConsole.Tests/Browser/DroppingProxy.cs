using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Tests.Browser;

/// <summary>The wire between browser and server, which a test can cut and mend.</summary>
internal sealed class DroppingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private int _dropped;

    public DroppingProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Connections that were cut while they were open.</summary>
    public int Dropped => _dropped;

    /// <summary>Drops every connection and takes no more.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var connection in _open.Keys)
        {
            if (!_open.TryRemove(connection, out _)) continue;
            Interlocked.Increment(ref _dropped);
            connection.Dispose();
        }
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over
        }
    }

    private async Task CarryAsync(TcpClient browser)
    {
        using var near = browser;
        using var far = new TcpClient();
        _open[near] = true;
        if (_isCut) Cut(); // it came through the moment before
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _server.Port);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, or one side has hung up
        }
        finally
        {
            _open.TryRemove(near, out _);
        }
    }
}
