using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>Bounds the open connections of one address, so that nobody takes all there are by opening them and sending nothing.</summary>
internal sealed class ConnectionLimit(TrustedProxies proxies, IOptions<LoadSheddingOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _open = [];

    public ConnectionDelegate Guard(ConnectionDelegate next) => async connection =>
    {
        if ((connection.RemoteEndPoint as IPEndPoint)?.Address is not { } address || proxies.Contains(address))
        {
            await next(connection);
            return;
        }
        if (!TryOpen(address))
        {
            connection.Abort();
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            Close(address);
        }
    };

    private bool TryOpen(IPAddress address)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(address);
            if (open >= options.Value.MaxConnectionsPerAddress) return false;
            _open[address] = open + 1;
            return true;
        }
    }

    private void Close(IPAddress address)
    {
        lock (_gate)
        {
            if (--_open[address] == 0) _open.Remove(address);
        }
    }
}
