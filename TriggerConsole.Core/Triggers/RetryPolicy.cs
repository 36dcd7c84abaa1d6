using System.Text.Json.Serialization;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Triggers;

[JsonConverter(typeof(CamelCaseEnum<RetryStrategy>))]
public enum RetryStrategy
{
    /// <summary>Delay doubles each time: 2, 4, 8, 16, 32 s by default.</summary>
    Exponential,

    /// <summary>Delay grows by the same step: 2, 4, 6, 8 s.</summary>
    Linear,

    /// <summary>The same delay each time.</summary>
    Fixed,

    /// <summary>A list of delays; the last one repeats.</summary>
    Schedule,
}

/// <summary>When and how often a failed execution is tried again.</summary>
public sealed record RetryPolicy
{
    public const int MostAttempts = 100;
    public const double LongestDelaySeconds = 7 * 24 * 3600;

    public static RetryPolicy Default { get; } = new();

    /// <summary>Attempts in all, the first included: 1 to 100. Default: 6 (the first and five retries).</summary>
    public int MaxAttempts { get; init; } = 6;

    public RetryStrategy Strategy { get; init; } = RetryStrategy.Exponential;

    /// <summary>First delay in seconds (exponential: doubled each time; linear: the step). Default: 2.</summary>
    public double DelaySeconds { get; init; } = 2;

    /// <summary>No delay is longer than this. Default: one hour.</summary>
    public double MaxDelaySeconds { get; init; } = 3600;

    /// <summary>Spread each delay at random by up to a quarter either way, so that many retries do not fall on the same moment. Default: true.</summary>
    public bool Jitter { get; init; } = true;

    /// <summary>Delays in seconds for the strategy <c>schedule</c>.</summary>
    public IReadOnlyList<double> Schedule { get; init; } = [];

    /// <summary>Which failures are retried; null for those that a retry can help (rate limited, transient, unavailable, timeout).</summary>
    public IReadOnlyList<FailureKind>? RetryOn { get; init; }

    public bool Retries(FailureKind failure) => RetryOn?.Contains(failure) ?? failure.IsRetriedByDefault();

    /// <summary>
    /// Delay before the next attempt. <paramref name="attempt"/> is the number of the one that failed, from 1;
    /// <paramref name="random"/> is in [0, 1) and passed in, so that the arithmetic can be tested.
    /// A target's <c>Retry-After</c> is honoured as the least delay, up to <see cref="MaxDelaySeconds"/>.
    /// </summary>
    public TimeSpan DelayAfter(int attempt, double random, TimeSpan? retryAfter = null)
    {
        var seconds = Strategy switch
        {
            // 2^30 is beyond any allowed maximum; the bound keeps the power finite
            RetryStrategy.Exponential => DelaySeconds * Math.Pow(2, Math.Min(attempt - 1, 30)),
            RetryStrategy.Linear => DelaySeconds * attempt,
            RetryStrategy.Schedule when Schedule.Count > 0 => Schedule[Math.Min(attempt, Schedule.Count) - 1],
            _ => DelaySeconds,
        };
        if (Jitter) seconds *= 0.75 + random * 0.5;
        seconds = Math.Min(seconds, MaxDelaySeconds);
        if (retryAfter is { } asked) seconds = Math.Max(seconds, Math.Min(asked.TotalSeconds, MaxDelaySeconds));
        return TimeSpan.FromSeconds(Math.Max(0, seconds));
    }

    public void Validate(FieldErrors errors)
    {
        if (MaxAttempts is < 1 or > MostAttempts) errors.Add("maxAttempts", $"Give a number of attempts from 1 to {MostAttempts}.");
        if (!(DelaySeconds is >= 0 and <= LongestDelaySeconds)) errors.Add("delaySeconds", $"Give a delay from 0 to {LongestDelaySeconds:0} seconds (seven days).");
        if (!(MaxDelaySeconds is >= 0 and <= LongestDelaySeconds)) errors.Add("maxDelaySeconds", $"Give a delay from 0 to {LongestDelaySeconds:0} seconds (seven days).");
        if (Strategy == RetryStrategy.Schedule && Schedule.Count == 0) errors.Add("schedule", "Give at least one delay in seconds, for example [5, 60, 600].");
        if (Schedule.Count > MostAttempts) errors.Add("schedule", $"Give at most {MostAttempts} delays.");
        for (var i = 0; i < Math.Min(Schedule.Count, MostAttempts); i++)
            if (!(Schedule[i] is >= 0 and <= LongestDelaySeconds)) errors.Add($"schedule[{i}]", $"Give a delay from 0 to {LongestDelaySeconds:0} seconds (seven days).");
    }
}
