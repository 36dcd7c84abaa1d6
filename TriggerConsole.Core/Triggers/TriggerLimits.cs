using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Triggers;

/// <summary>What one trigger may do at most.</summary>
public sealed record TriggerLimits
{
    public static TriggerLimits Default { get; } = new();

    /// <summary>Executions at the same time; null for the engine's default (<c>Execution:MaxConcurrencyPerTrigger</c>).</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>Executions started per second on average; null for no limit.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Executions that may start at once after a quiet time, when there is a rate. Default: 1.</summary>
    public int Burst { get; init; } = 1;

    public void Validate(FieldErrors errors)
    {
        if (MaxConcurrent is < 1 or > 1000) errors.Add("maxConcurrent", "Give a number from 1 to 1,000, or leave it out.");
        if (RatePerSecond is { } rate && !(rate is >= 0.001 and <= 100_000)) errors.Add("ratePerSecond", "Give a rate from 0.001 to 100,000 a second, or leave it out.");
        if (Burst is < 1 or > 100_000) errors.Add("burst", "Give a number from 1 to 100,000.");
    }
}
