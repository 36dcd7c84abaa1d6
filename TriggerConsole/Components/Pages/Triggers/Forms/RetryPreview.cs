using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>Says in words what a retry policy comes to.</summary>
internal static class RetryPreview
{
    private const int MostDelaysListed = 6;

    /// <summary>Every kind of failure, as the form lists them.</summary>
    public static IReadOnlyList<(FailureKind Kind, string Words)> Failures { get; } =
    [
        (FailureKind.RateLimited, "too many calls (429)"),
        (FailureKind.Transient, "a fault of the moment (500, connection reset)"),
        (FailureKind.Unavailable, "target not available (name not found, refused, TLS, 502–504)"),
        (FailureKind.Timeout, "no answer in time"),
        (FailureKind.Authentication, "sign-in refused (401, 403)"),
        (FailureKind.Configuration, "wrong settings (a value missing, an address that may not be called)"),
        (FailureKind.Permanent, "refused for good (400, 404, 422)"),
    ];

    /// <summary><c>tried once</c>, <c>up to 6 tries</c>: for the sentence on top.</summary>
    public static string Tries(RetryPolicy policy) => policy.MaxAttempts == 1 ? "tried once" : $"up to {policy.MaxAttempts} tries";

    /// <summary>When the tries take place. The policy is valid here.</summary>
    public static string Schedule(RetryPolicy policy)
    {
        if (policy.MaxAttempts <= 1) return "It is tried once. What fails becomes a dead letter at once.";
        var exact = policy with { Jitter = false };
        var delays = Enumerable.Range(1, policy.MaxAttempts - 1).Select(attempt => exact.DelayAfter(attempt, random: 0.5).TotalSeconds).ToList();
        var text = $"After a failure it is tried again {Listed(delays)}. ";
        if (policy.Jitter && delays.Any(d => d > 0)) text += "Each delay is made up to a quarter shorter or longer, so that many retries do not fall on the same moment. ";
        var total = delays.Sum();
        text += total > 0
            ? $"The last of {policy.MaxAttempts} tries begins about {Rounded(total)} after the first; if it fails too, it becomes a dead letter."
            : $"If the last of {policy.MaxAttempts} tries fails too, it becomes a dead letter.";
        return text;
    }

    /// <summary>Which failures are tried again, and which are not.</summary>
    public static (string Retried, string NotRetried) Kinds(RetryPolicy policy)
        => (Words(Failures.Where(f => policy.Retries(f.Kind))), Words(Failures.Where(f => !policy.Retries(f.Kind))));

    private static string Listed(List<double> delays)
    {
        if (delays.All(d => d == 0)) return delays.Count == 1 ? "at once" : $"{delays.Count} times at once";
        if (delays.Count == 1) return $"after {DurationText.Of(delays[0])}";
        if (delays.All(d => d == delays[0])) return $"{delays.Count} times, each after {DurationText.Of(delays[0])}";
        var words = delays.Select(DurationText.Of).ToList();
        if (words.Count <= MostDelaysListed) return $"after {string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}";
        // From where the delays no longer change, one number says the rest
        var settled = delays.FindIndex(d => d == delays[^1]);
        return settled < MostDelaysListed
            ? $"after {string.Join(", ", words.Take(settled + 1))} and then {words[^1]} each time"
            : $"after {string.Join(", ", words.Take(MostDelaysListed - 1))} and so on, up to {words[^1]}";
    }

    private static string Rounded(double seconds) => DurationText.Of(seconds switch
    {
        < 60 => seconds,
        < 3600 => Math.Round(seconds),
        < 86_400 => Math.Round(seconds / 60) * 60,
        _ => Math.Round(seconds / 3600) * 3600,
    });

    private static string Words(IEnumerable<(FailureKind Kind, string Words)> failures) => string.Join("; ", failures.Select(f => f.Words));
}
