namespace TriggerConsole.Core.Executions.Dispatch;

/// <summary>
/// Rate limit: tokens grow at <paramref name="rate"/> a second up to <paramref name="burst"/>, each start takes one.
/// Not safe for several threads; the dispatcher's lock guards it.
/// </summary>
internal sealed class TokenBucket(double rate, int burst, DateTimeOffset now)
{
    private double _tokens = burst;
    private DateTimeOffset _at = now;

    public double Rate { get; } = rate;

    public int Burst { get; } = burst;

    /// <summary>Whether a token is there; if not, when it will be.</summary>
    public bool HasToken(DateTimeOffset now, out DateTimeOffset availableAt)
    {
        if (now > _at)
        {
            _tokens = Math.Min(Burst, _tokens + (now - _at).TotalSeconds * Rate);
            _at = now;
        }
        availableAt = now;
        // The tiny allowance keeps rounding from asking for one more microsecond again and again
        if (_tokens >= 1 - 1e-9) return true;
        availableAt = now + TimeSpan.FromSeconds((1 - _tokens) / Rate) + TimeSpan.FromMicroseconds(1);
        return false;
    }

    public void Take() => _tokens -= 1;
}
