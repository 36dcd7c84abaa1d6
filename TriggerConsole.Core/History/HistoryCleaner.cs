using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.History;

/// <summary>Deletes what is older than the retention settings allow, in small steps that share the journal's transactions.</summary>
internal sealed partial class HistoryCleaner(ExecutionJournal journal, SettingStore settings, TimeProvider time, ILogger<HistoryCleaner> logger, NodePlacement? placement = null)
    : PeriodicService(s_first, s_interval, time, placement)
{
    private const int Step = 200;
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_breath = TimeSpan.FromMilliseconds(20);

    internal Task<int> RunOnceAsync(CancellationToken cancellationToken) => RunOnceAsync(null, cancellationToken);

    /// <summary>One round over all parts. Returns how many rows were deleted, attempts not counted.</summary>
    /// <param name="progress">Told now and then how many were deleted so far.</param>
    internal async Task<int> RunOnceAsync(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var retention = await settings.GetAsync<RetentionSettings>(RetentionSettings.Name, cancellationToken);
        var deleted = 0;
        // Executions before events: an event may go when its executions are gone
        await CleanAsync(HistoryPart.Succeeded, retention.SucceededDays, Count, cancellationToken);
        await CleanAsync(HistoryPart.DeadLettered, retention.DeadLetteredDays, Count, cancellationToken);
        await CleanAsync(HistoryPart.Cancelled, retention.CancelledDays, Count, cancellationToken);
        await CleanAsync(HistoryPart.Events, retention.EventDays, Count, cancellationToken);
        await CleanAsync(HistoryPart.ScheduleRuns, retention.EventDays, Count, cancellationToken);
        await CleanAsync(HistoryPart.Rejections, retention.EventDays, Count, cancellationToken);
        await CleanAsync(HistoryPart.Statistics, retention.StatisticDays, Count, cancellationToken);
        await CleanBeforeAsync(HistoryPart.IdempotencyKeys, Time.Now(), Count, cancellationToken);
        return deleted;

        void Count(int rows)
        {
            deleted += rows;
            progress?.Report(deleted);
        }
    }

    protected override async Task RunRoundAsync(CancellationToken stoppingToken)
    {
        if (await RunOnceAsync(stoppingToken) is > 0 and var deleted) LogCleaned(deleted);
    }

    protected override void TellFailure(Exception exception) => LogRoundFailed(exception);

    private Task CleanAsync(HistoryPart part, int days, Action<int> deleted, CancellationToken cancellationToken)
        => days == 0 ? Task.CompletedTask : CleanBeforeAsync(part, Time.Now().AddDays(-days), deleted, cancellationToken);

    private async Task CleanBeforeAsync(HistoryPart part, DateTimeOffset before, Action<int> deleted, CancellationToken cancellationToken)
    {
        Guid? after = Guid.Empty;
        while (after is { } from)
        {
            var entry = new CleanEntry(part, before, from, Step);
            if (journal.TryAppend(entry)) // else the journal is full: what people wait for goes first
            {
                await entry.Completion.WaitAsync(cancellationToken);
                deleted(entry.Deleted);
                after = entry.Next;
            }
            if (after is not null) await Task.Delay(s_breath, Time, cancellationToken);
        }
    }

    [LoggerMessage(EventIds.HistoryCleaned, LogLevel.Information, "History cleaned: {Deleted} rows older than the retention settings deleted.")]
    private partial void LogCleaned(int deleted);

    [LoggerMessage(EventIds.RoundFailed, LogLevel.Warning, "A round of the history cleaner failed; the next one follows.")]
    private partial void LogRoundFailed(Exception exception);
}
