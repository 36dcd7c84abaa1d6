using System.Globalization;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>A retry policy as it is typed.</summary>
public sealed class RetryForm
{
    public string MaxAttempts { get; set; } = "";

    public RetryStrategy Strategy { get; set; }

    public string Delay { get; set; } = "";

    public string MaxDelay { get; set; } = "";

    public bool Jitter { get; set; }

    /// <summary>Delays separated by commas.</summary>
    public string Schedule { get; set; } = "";

    /// <summary>Null: those that a retry can help.</summary>
    public List<FailureKind>? RetryOn { get; set; }

    public static RetryForm Of(RetryPolicy policy) => new()
    {
        MaxAttempts = policy.MaxAttempts.ToString(CultureInfo.InvariantCulture),
        Strategy = policy.Strategy,
        Delay = DurationText.Of(policy.DelaySeconds),
        MaxDelay = DurationText.Of(policy.MaxDelaySeconds),
        Jitter = policy.Jitter,
        Schedule = string.Join(", ", policy.Schedule.Select(DurationText.Of)),
        RetryOn = policy.RetryOn?.ToList(),
    };

    /// <summary>What cannot be read stays as it is by default and is an error.</summary>
    public RetryPolicy ToPolicy(FieldErrors errors)
    {
        var policy = RetryPolicy.Default with { Strategy = Strategy, Jitter = Jitter, RetryOn = RetryOn?.Order().ToList() };
        if (NumberText.Whole(MaxAttempts) is { } attempts) policy = policy with { MaxAttempts = attempts };
        else errors.Add("maxAttempts", "Write a whole number, for example 6.");
        // A field that the strategy does not show does not stand in its way
        if (Strategy != RetryStrategy.Schedule && Read(Delay, "delaySeconds") is { } delay) policy = policy with { DelaySeconds = delay };
        if (Read(MaxDelay, "maxDelaySeconds") is { } most) policy = policy with { MaxDelaySeconds = most };
        if (Strategy == RetryStrategy.Schedule)
        {
            var parts = Schedule.Split([',', ';', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            policy = policy with { Schedule = [.. parts.Select(p => Read(p, "schedule") ?? 0)] };
        }
        policy.Validate(errors);
        return policy;

        double? Read(string text, string field)
        {
            if (DurationText.TryParse(text, out var error) is { } seconds) return seconds;
            errors.Add(field, error!);
            return null;
        }
    }
}
