using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Components.Pages.Jobs;

/// <summary>A number beside an entry.</summary>
/// <param name="Css"><c>bad</c>, <c>warn</c>, <c>busy</c>, or empty for a number that asks for nothing.</param>
/// <param name="Spoken">What colour alone would not say.</param>
internal sealed record JobsBadge(string Text, string Css, string? Title, string? Spoken)
{
    public static JobsBadge Of(long count, string css = "", string? title = null, string? spoken = null) => new(Short(count), count > 0 ? css : "", title ?? Format.Number(count), count > 0 ? spoken : null);

    /// <summary>Numbers from a hundred thousand on would push the entry's name away.</summary>
    private static string Short(long count) => count switch
    {
        < 100_000 => Format.Number(count),
        < 10_000_000 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count / 1000:N0} k"),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count / 1_000_000:N0} M"),
    };
}

/// <summary>An entry of the Jobs menu.</summary>
internal sealed record JobsEntry(string Key, string Path, string Text, Func<JobStatistics, JobsBadge?> Count)
{
    public static IReadOnlyList<JobsEntry> All { get; } =
    [
        new("overview", "/jobs", "Overview", _ => null),
        new("enqueued", "/jobs/queues", "Queues", s => s.Queues.Any(q => q.Paused)
            ? new(Format.Number(s.Enqueued), "warn", $"{Format.Number(s.Enqueued)} enqueued; {Format.Count(s.Queues.Count(q => q.Paused), "queue")} paused", "enqueued, a queue is paused")
            : JobsBadge.Of(s.Enqueued, "busy", $"{Format.Number(s.Enqueued)} enqueued", "enqueued")),
        new("scheduled", "/jobs/scheduled", "Scheduled", s => JobsBadge.Of(s.Scheduled)),
        new("processing", "/jobs/processing", "Processing", s => s.Stuck > 0
            ? new(Format.Number(s.Processing), "bad", $"{Format.Number(s.Processing)} under way, {Format.Number(s.Stuck)} of them stuck", $"under way, {s.Stuck} stuck")
            : JobsBadge.Of(s.Processing, "warn", null, "under way")),
        new("succeeded", "/jobs/succeeded", "Succeeded", s => JobsBadge.Of(s.Succeeded, title: $"{Format.Number(s.Succeeded)} since figures are kept; the list has those still in the history")),
        new("failed", "/jobs/failed", "Failed", s => JobsBadge.Of(s.Failed, "bad", $"{Format.Count(s.Failed, "dead letter")}", "failed")),
        new("deleted", "/jobs/deleted", "Deleted", s => JobsBadge.Of(s.Deleted)),
        new("retries", "/jobs/retries", "Awaiting retry", s => JobsBadge.Of(s.AwaitingRetry, "warn", null, "await a retry")),
        new("recurring", "/jobs/recurring", "Recurring", s => JobsBadge.Of(s.Recurring)),
        new("servers", "/jobs/servers", "Servers", s => s.Servers == 0 ? new("0", "warn", "No server is alive", "servers alive") : JobsBadge.Of(s.Servers)),
    ];
}
