using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Statistics;

namespace TriggerConsole.Components.Pages.Home;

/// <summary>How it stands.</summary>
public enum HomeMood
{
    Good,

    /// <summary>Something waits for someone.</summary>
    Attention,

    /// <summary>Something fails now.</summary>
    Bad,
}

/// <summary>The first line of Home: the state in words.</summary>
internal static class HomeSentence
{
    /// <param name="facts">What needs attention.</param>
    /// <param name="lastHour">Each trigger's last hour.</param>
    /// <param name="accepted">Executions made in the last hour.</param>
    public static string Of(AttentionFacts facts, IReadOnlyList<TriggerStatistic> lastHour, int accepted)
        => $"{Targets(facts, lastHour)} {Figures(facts, lastHour, accepted)}";

    public static HomeMood MoodOf(AttentionFacts facts, IReadOnlyList<TriggerStatistic> lastHour)
    {
        if (facts.IsDatabaseDown || facts.Circuits.Count > 0 || facts.Brokers.Any(b => b.Waiting > 0) || Failing(lastHour).Count > 0) return HomeMood.Bad;
        return facts.DeadLetters > 0 || facts.Refusing.Count > 0 || facts.Brokers.Count > 0 || facts.Holding.Count > 0 ? HomeMood.Attention : HomeMood.Good;
    }

    private static string Targets(AttentionFacts facts, IReadOnlyList<TriggerStatistic> lastHour)
    {
        if (facts.IsDatabaseDown) return "The database takes no writes.";
        if (facts.Brokers is [var broker]) return $"The broker {broker.Name} {(broker.IsBlocked ? "takes no messages for now" : broker.IsOff ? "is switched off" : "is not connected")}.";
        if (facts.Brokers.Count > 1) return $"{Format.Number(facts.Brokers.Count)} brokers {(facts.Brokers.Any(b => b.IsBlocked) ? "take no messages" : "are not connected")}.";
        if (facts.Circuits.Count == 1) return "1 target fails and is left alone.";
        if (facts.Circuits.Count > 1) return $"{Format.Number(facts.Circuits.Count)} targets fail and are left alone.";
        var failing = Failing(lastHour);
        if (failing.Count == 1) return $"Every attempt of {failing[0].Name} failed in the last hour.";
        if (failing.Count > 1) return $"Every attempt of {Format.Number(failing.Count)} triggers failed in the last hour.";
        return lastHour.Any(t => t.Attempts > 0) ? "All targets answer." : "Nothing has run in the last hour.";
    }

    private static string Figures(AttentionFacts facts, IReadOnlyList<TriggerStatistic> lastHour, int accepted)
    {
        var dead = facts.DeadLetters switch
        {
            0 => "no dead letters",
            1 => "1 dead letter",
            var count => $"{Attention.Count(count)} dead letters",
        };
        if (accepted == 0 && lastHour.All(t => t.Attempts == 0)) return char.ToUpperInvariant(dead[0]) + dead[1..] + ".";
        return $"{Format.Count(accepted, "execution")} in the last hour, {dead}.";
    }

    private static List<TriggerStatistic> Failing(IReadOnlyList<TriggerStatistic> lastHour)
        => [.. lastHour.Where(t => t.Attempts > 0 && t.FailedAttempts == t.Attempts)];
}
