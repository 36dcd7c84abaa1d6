using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Events;

namespace TriggerConsole.Components.Pages.Events;

/// <summary>What became of an event, for people.</summary>
internal static class VerdictWords
{
    /// <summary>One line for a list: <c>fired 2, skipped 1: switched off</c>.</summary>
    public static string Summary(IReadOnlyList<Verdict> verdicts)
    {
        if (verdicts.Count == 0) return "no trigger";
        var fired = verdicts.Count(v => v.Result == VerdictKind.Fires);
        var skipped = verdicts.Where(v => v.Result != VerdictKind.Fires).ToList();
        var reasons = string.Join(", ", skipped.GroupBy(v => v.Result).Select(g => Reason(g.Key)));
        if (skipped.Count == 0) return $"fired {Format.Number(fired)}";
        return fired == 0
            ? $"skipped {Format.Number(skipped.Count)}: {reasons}"
            : $"fired {Format.Number(fired)}, skipped {Format.Number(skipped.Count)}: {reasons}";
    }

    /// <summary>The verdict on one trigger, as a sentence.</summary>
    public static string Sentence(Verdict verdict) => verdict.Result switch
    {
        VerdictKind.Fires => "It fired: an execution was made.",
        VerdictKind.Disabled => "It was skipped: the trigger was switched off when the event arrived.",
        VerdictKind.Duplicate => "It was skipped: the event is a repetition. " + (verdict.Detail ?? "Its idempotency key was accepted before."),
        _ => verdict.Detail ?? Format.Code(verdict.Result.ToString()),
    };

    /// <summary>Why nothing happened for a trigger, in two or three words.</summary>
    public static string Reason(VerdictKind result) => result switch
    {
        VerdictKind.Fires => "fired",
        VerdictKind.Disabled => "switched off",
        VerdictKind.Duplicate => "sent before",
        _ => Format.Code(result.ToString()).ToLowerInvariant(),
    };

    public static string Origin(EventOrigin origin, bool byUser) => origin switch
    {
        EventOrigin.Callback when byUser => "Sent from the console",
        EventOrigin.Callback => "Request to the callback",
        EventOrigin.Api => "Call of the API that names the trigger",
        EventOrigin.Test => "Test",
        EventOrigin.Replay => "Replay with an edited payload",
        EventOrigin.Schedule when byUser => "A schedule, run by hand",
        EventOrigin.Schedule => "A schedule that was due",
        _ => origin.ToString(),
    };
}
