using TriggerConsole.Api;
using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>Limits in force and what they have refused on this node, for the page and the API.</summary>
internal sealed class LimitsView(RateLimits limits, LoadGates gates, LoadMonitor monitor)
{
    private const int MostShown = 50;

    public LimitsResponse Read()
    {
        var statistics = limits.Statistics;
        return new(limits.IsEnabled, limits.Callers,
            [.. statistics.Policies().Select(hits => Response(hits, limits.Of(hits.Policy)))],
            [.. statistics.Addresses(MostShown, limits.PrefixLength).Select(a => new RefusedAddressResponse(a.Address, a.Policy.Name(), a.Count, a.FirstAt, a.LastAt))],
            statistics.Callbacks(MostShown),
            [.. gates.All.Select(g => new LoadResponse(g.Name, g.Gate.Inside, g.Gate.Most, g.Gate.Refused)), new("sign-ins", gates.SignIns.Inside, gates.SignIns.Most, gates.SignIns.Refused)],
            (int)Math.Round(monitor.Share * 100), Math.Round(monitor.Delay.TotalMilliseconds, 1));
    }

    private static LimitResponse Response(PolicyHits hits, RateLimit limit)
        => new(hits.Policy.Name(), By(hits.Policy), limit.Permits, limit.WindowMs / 1000, limit.Burst, hits.LastHour, hits.SinceStart);

    private static string By(LimitPolicy policy) => policy switch
    {
        LimitPolicy.Callback => "callback",
        LimitPolicy.Key => "key",
        LimitPolicy.User => "user",
        _ => "address",
    };
}
