using System.Collections.Concurrent;
using System.Net;

namespace TriggerConsole.Core.Egress;

/// <summary>Turns host names into addresses.</summary>
internal interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">There is no such name, or the name service did not answer.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>
/// The system's resolver. It blocks a thread for as long as the name service takes and cannot be stopped, so one look-up per
/// name runs at a time, and only so many in all: names that hang must not eat the thread pool. Nothing is remembered.
/// </summary>
internal sealed class SystemHostResolver : IHostResolver, IDisposable
{
    private const int MostAtOnce = 32;

    private readonly ConcurrentDictionary<string, Task<IPAddress[]>> _running = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _places = new(MostAtOnce);

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _running.GetOrAdd(host, started.Task);
        if (running == started.Task) _ = LookUpAsync(host, started);
        return running.WaitAsync(cancellationToken);
    }

    private async Task LookUpAsync(string host, TaskCompletionSource<IPAddress[]> result)
    {
        try
        {
            // No token: the look-up is shared, and the system goes on with it in any case
            await _places.WaitAsync(CancellationToken.None);
            IPAddress[] addresses;
            try { addresses = await Dns.GetHostAddressesAsync(host, CancellationToken.None); }
            finally { _places.Release(); }
            _running.TryRemove(host, out _);
            result.SetResult(addresses);
        }
        catch (Exception exception)
        {
            _running.TryRemove(host, out _);
            result.SetException(exception);
            _ = result.Task.Exception; // whoever waited may have given up: not an unobserved exception
        }
    }

    public void Dispose() => _places.Dispose();
}
