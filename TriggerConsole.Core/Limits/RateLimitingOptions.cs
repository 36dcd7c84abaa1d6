using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Limits;

/// <summary>One policy: so many requests in any window, of which so many within a second.</summary>
public sealed class RatePolicyOptions
{
    public RatePolicyOptions()
    {
    }

    internal RatePolicyOptions(int permits, TimeSpan window, int burst) => (Permits, Window, Burst) = (permits, window, burst);

    /// <summary>Requests in any window; 0 for any number.</summary>
    public int Permits { get; set; }

    /// <summary>Length of the window, one second to a day.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests within one second; 0 for any number.</summary>
    public int Burst { get; set; }

    internal RateLimit ToLimit() => new(Permits, (int)Window.TotalMilliseconds, Burst);
}

/// <summary>
/// How many requests are let through. Generous on purpose: a limit here keeps one caller from using up the server, it is no quota.
/// A sender's server may send 2,000 events a second for a minute; a person never sees a limit.
/// </summary>
public sealed class RateLimitingOptions
{
    public const string SectionName = "RateLimiting";

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>Whether requests are counted. Failed sign-ins are limited all the same. Default: yes.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How much of an IPv6 address counts as one caller, in bits. Default: 64.</summary>
    public int IPv6PrefixLength { get; set; } = 64;

    /// <summary>Callers that are remembered at the same time, some 100 bytes each. Default: 100,000.</summary>
    public int MaxCallers { get; set; } = 100_000;

    public RatePolicyOptions Ingress { get; init; } = new(120_000, s_minute, 10_000);

    public RatePolicyOptions Callback { get; init; } = new(0, s_minute, 0);

    public RatePolicyOptions Refusals { get; init; } = new(120, s_minute, 60);

    public RatePolicyOptions Api { get; init; } = new(60_000, s_minute, 3_000);

    public RatePolicyOptions Key { get; init; } = new(60_000, s_minute, 3_000);

    public RatePolicyOptions User { get; init; } = new(6_000, s_minute, 500);

    public RatePolicyOptions Pages { get; init; } = new(12_000, s_minute, 2_000);

    public RatePolicyOptions Account { get; init; } = new(60, s_minute, 20);

    public RatePolicyOptions Hub { get; init; } = new(600, s_minute, 100);

    public RatePolicyOptions Echo { get; init; } = new(60_000, s_minute, 5_000);

    public RatePolicyOptions Health { get; init; } = new(6_000, s_minute, 1_000);

    public RatePolicyOptions Metrics { get; init; } = new(600, s_minute, 60);

    public RatePolicyOptions SignIn { get; init; } = new(30, TimeSpan.FromMinutes(15), 0);

    internal RatePolicyOptions Of(LimitPolicy policy) => policy switch
    {
        LimitPolicy.Ingress => Ingress,
        LimitPolicy.Callback => Callback,
        LimitPolicy.Refusals => Refusals,
        LimitPolicy.Api => Api,
        LimitPolicy.Key => Key,
        LimitPolicy.User => User,
        LimitPolicy.Pages => Pages,
        LimitPolicy.Account => Account,
        LimitPolicy.Hub => Hub,
        LimitPolicy.Echo => Echo,
        LimitPolicy.Health => Health,
        LimitPolicy.Metrics => Metrics,
        _ => SignIn,
    };
}

/// <summary>Checked at start, every fault at once.</summary>
internal sealed class RateLimitingRules : IValidateOptions<RateLimitingOptions>
{
    private const int MostPermits = 100_000_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, RateLimitingOptions options)
    {
        var faults = new List<string>();
        if (options.IPv6PrefixLength is < 16 or > 128) faults.Add(Fault(nameof(options.IPv6PrefixLength), options.IPv6PrefixLength, "must be from 16 to 128 bits"));
        if (options.MaxCallers is < 1_000 or > 10_000_000) faults.Add(Fault(nameof(options.MaxCallers), options.MaxCallers, "must be from 1,000 to 10,000,000"));
        foreach (var policy in LimitPolicies.All)
        {
            var one = options.Of(policy);
            if (one.Permits is < 0 or > MostPermits) faults.Add(Fault($"{policy}:{nameof(one.Permits)}", one.Permits, "must be from 0 (any number) to 100,000,000"));
            if (one.Burst is < 0 or > MostPermits) faults.Add(Fault($"{policy}:{nameof(one.Burst)}", one.Burst, "must be from 0 (any number) to 100,000,000"));
            if (one.Window < TimeSpan.FromSeconds(1) || one.Window > s_longest) faults.Add(Fault($"{policy}:{nameof(one.Window)}", one.Window, "must be from 00:00:01 to 1.00:00:00"));
            // Without them a password could be guessed for ever
            if (policy == LimitPolicy.SignIn && one.Permits == 0) faults.Add(Fault($"{policy}:{nameof(one.Permits)}", one.Permits, "must be at least 1: failed sign-ins are always limited"));
        }
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string Fault(string key, object value, string rule) => FormattableString.Invariant($"{RateLimitingOptions.SectionName}:{key} ({value}) {rule}.");
}
