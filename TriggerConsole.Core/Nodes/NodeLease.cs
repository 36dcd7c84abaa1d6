using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Nodes;

/// <summary>
/// Whether this node may begin attempts: it has said that it is alive, lately enough that nobody takes its work over. Goes by the
/// machine's own clock that is never set, counted from before the heartbeat was sent.
/// </summary>
internal sealed class NodeLease(IOptions<NodeOptions> options, TimeProvider time)
{
    private readonly TimeSpan _limit = options.Value.SafeWithin;
    private long _renewedAt;
    private volatile bool _isEnforced;

    /// <summary>Asked before each start, so also right after the process stood still for a while. Always true on a database with one node.</summary>
    public bool MayStart => !_isEnforced || time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < _limit;

    /// <param name="sentAt">Timestamp from before the heartbeat was sent.</param>
    public void Renew(long sentAt)
    {
        Volatile.Write(ref _renewedAt, sentAt);
        _isEnforced = true;
    }
}
