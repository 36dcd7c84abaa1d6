using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

/// <summary>Runs one execution that the dispatcher has started: makes the attempt, decides where the execution goes, hands both to the journal.</summary>
internal sealed partial class ExecutionRunner(
    TriggerDirectory triggers, ExecutionJournal journal, ExecutionWaiters waiters, AttemptMaker attempts, TimeProvider time, ILogger<ExecutionRunner> logger)
{
    private Dispatcher _dispatcher = null!; // attached by the dispatcher's constructor: each needs the other

    public void Attach(Dispatcher dispatcher) => _dispatcher = dispatcher;

    public void Run(LaneItem item) => _ = RunGuardedAsync(item);

    private async Task RunGuardedAsync(LaneItem item)
    {
        try
        {
            await RunAsync(item);
        }
        catch (Exception exception)
        {
            // Nothing above us sees it; the execution goes back to the table and its slot is free again
            LogFault(item.Execution.Id, exception);
            _dispatcher.BrokenOff(item);
        }
    }

    private async Task RunAsync(LaneItem item)
    {
        item.StartedAt = time.Now();
        if (triggers.Find(item.Lane.TriggerId) is not { } trigger)
        {
            _dispatcher.Discard(item);
            return;
        }
        var made = await attempts.MakeAsync(trigger.Kind, trigger.Prepared, item.Execution, item.Event, item.Token);
        if (made is null)
        {
            _dispatcher.BrokenOff(item);
            return;
        }
        if (made.Outcome.NothingSent && _dispatcher.TryPutBack(item)) return;
        var change = Decide(trigger, item.Execution, made);
        LogAttempt(made, change, trigger);
        journal.TryAppend(new FinishEntry(_dispatcher, item, made.Attempt, change, waiters.IsAwaited(item.Execution.Id)));
        _dispatcher.AttemptEnded(item, IsHealthy(made.Outcome), made.Outcome.Code);
    }

    /// <summary>Where an execution goes after an attempt.</summary>
    internal static ExecutionChange Decide(RuntimeTrigger trigger, Execution execution, MadeAttempt made)
    {
        var (outcome, attempt) = made;
        var ended = attempt.StartedAt + TimeSpan.FromMicroseconds(attempt.DurationMicroseconds);
        var target = AttemptMaker.Cut(outcome.Target, Execution.MaxTargetLength);
        if (outcome.Failure is not { } failure) return new(trigger.Id, ExecutionStatus.Succeeded, execution.DueAt, ended, target);
        if (attempt.Number >= trigger.Retry.MaxAttempts || !trigger.Retry.Retries(failure))
            return new(trigger.Id, ExecutionStatus.DeadLettered, execution.DueAt, ended, target);
        var due = ended + trigger.Retry.DelayAfter(attempt.Number, Random.Shared.NextDouble(), outcome.RetryAfter);
        return new(trigger.Id, ExecutionStatus.Retrying, Clock.Truncate(due), null, target);
    }

    // Answered, even if the answer was no: the target lives. Our own faults say nothing of it.
    private static bool? IsHealthy(AttemptOutcome outcome) => outcome.Failure switch
    {
        null => true,
        FailureKind.Configuration => null,
        { } failure => outcome.TargetIsWell || !failure.BlamesTarget(),
    };

    private void LogAttempt(MadeAttempt made, ExecutionChange change, RuntimeTrigger trigger)
    {
        if (!logger.IsEnabled(LogLevel.Information)) return;
        var attempt = made.Attempt;
        LogAttempt(attempt.ExecutionId, trigger.Id, trigger.Name, attempt.Number, trigger.Retry.MaxAttempts, change.Status, attempt.Code, attempt.Failure,
            attempt.DurationMicroseconds / 1000.0, change.Status == ExecutionStatus.Retrying ? change.DueAt : null);
    }

    [LoggerMessage(EventIds.AttemptMade, LogLevel.Information,
        "Execution {ExecutionId} of trigger {TriggerId} ({TriggerName}), attempt {Attempt} of {MaxAttempts}: {Status}, {Code} {Failure}, {DurationMs:0.0} ms, next at {NextAttemptAt}")]
    private partial void LogAttempt(Guid executionId, Guid triggerId, string triggerName, int attempt, int maxAttempts, ExecutionStatus status, string code,
        FailureKind? failure, double durationMs, DateTimeOffset? nextAttemptAt);

    [LoggerMessage(EventIds.RunnerFault, LogLevel.Error, "A fault of ours while execution {ExecutionId} was run; it goes back to the queue.")]
    private partial void LogFault(Guid executionId, Exception exception);

    private sealed class FinishEntry(Dispatcher dispatcher, LaneItem item, Attempt attempt, ExecutionChange change, bool isAwaited) : AttemptEntry(attempt, change)
    {
        public override bool IsUrgent => isAwaited;

        public override void OnCommitted()
        {
            dispatcher.Forget(item);
            if (!Applied) dispatcher.Fenced(item);
            else if (Change.Status == ExecutionStatus.Retrying) dispatcher.NoteTable(item.Lane.TriggerId, Change.DueAt);
        }

        public override void OnFailed(Exception exception) => dispatcher.Forget(item);
    }
}
