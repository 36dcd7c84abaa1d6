using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Tests.Mqtt.Client;

/// <summary>Passes bytes on to a broker, and resets each connection after a random number of them, in either direction.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Random _random = new(7);
    private readonly int _target;
    private readonly int _mostBytes;
    private int _cutsLeft;

    public CuttingProxy(int target, int cuts, int mostBytes)
    {
        (_target, _cutsLeft, _mostBytes) = (target, cuts, mostBytes);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int CutsLeft => Volatile.Read(ref _cutsLeft);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task PassAsync(Socket client)
    {
        using var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        int out_, in_;
        lock (_random) (out_, in_) = (_random.Next(1, _mostBytes), _random.Next(1, _mostBytes));
        try
        {
            await broker.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await Task.WhenAny(PumpAsync(client, broker, out_), PumpAsync(broker, client, in_));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
        client.LingerState = new(true, 0);
        client.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, int cutAfter)
    {
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                var mayCut = CutsLeft > 0;
                var count = await from.ReceiveAsync(buffer.AsMemory(0, mayCut ? Math.Min(buffer.Length, cutAfter) : buffer.Length), _stop.Token);
                if (count == 0) return;
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
                if (!mayCut) continue;
                cutAfter -= count;
                if (cutAfter > 0) continue;
                Interlocked.Decrement(ref _cutsLeft);
                return;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }
}
