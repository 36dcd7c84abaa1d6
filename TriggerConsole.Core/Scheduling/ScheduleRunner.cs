using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Scheduling;

/// <summary>
/// Carries out what is due: makes the event and its executions, or records why nothing was made. Each time of a schedule is
/// written once, in the transaction that stores its event, however often this is called for it.
/// </summary>
internal sealed partial class ScheduleRunner(
    IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers, CallbackDirectory callbacks, SchedulePayloads payloads, ExecutionAcceptor acceptor, ExecutionJournal journal,
    ExecutionNode node, TimeProvider time, ILogger<ScheduleRunner> logger)
{
    /// <summary>Of the runs before, so many are looked at for executions that are not finished.</summary>
    private const int LooksBack = 5;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Settles the times from <paramref name="due"/> up to <paramref name="next"/>, and comes back when all are stored: while the
    /// database takes nothing it tries again. False when the row is not what Quartz believes, so that Quartz is to be told anew.
    /// </summary>
    /// <param name="next">The first time that is not to be settled now; null when there is no more.</param>
    public async Task<bool> RunDueAsync(Guid id, DateTimeOffset due, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        for (var complained = false; ; complained = true)
        {
            try
            {
                if (await TryRunDueAsync(id, due, next, cancellationToken) is { } done) return done;
                if (!complained) LogNotStored(id, due);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (!complained) LogFault(exception, id, due);
            }
            await Task.Delay(s_pause, time, cancellationToken);
        }
    }

    /// <summary>One run now, asked for by <paramref name="actor"/>. Null when nothing can be stored right now.</summary>
    public async Task<ScheduleRun?> RunNowAsync(Schedule schedule, string? actor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await StoreAsync(schedule, time.Now(), isManual: true, actor);
    }

    /// <summary>Whether an execution of a run before has not finished.</summary>
    public async Task<bool> IsBusyAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var events = context.ScheduleRuns.Where(r => r.ScheduleId == id && r.Outcome == ScheduleRunOutcome.Fired && r.EventId != null)
            .OrderByDescending(r => r.DueAt).Take(LooksBack).Select(r => r.EventId!.Value);
        return await context.Executions.AnyAsync(e => events.Contains(e.EventId) && e.FinishedAt == null, cancellationToken);
    }

    /// <summary>Null when nothing can be stored right now.</summary>
    private async Task<bool?> TryRunDueAsync(Guid id, DateTimeOffset due, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        var schedule = await FindAsync(id, cancellationToken);
        if (schedule is null) return false;
        if (schedule.Paused) return await ResumeAsync(id, cancellationToken);
        var times = ScheduleTimes.Of(schedule);
        // Changed since Quartz was told: the row counts
        if (times.After(due.AddTicks(-1)) != due) return false;
        var plan = TickPlan.Make(times, schedule.Misfire, due, next, time.Now());
        if (plan.Left is { } left && !await RecordAsync(Row(schedule, left.RecordedAt, ScheduleRunOutcome.SkippedMissed, left.InWords))) return null;
        foreach (var tick in plan.Runs)
        {
            if (schedule.Overlap == OverlapPolicy.Skip && await IsBusyAsync(id, cancellationToken))
            {
                if (!await RecordAsync(Row(schedule, tick, ScheduleRunOutcome.SkippedOverlap, "An execution of the run before was not finished."))) return null;
            }
            else if (await StoreAsync(schedule, tick, isManual: false, actor: null) is null)
            {
                return null;
            }
        }
        return true;
    }

    /// <summary>Its time to go on by itself has come.</summary>
    private async Task<bool> ResumeAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Schedules.SingleOrDefaultAsync(s => s.Id == id && s.Paused, cancellationToken) is not { ResumeAt: { } at } schedule || at > time.Now()) return false;
        // As of then, even when the server was down: what was due since is missed, not paused
        (schedule.Paused, schedule.ResumeAt, schedule.UpdatedAt, schedule.Version) = (false, null, at, schedule.Version + 1);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            LogResumed(id);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Someone changed it at the same moment, and their change brings Quartz in line
        }
        return false;
    }

    /// <summary>Makes the event of one time. Null when nothing can be stored right now.</summary>
    private async Task<ScheduleRun?> StoreAsync(Schedule schedule, DateTimeOffset due, bool isManual, string? actor)
    {
        var now = time.Now();
        var (targets, verdicts, eventId, why) = Route(schedule, now);
        var body = Array.Empty<byte>();
        var shell = Event(schedule, due, eventId, [], verdicts, actor, now);
        if (why is null)
        {
            try
            {
                body = payloads.Render(schedule, shell, now);
            }
            catch (TemplateException exception)
            {
                why = $"The payload could not be made: {exception.Message}";
            }
        }
        if (why is not null)
        {
            var failed = Row(schedule, due, ScheduleRunOutcome.Failed, why, isManual: isManual, actor: actor);
            return await RecordAsync(failed) ? failed : null;
        }
        var run = Row(schedule, due, ScheduleRunOutcome.Fired, null, eventId, isManual, actor);
        var entry = await acceptor.AcceptAsync(new EventContent(Event(schedule, due, eventId, body, verdicts, actor, now)), isNew: true, targets, run: run);
        return entry is null ? null : run;
    }

    private (IReadOnlyList<(RuntimeTrigger, Execution)> Targets, IReadOnlyList<Verdict> Verdicts, Guid EventId, string? Why) Route(Schedule schedule, DateTimeOffset now)
    {
        var eventId = Uuid7.New(now);
        if (schedule.CallbackId is { } callbackId)
        {
            if (callbacks.Find(callbackId) is not { } callback) return ([], [], eventId, "The callback it makes events for has been deleted. Choose another target.");
            if (!callback.Enabled) return ([], [], eventId, $"The callback {callback.Name} is switched off.");
            var routed = EventRouter.Route(triggers.OfCallback(callbackId), eventId, now, schedule.Priority);
            return (routed.Targets, routed.Verdicts, eventId, null);
        }
        if (schedule.TriggerId is not { } triggerId || triggers.Find(triggerId) is not { } trigger) return ([], [], eventId, "The trigger it calls has been deleted. Choose another target.");
        if (!trigger.Enabled) return ([], [], eventId, $"The trigger {trigger.Name} is switched off.");
        var execution = EventRouter.CreateExecution(trigger, eventId, now, now, schedule.Priority ?? trigger.Priority);
        return ([(trigger, execution)], [new(trigger.Id, trigger.Kind.Kind, VerdictKind.Fires) { ExecutionId = execution.Id }], eventId, null);
    }

    private static StoredEvent Event(Schedule schedule, DateTimeOffset due, Guid id, byte[] body, IReadOnlyList<Verdict> verdicts, string? actor, DateTimeOffset now)
    {
        var contentType = string.IsNullOrEmpty(schedule.Payload) ? null : schedule.ContentType;
        var headers = ScheduleHeaders.Of(schedule, due, contentType);
        return new()
        {
            Id = id,
            CallbackId = schedule.CallbackId,
            Origin = EventOrigin.Schedule,
            ReceivedAt = now,
            Method = "POST",
            Path = $"/schedules/{schedule.Id}",
            Headers = EventHeaders.Write(headers),
            ContentType = contentType,
            EventType = EventTypes.Detect(headers, contentType, body),
            Verdicts = VerdictJson.Write(verdicts),
            Actor = actor,
            Body = body,
        };
    }

    private ScheduleRun Row(Schedule schedule, DateTimeOffset due, ScheduleRunOutcome outcome, string? detail, Guid? eventId = null, bool isManual = false, string? actor = null) => new()
    {
        ScheduleId = schedule.Id,
        DueAt = Clock.Truncate(due),
        FiredAt = time.Now(),
        Outcome = outcome,
        Detail = AttemptMaker.Cut(detail, ScheduleRun.MaxDetailLength),
        EventId = eventId,
        IsManual = isManual,
        Actor = actor,
        NodeId = node.Id,
    };

    /// <summary>Writes a time of which nothing was made. False when nothing can be stored right now.</summary>
    private async Task<bool> RecordAsync(ScheduleRun run)
    {
        var entry = new AcceptEntry(null, []) { Run = run };
        if (!journal.TryAppend(entry)) return false;
        try
        {
            await entry.Completion;
            return true;
        }
        catch (JournalUnavailableException)
        {
            return false;
        }
    }

    private async Task<Schedule?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.DeletedAt == null, cancellationToken);
    }

    [LoggerMessage(EventIds.ScheduleNotStored, LogLevel.Warning, "Schedule {Schedule} was due at {Due}, but nothing can be stored right now; it is tried again until it can.")]
    private partial void LogNotStored(Guid schedule, DateTimeOffset due);

    [LoggerMessage(EventIds.ScheduleBroken, LogLevel.Warning, "Schedule {Schedule}, due at {Due}, could not be carried out; it is tried again.")]
    private partial void LogFault(Exception exception, Guid schedule, DateTimeOffset due);

    [LoggerMessage(EventIds.ScheduleResumed, LogLevel.Information, "Schedule {Schedule} goes on: the time until which it was paused has come.")]
    private partial void LogResumed(Guid schedule);
}
