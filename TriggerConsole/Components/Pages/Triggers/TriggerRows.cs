using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Statistics;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>One line of the list.</summary>
/// <param name="Callback">Name of its callback; null without one.</param>
/// <param name="Last">Its newest execution.</param>
/// <param name="Hour">Its figures of the last hour; null when it did nothing.</param>
/// <param name="Held">Executions that wait because it is paused.</param>
/// <param name="Resting">Its target failed too often and is left alone for a while; null normally.</param>
internal sealed record TriggerRow(TriggerView Trigger, string? Callback, ExecutionView? Last, TriggerStatistic? Hour, long Held, CircuitView? Resting);

/// <summary>Reads the list of triggers with what each is doing. A page of them costs a seek or two for each.</summary>
internal sealed class TriggerRows(
    TriggerQueries triggers, ExecutionQueries executions, StatisticQueries statistics, CallbackDirectory callbacks, TriggerDirectory directory, Dispatcher dispatcher, TimeProvider time)
{
    public const int PageSize = 25;

    public async Task<PageOf<TriggerRow>> ListAsync(TriggerKind? kind, Guid? callbackId, string? q, int page, CancellationToken cancellationToken)
    {
        var found = await triggers.ListAsync(kind, callbackId, q, page, PageSize, cancellationToken);
        var hour = (await statistics.ByTriggerAsync(time.GetUtcNow().AddHours(-1), cancellationToken)).ToDictionary(s => s.TriggerId);
        var resting = dispatcher.OpenCircuits.ToDictionary(c => c.Target);
        var rows = new List<TriggerRow>();
        foreach (var trigger in found.Items)
        {
            var last = await executions.ListAsync(new() { TriggerId = trigger.Id, Test = false }, null, 1, cancellationToken);
            var held = trigger.Paused ? await executions.CountAsync(new() { TriggerId = trigger.Id, Statuses = [ExecutionStatus.Held] }, cancellationToken) : 0;
            var target = directory.Find(trigger.Id)?.Prepared.TargetKey;
            rows.Add(new(trigger, trigger.CallbackId is { } id ? callbacks.Find(id)?.Name : null, last.Items.Count > 0 ? last.Items[0] : null,
                hour.GetValueOrDefault(trigger.Id), held, target is null ? null : resting.GetValueOrDefault(target)));
        }
        return new(rows, found.Total, found.Page, found.PageSize);
    }
}
