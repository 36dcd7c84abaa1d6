using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Tests.Testing;

/// <summary>
/// Stands between a client and a server, and cuts each connection with a reset after the number of bytes that it is told, counted
/// over both directions: in the middle of packets as well as between them.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, long?> _bytesUntilCut;
    private readonly int _target;
    private int _connections;
    private int _cuts;
    private TaskCompletionSource? _stalled;

    /// <param name="target">Port of the server on this machine.</param>
    /// <param name="bytesUntilCut">By the number of the connection, from 1 on; null leaves it alone.</param>
    public TcpProxy(int target, Func<int, long?> bytesUntilCut)
    {
        (_target, _bytesUntilCut) = (target, bytesUntilCut);
        _listener.Start();
        _ = ListenAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Connections stay, but not a byte gets through any more, in either direction.</summary>
    public void Stall() => Interlocked.CompareExchange(ref _stalled, new(TaskCreationOptions.RunContinuationsAsynchronously), null);

    public void Continue() => Interlocked.Exchange(ref _stalled, null)?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Continue();
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ForwardAsync(client, Interlocked.Increment(ref _connections), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task ForwardAsync(Socket client, int number, CancellationToken stop)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            var left = _bytesUntilCut(number) ?? long.MaxValue;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, stop);
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
            client.LingerState = server.LingerState = new LingerOption(true, 0);

            async Task PumpAsync(Socket from, Socket to)
            {
                var buffer = new byte[4096];
                try
                {
                    while (await from.ReceiveAsync(buffer, stop) is > 0 and var count)
                    {
                        if (Volatile.Read(ref _stalled) is { } stalled) await stalled.Task;
                        var rest = Interlocked.Add(ref left, -count);
                        var allowed = (int)Math.Clamp(rest + count, 0, count);
                        if (allowed > 0) await to.SendAsync(buffer.AsMemory(0, allowed), stop);
                        if (rest > 0) continue;
                        Interlocked.Increment(ref _cuts);
                        return;
                    }
                }
                catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
            }
        }
    }
}
