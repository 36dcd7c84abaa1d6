using System.Net;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Limits;

/// <summary>
/// Counts requests and says which are too many. One for the node: several nodes count each for themselves, so that together they let
/// through as many times more. Nothing is allocated for a request that is let through.
/// </summary>
internal sealed class RateLimits
{
    private readonly LimitTable _table;
    private readonly RateLimit[] _limits;
    private readonly TimeProvider _time;
    private readonly long _start;

    public RateLimits(IOptions<RateLimitingOptions> options, LimitStatistics statistics, EngineMetrics metrics, TimeProvider time)
    {
        (IsEnabled, PrefixLength, Statistics, _time, _start) = (options.Value.Enabled, options.Value.IPv6PrefixLength, statistics, time, time.GetTimestamp());
        _table = new(options.Value.MaxCallers);
        _limits = [.. LimitPolicies.All.Select(p => options.Value.Of(p).ToLimit())];
        metrics.ObserveTotals("triggerconsole.limits.refused", "{request}", "Requests beyond a limit, by policy.", "policy", () => LimitPolicies.All.Select(p => (p.Name(), statistics.Total(p))));
        metrics.Observe("triggerconsole.limits.callers", "{caller}", "Callers whose requests are counted.", () => _table.Count);
    }

    /// <summary>Whether requests are counted at all; failed sign-ins are, in any case.</summary>
    public bool IsEnabled { get; }

    public int PrefixLength { get; }

    public LimitStatistics Statistics { get; }

    /// <summary>Callers that are remembered now.</summary>
    public int Callers => _table.Count;

    public RateLimit Of(LimitPolicy policy) => IsEnabled || policy == LimitPolicy.SignIn ? _limits[(int)policy] : RateLimit.None;

    public LimitKey KeyOf(LimitPolicy policy, IPAddress? address) => LimitKey.Of(policy, address, PrefixLength);

    /// <summary>Counts one request from this address.</summary>
    public LimitVerdict Take(LimitPolicy policy, IPAddress? address) => Take(KeyOf(policy, address), address);

    /// <summary>Counts one request of this caller, who comes from that address.</summary>
    public LimitVerdict Take(in LimitKey key, IPAddress? address) => Take(key, Of(key.Policy), address, null);

    /// <summary>Counts one request to a callback: by its own limit, else by the one for all.</summary>
    public LimitVerdict TakeCallback(Guid callback, in RateLimit own, IPAddress? address)
        => IsEnabled ? Take(LimitKey.Of(LimitPolicy.Callback, callback), own.IsNone ? Of(LimitPolicy.Callback) : own, address, callback) : LimitVerdict.Unlimited;

    /// <summary>Whether one would be let through; counts only when it would not.</summary>
    public LimitVerdict Look(in LimitKey key, IPAddress? address)
    {
        var verdict = _table.Look(key, Of(key.Policy), Now);
        if (!verdict.IsAllowed) Statistics.Refused(KeyOf(key.Policy, address));
        return verdict;
    }

    /// <summary>One that was let through does not count after all.</summary>
    public void TakeBack(in LimitKey key) => _table.TakeBack(key);

    private long Now => (_time.GetTimestamp() - _start) * 1000 / _time.TimestampFrequency;

    private LimitVerdict Take(in LimitKey key, in RateLimit limit, IPAddress? address, Guid? callback)
    {
        var verdict = _table.Take(key, limit, Now);
        if (!verdict.IsAllowed) Statistics.Refused(KeyOf(key.Policy, address), callback);
        return verdict;
    }
}
