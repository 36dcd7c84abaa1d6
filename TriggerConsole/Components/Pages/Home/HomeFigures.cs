using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Statistics;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Home;

/// <summary>What Home shows of the present.</summary>
/// <param name="Waiting">Executions that wait for their first or next attempt, up to <see cref="AttentionFacts.MostCounted"/>.</param>
internal sealed record HomeNow(AttentionFacts Facts, IReadOnlyList<TriggerStatistic> LastHour, Rate Hour, Rate Minute, int Waiting, IReadOnlyList<ExecutionView> Latest);

/// <summary>What Home shows of the last day; worth another look only now and then.</summary>
internal sealed record HomeDay(DateTimeOffset At, IReadOnlyList<StatisticPoint> Points, IReadOnlyList<TriggerStatistic> Triggers);

/// <summary>Gathers the figures of Home. Every look is a few short seeks and counts that stop early, whatever is stored.</summary>
internal sealed class HomeFigures(
    StatisticQueries statistics, ExecutionQueries executions, CallbackQueries callbackQueries, CallbackDirectory callbacks, TriggerDirectory triggers,
    BrokerRows brokers, ScheduleQueries schedules, Dispatcher dispatcher, ExecutionJournal journal, NodeDirectory nodes, TimeProvider time)
{
    private const int MostLatest = 8;
    private const int MostFailing = 5;

    public static TimeSpan Step { get; } = TimeSpan.FromMinutes(30);

    public async Task<HomeNow> NowAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var minutes = await statistics.SeriesAsync(now.AddMinutes(-60), now, TimeSpan.FromMinutes(1), null, cancellationToken);
        return new(
            await FactsAsync(now, cancellationToken),
            await statistics.ByTriggerAsync(now.AddMinutes(-60), cancellationToken),
            HomeRates.Sum(minutes),
            HomeRates.LastMinute(minutes, now),
            await CountAsync([ExecutionStatus.Queued, ExecutionStatus.Retrying, ExecutionStatus.Held], null, cancellationToken),
            (await executions.ListAsync(new(), null, MostLatest, cancellationToken)).Items);
    }

    public async Task<HomeDay> DayAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return new(now,
            await statistics.SeriesAsync(WholeHour(now.AddDays(-1)), now, Step, null, cancellationToken),
            await statistics.ByTriggerAsync(now.AddDays(-1), cancellationToken));
    }

    private async Task<AttentionFacts> FactsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var holding = new List<HoldingTrigger>();
        foreach (var trigger in triggers.All.Where(t => t.Paused).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase))
        {
            var held = await CountAsync([ExecutionStatus.Held], trigger.Id, cancellationToken);
            if (held > 0) holding.Add(new(trigger.Id, trigger.Name, held));
        }
        return new()
        {
            IsDatabaseDown = journal.Fault is not null,
            HasNoWorkers = !nodes.HasWorkers,
            Brokers = await AwayAsync(cancellationToken),
            Circuits = [.. dispatcher.OpenCircuits.Select(Named).OfType<OpenCircuit>()],
            DeadLetters = await executions.CountUpToAsync(ExecutionFilter.DeadLetters, AttentionFacts.MostCounted, cancellationToken),
            DeadLettersToday = await executions.CountUpToAsync(ExecutionFilter.DeadLetters with { From = now.AddDays(-1) }, AttentionFacts.MostCounted, cancellationToken),
            Holding = holding,
            Schedules = await schedules.FailingAsync(MostFailing, cancellationToken) is { Count: > 0 } failing ? [.. failing.Select(f => new FailingSchedule(f.Id, f.Name, f.Why))] : [],
            Refusing = [.. (await callbackQueries.RefusalsAsync(now.AddHours(-1), cancellationToken)).Select(Named).OfType<RefusingCallback>().OrderBy(r => r.Name is null)],
        };
    }

    private async Task<IReadOnlyList<AwayBroker>> AwayAsync(CancellationToken cancellationToken)
    {
        var away = new List<AwayBroker>();
        foreach (var broker in brokers.All.Where(b => b.IsAway || b.Health == BrokerHealth.Off))
        {
            var isOff = broker.Health == BrokerHealth.Off;
            var waiting = await brokers.WaitingAsync(broker, cancellationToken);
            // One that nobody needs, or that was switched off in peace, is no one's trouble
            if (waiting > 0 || !isOff && brokers.TriggersOf(broker).Any(t => t.Enabled)) away.Add(new(broker.Id, broker.Name, broker.Page, isOff, WhyAway(broker), broker.Status.NextTryAt, waiting) { IsBlocked = broker.Health == BrokerHealth.Blocked });
        }
        return away;
    }

    private static string? WhyAway(BrokerRow broker) => broker.Health == BrokerHealth.Blocked
        ? $"It is connected, but {BrokerWords.WhyBlocked(broker.Status)}, and goes on by itself as soon as it has room again."
        : broker.Status.LastFailure?.Detail;

    // The key of a broker says nothing to people; and of one that is away its circuit says nothing new
    private OpenCircuit? Named(CircuitView circuit)
    {
        var broker = brokers.All.FirstOrDefault(b => b.TargetKey == circuit.Target);
        if (broker is { Health: not BrokerHealth.Connected }) return null;
        var leading = triggers.All.Where(t => t.Enabled && t.Prepared.TargetKey == circuit.Target).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase).Select(t => (t.Id, t.Name));
        return new(broker is null ? circuit : circuit with { Target = broker.Name }, [.. leading]);
    }

    private static DateTimeOffset WholeHour(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);

    // What a deleted callback refused before it was deleted concerns no one any more
    private RefusingCallback? Named(RefusalSummary refusals)
    {
        if (refusals.CallbackId is not { } id) return new(refusals, null, false);
        return callbacks.Find(id) is { } callback ? new(refusals, callback.Name, callback.Enabled) : null;
    }

    private Task<int> CountAsync(IReadOnlyList<ExecutionStatus> statuses, Guid? trigger, CancellationToken cancellationToken)
        => executions.CountUpToAsync(new() { Statuses = statuses, TriggerId = trigger }, AttentionFacts.MostCounted, cancellationToken);
}
