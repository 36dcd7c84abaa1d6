using System.Globalization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Components.Pages.Executions;

/// <summary>Where an execution stands, in one sentence with its cause, and what it waits for.</summary>
/// <param name="Sentence">"Dead after 5 tries: the target did not answer within 30 s."</param>
/// <param name="Until">What happens at <paramref name="At"/>: "Next try"; null when it waits for no time.</param>
public sealed record ExecutionStory(string Sentence, string? Until = null, DateTimeOffset? At = null)
{
    // What failures begin with; other first words are names or abbreviations
    private static readonly HashSet<string> s_smallWords = ["The", "A", "An", "What", "This", "That", "Its", "It", "No", "Nothing", "There", "More"];

    /// <param name="circuit">The circuit of its target when it is not closed.</param>
    /// <param name="broker">The broker it goes to, when that takes nothing now.</param>
    public static ExecutionStory Of(ExecutionView execution, CircuitView? circuit, DateTimeOffset now, BrokerRow? broker = null) => execution.Status switch
    {
        ExecutionStatus.Succeeded => new($"Succeeded on the {Ordinal(execution.Attempts)} try{In(execution.DurationMs)}."),
        ExecutionStatus.DeadLettered => new(Dead(execution)),
        ExecutionStatus.Cancelled => new(execution.Attempts == 0 ? "Cancelled before its first try." : $"Cancelled after {Tries(execution.Attempts)}."),
        ExecutionStatus.Held => new("Held: its trigger is paused. It goes on when the trigger is resumed."),
        ExecutionStatus.Running => new($"The {Ordinal(execution.Attempts + 1)} try is under way."),
        _ => Waiting(execution, circuit, now, broker),
    };

    /// <summary>A failure to go on a sentence with: "The target …" becomes "the target …".</summary>
    public static string Continue(string sentence)
    {
        var end = sentence.IndexOf(' ', StringComparison.Ordinal);
        return end > 0 && s_smallWords.Contains(sentence[..end]) ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence;
    }

    public static string Ordinal(int number) => (number % 100, number % 10) switch
    {
        (11 or 12 or 13, _) => $"{number}th",
        (_, 1) => $"{number}st",
        (_, 2) => $"{number}nd",
        (_, 3) => $"{number}rd",
        _ => $"{number}th",
    };

    private static ExecutionStory Waiting(ExecutionView execution, CircuitView? circuit, DateTimeOffset now, BrokerRow? broker)
    {
        var before = execution.Attempts == 0
            ? ""
            : $"{(execution.MaxAttempts is { } most ? $"Try {execution.Attempts} of {Math.Max(most, execution.Attempts)}" : $"The {Ordinal(execution.Attempts)} try")} failed{Cause(execution)} ";
        // An open circuit holds up what is due now; what is due later may find it closed
        var isDue = execution.NextAttemptAt is not { } due || due <= now.AddSeconds(1);
        if (isDue && broker is not null) return WaitingFor(broker, before);
        if (isDue && circuit is { State: CircuitState.Open })
            return new($"{before}Waits: the circuit of this target is open, because it failed too often{(circuit.LastCode is { } code ? $" (last: {Format.Code(code)})" : "")}.", "A probe goes out", circuit.OpenUntil);
        if (isDue && circuit is { State: CircuitState.HalfOpen }) return new($"{before}Waits: one execution is finding out whether the target is back.");
        if (isDue) return new($"{before}Waits for its turn.");
        return execution.Attempts == 0 ? new("Waits for its time.", "First try", execution.NextAttemptAt) : new(before.TrimEnd(), "Next try", execution.NextAttemptAt);
    }

    private static ExecutionStory WaitingFor(BrokerRow broker, string before) => broker.Health switch
    {
        BrokerHealth.Off => new($"{before}Waits: the broker {broker.Name} is switched off."),
        BrokerHealth.Blocked => new($"{before}Waits for the broker {broker.Name}: it is connected, but {BrokerWords.WhyBlocked(broker.Status)}. It goes on as soon as the broker has room again."),
        BrokerHealth.Down when broker.Status.LastFailure is { } failure
            => new($"{before}Waits for the broker {broker.Name}: {Continue(failure.Detail)}", broker.Status.NextTryAt is null ? null : "Next try to connect", broker.Status.NextTryAt),
        _ => new($"{before}Waits for the connection to the broker {broker.Name}."),
    };

    private static string Dead(ExecutionView execution)
    {
        var tries = execution.Test ? "The test failed" : $"Dead after {Tries(execution.Attempts)}";
        var isCutShort = !execution.Test && execution.MaxAttempts > execution.Attempts;
        return isCutShort ? $"{tries}, as this failure is not tried again{Cause(execution)}" : $"{tries}{Cause(execution)}";
    }

    private static string Cause(ExecutionView execution)
    {
        if (execution.Detail is { Length: > 0 } detail) return $": {Continue(detail)}";
        return execution.Code is { Length: > 0 } code ? $": {Format.Code(code)}." : ".";
    }

    private static string Tries(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "try" : "tries")}");

    private static string In(double? milliseconds) => milliseconds is { } took ? $" in {Format.Duration(took)}" : "";
}
