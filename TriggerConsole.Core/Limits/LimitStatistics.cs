namespace TriggerConsole.Core.Limits;

/// <summary>Refusals of one policy.</summary>
/// <param name="LastHour">In the last 60 minutes.</param>
/// <param name="SinceStart">Since this node has started.</param>
public readonly record struct PolicyHits(LimitPolicy Policy, long LastHour, long SinceStart);

/// <summary>An address that was refused.</summary>
/// <param name="Address">The address, or the network for IPv6.</param>
/// <param name="FirstAt">The first refusal of an uninterrupted hour.</param>
public sealed record RefusedAddress(string Address, LimitPolicy Policy, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>A callback whose limit was reached.</summary>
public sealed record RefusedCallback(Guid CallbackId, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>Refusals since the last look, of one address and policy.</summary>
internal readonly record struct RefusedSince(LimitKey Key, long Count);

/// <summary>
/// What was refused: by policy for the last hour, by address and by callback for as long as it goes on. Bounded: of more addresses
/// than fit, those that are refused most are kept.
/// </summary>
internal sealed class LimitStatistics(TimeProvider time)
{
    private const int MostAddresses = 512;
    private const int MostCallbacks = 256;
    private const int Minutes = 60;
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly long[] _total = new long[LimitPolicies.Count];
    private readonly int[,] _byMinute = new int[LimitPolicies.Count, Minutes];
    private readonly Dictionary<LimitKey, Tally> _addresses = [];
    private readonly Dictionary<Guid, Tally> _callbacks = [];
    private long _minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
    private long _others;

    /// <param name="who">The address, for that policy.</param>
    /// <param name="callback">The callback whose limit was reached, if it was one's.</param>
    public void Refused(in LimitKey who, Guid? callback = null)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            MoveTo(now);
            var policy = (int)who.Policy;
            _total[policy]++;
            _byMinute[policy, _minute % Minutes]++;
            if (!Count(_addresses, who, now, MostAddresses)) _others++;
            if (callback is { } id) Count(_callbacks, id, now, MostCallbacks);
        }
    }

    public IReadOnlyList<PolicyHits> Policies()
    {
        lock (_gate)
        {
            MoveTo(time.GetUtcNow());
            return [.. LimitPolicies.All.Select(p => new PolicyHits(p, Enumerable.Range(0, Minutes).Sum(m => (long)_byMinute[(int)p, m]), _total[(int)p]))];
        }
    }

    public long Total(LimitPolicy policy)
    {
        lock (_gate) return _total[(int)policy];
    }

    /// <summary>Those refused within the last hour, the most refused first.</summary>
    public IReadOnlyList<RefusedAddress> Addresses(int most, int prefixLength)
    {
        var since = time.GetUtcNow() - s_hour;
        lock (_gate)
            return [.. _addresses.Where(a => a.Value.LastAt > since).OrderByDescending(a => a.Value.Count).Take(most)
                .Select(a => new RefusedAddress(a.Key.AddressText(prefixLength), a.Key.Policy, a.Value.Count, a.Value.FirstAt, a.Value.LastAt))];
    }

    /// <summary>Those whose limit was reached within the last hour, the most refused first.</summary>
    public IReadOnlyList<RefusedCallback> Callbacks(int most)
    {
        var since = time.GetUtcNow() - s_hour;
        lock (_gate)
            return [.. _callbacks.Where(c => c.Value.LastAt > since).OrderByDescending(c => c.Value.Count).Take(most)
                .Select(c => new RefusedCallback(c.Key, c.Value.Count, c.Value.FirstAt, c.Value.LastAt))];
    }

    /// <summary>What came since the last call, the most refused first, and makes room: forgets who has been calm for an hour, and of too many the least refused.</summary>
    /// <returns>And how many refusals of addresses that had no room.</returns>
    public (IReadOnlyList<RefusedSince> Refused, long Others) Drain()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var refused = _addresses.Where(a => a.Value.Unseen > 0).OrderByDescending(a => a.Value.Unseen).Select(a => new RefusedSince(a.Key, a.Value.Unseen)).ToList();
            foreach (var tally in _addresses.Values) tally.Unseen = 0;
            MakeRoom(_addresses, now, MostAddresses / 2);
            MakeRoom(_callbacks, now, MostCallbacks / 2);
            (var others, _others) = (_others, 0);
            return (refused, others);
        }
    }

    private static bool Count<TKey>(Dictionary<TKey, Tally> tallies, TKey key, DateTimeOffset now, int most) where TKey : notnull
    {
        if (!tallies.TryGetValue(key, out var tally))
        {
            if (tallies.Count >= most) return false;
            tallies[key] = tally = new() { FirstAt = now };
        }
        tally.Count++;
        tally.Unseen++;
        tally.LastAt = now;
        return true;
    }

    private static void MakeRoom<TKey>(Dictionary<TKey, Tally> tallies, DateTimeOffset now, int most) where TKey : notnull
    {
        foreach (var key in tallies.Where(t => t.Value.LastAt < now - s_hour).Select(t => t.Key).ToList()) tallies.Remove(key);
        if (tallies.Count <= most) return;
        foreach (var key in tallies.OrderBy(t => t.Value.Count).Take(tallies.Count - most).Select(t => t.Key).ToList()) tallies.Remove(key);
    }

    private void MoveTo(DateTimeOffset now)
    {
        var minute = now.ToUnixTimeSeconds() / 60;
        for (var i = Math.Max(_minute + 1, minute - Minutes + 1); i <= minute; i++)
            for (var policy = 0; policy < LimitPolicies.Count; policy++) _byMinute[policy, i % Minutes] = 0;
        _minute = Math.Max(_minute, minute);
    }

    private sealed class Tally
    {
        public required DateTimeOffset FirstAt { get; init; }

        public DateTimeOffset LastAt { get; set; }

        public long Count { get; set; }

        public long Unseen { get; set; }
    }
}
