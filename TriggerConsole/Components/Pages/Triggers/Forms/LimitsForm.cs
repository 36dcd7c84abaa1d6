using System.Globalization;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>A trigger's limits as they are typed; empty means none of its own.</summary>
public sealed class LimitsForm
{
    public string MaxConcurrent { get; set; } = "";

    public string RatePerSecond { get; set; } = "";

    public string Burst { get; set; } = "1";

    public static LimitsForm Of(TriggerLimits limits) => new()
    {
        MaxConcurrent = limits.MaxConcurrent?.ToString(CultureInfo.InvariantCulture) ?? "",
        RatePerSecond = limits.RatePerSecond?.ToString(CultureInfo.InvariantCulture) ?? "",
        Burst = limits.Burst.ToString(CultureInfo.InvariantCulture),
    };

    public TriggerLimits ToLimits(FieldErrors errors)
    {
        var limits = new TriggerLimits { MaxConcurrent = NumberText.Whole(MaxConcurrent), RatePerSecond = NumberText.Any(RatePerSecond), Burst = NumberText.Whole(Burst) ?? 1 };
        if (limits.MaxConcurrent is null && !string.IsNullOrWhiteSpace(MaxConcurrent)) errors.Add("maxConcurrent", "Write a whole number, for example 5, or leave it empty.");
        if (limits.RatePerSecond is null && !string.IsNullOrWhiteSpace(RatePerSecond)) errors.Add("ratePerSecond", "Write a number, for example 10 or 0.5, or leave it empty.");
        if (NumberText.Whole(Burst) is null && !string.IsNullOrWhiteSpace(Burst)) errors.Add("burst", "Write a whole number, for example 20.");
        limits.Validate(errors);
        return limits;
    }

    /// <summary>The limits in words; they are valid here.</summary>
    public static string InWords(TriggerLimits limits, int usualConcurrency)
    {
        var atOnce = limits.MaxConcurrent is { } most ? most == 1 ? "One at a time" : $"At most {most} at once" : $"At most {usualConcurrency} at once, as usual here";
        if (limits.RatePerSecond is not { } rate) return atOnce + ", as fast as the target answers.";
        var often = rate >= 1 ? $"{rate.ToString("0.###", CultureInfo.InvariantCulture)} a second" : $"one every {DurationText.Of(Math.Round(1 / rate, 1))}";
        return $"{atOnce}, {often} on average{(limits.Burst > 1 ? $", up to {limits.Burst} in a row after a quiet time" : "")}. What comes faster waits its turn; nothing is lost.";
    }
}
