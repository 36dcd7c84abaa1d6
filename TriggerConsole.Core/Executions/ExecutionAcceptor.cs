using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions;

/// <summary>
/// Takes an event and its executions in: keeps seats for them, hands them to the journal, and comes back when they are on disk.
/// From then on nothing of them is lost.
/// </summary>
internal sealed class ExecutionAcceptor(ExecutionNode node, ExecutionJournal journal, Dispatcher dispatcher, EngineMetrics metrics, TimeProvider time)
{
    /// <summary>
    /// False when nothing can be taken durably right now; then nothing was stored. When the idempotency key had been accepted
    /// before, <see cref="AcceptEntry.Earlier"/> is set and nothing runs.
    /// </summary>
    /// <param name="content">The event; shared by its executions in memory.</param>
    /// <param name="isNew">Whether the event is yet to be stored; false for a replay of a stored one.</param>
    /// <param name="targets">The executions and their triggers.</param>
    /// <param name="key">Idempotency key the sender gave.</param>
    /// <param name="eventIfDuplicate">What to store when the key had been accepted before.</param>
    /// <param name="run">The tick of a schedule that makes it; when that was written before, <see cref="AcceptEntry.HasRun"/> is set and nothing runs.</param>
    public async ValueTask<AcceptEntry?> AcceptAsync(
        EventContent content, bool isNew, IReadOnlyList<(RuntimeTrigger Trigger, Execution Execution)> targets,
        IdempotencyKey? key = null, StoredEvent? eventIfDuplicate = null, ScheduleRun? run = null)
    {
        var executions = new Execution[targets.Count];
        var seats = new LaneItem?[targets.Count];
        for (var i = 0; i < targets.Count; i++)
        {
            executions[i] = targets[i].Execution;
            seats[i] = dispatcher.TryReserve(targets[i].Trigger, executions[i], content);
        }
        var entry = new SeatedEntry(this, isNew ? content.Stored : null, executions, seats) { Key = key, EventIfDuplicate = eventIfDuplicate, Run = run };
        if (!journal.TryAppend(entry))
        {
            entry.GiveUpSeats();
            return null;
        }
        try
        {
            await entry.Completion;
        }
        catch (JournalUnavailableException)
        {
            return null;
        }
        if (isNew && !entry.HasRun) metrics.EventAccepted();
        return entry;
    }

    private sealed class SeatedEntry(ExecutionAcceptor acceptor, StoredEvent? stored, Execution[] executions, LaneItem?[] seats) : AcceptEntry(stored, executions)
    {
        public override void OnCommitted()
        {
            if (IsRepeated)
            {
                GiveUpSeats();
            }
            else
            {
                for (var i = 0; i < seats.Length; i++)
                {
                    if (seats[i] is { } seat) acceptor.Admit(seat);
                    else if (Executions[i].TriggerId is { } trigger) acceptor.NoteTable(trigger, Executions[i].DueAt);
                }
            }
            base.OnCommitted();
        }

        public override void OnFailed(Exception exception)
        {
            GiveUpSeats();
            // If the connection broke during the commit it may be in the database all the same, with no one to look for it
            for (var i = 0; i < seats.Length; i++)
            {
                if (seats[i] is not null) acceptor.ReleaseIfWritten(Executions[i]);
                else if (Executions[i].TriggerId is { } trigger) acceptor.NoteTable(trigger, Executions[i].DueAt);
            }
            base.OnFailed(exception);
        }

        public void GiveUpSeats()
        {
            foreach (var seat in seats)
                if (seat is not null) acceptor.Unreserve(seat);
        }
    }

    private void Admit(LaneItem seat) => dispatcher.Admit(seat);

    private void Unreserve(LaneItem seat) => dispatcher.Unreserve(seat);

    private void NoteTable(Guid triggerId, DateTimeOffset due) => dispatcher.NoteTable(triggerId, due);

    private void ReleaseIfWritten(Execution execution) => journal.TryAppend(new ReleaseEntry(dispatcher, execution, time.Now(), execution.OwnerId ?? node.Id));

    private sealed class ReleaseEntry(Dispatcher dispatcher, Execution execution, DateTimeOffset at, Guid node)
        : MoveEntry(execution.Id, ExecutionMove.Release, at, node)
    {
        public override bool MustNotBeLost => true;

        public override void OnCommitted()
        {
            if (Applied) dispatcher.NoteTable(execution.TriggerId!.Value, execution.DueAt);
            base.OnCommitted();
        }
    }
}
