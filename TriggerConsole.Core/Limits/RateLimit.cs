namespace TriggerConsole.Core.Limits;

/// <summary>How much is let through.</summary>
/// <param name="Permits">Requests in any window; 0 for any number.</param>
/// <param name="WindowMs">Length of the window, in milliseconds.</param>
/// <param name="Burst">Of these, how many within one second; 0 for any number.</param>
internal readonly record struct RateLimit(int Permits, int WindowMs, int Burst)
{
    public const int BurstWindowMs = 1000;

    public static RateLimit None { get; } = new(0, BurstWindowMs, 0);

    public bool IsNone => Permits == 0 && Burst == 0;
}

/// <summary>What came of asking.</summary>
/// <param name="Remaining">How many more would be let through now.</param>
/// <param name="ResetMs">Refused: when to come back. Let through: until all are there again at the latest.</param>
internal readonly record struct LimitVerdict(bool IsAllowed, int Remaining, int ResetMs)
{
    public static LimitVerdict Unlimited { get; } = new(true, int.MaxValue, 0);

    public TimeSpan RetryAfter => TimeSpan.FromMilliseconds(ResetMs);
}
