using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Scheduling;

namespace TriggerConsole.Core.Executions.Journal;

/// <summary>
/// One change of history. Everything that writes events, executions and attempts is one of these, and all go through the
/// <see cref="ExecutionJournal"/>: many entries, one transaction, one sync.
/// </summary>
internal abstract class JournalEntry
{
    /// <summary>Someone waits for it; entries that nobody waits for ride along with the next one that is urgent.</summary>
    public virtual bool IsUrgent => true;

    /// <summary>Roughly how much memory it holds while it waits.</summary>
    public virtual int Weight => 512;

    /// <summary>It must reach the disk whatever happens: it is tried again until it does, instead of being failed.</summary>
    public virtual bool MustNotBeLost => false;

    /// <summary>Called on the journal's thread after the commit. Must be quick and must not throw.</summary>
    public virtual void OnCommitted() { }

    /// <summary>Called when it could not be written and will not be tried again.</summary>
    public virtual void OnFailed(Exception exception) { }
}

/// <summary>An entry whose sender awaits that it is on disk.</summary>
internal abstract class AwaitedEntry : JournalEntry
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes after the commit; fails with the reason if it could not be written.</summary>
    public Task Completion => _completion.Task;

    public override void OnCommitted() => _completion.TrySetResult();

    public override void OnFailed(Exception exception) => _completion.TrySetException(exception);
}

/// <summary>An event and the executions it makes; or, without an event, more executions of a stored one (replay).</summary>
internal class AcceptEntry(StoredEvent? stored, IReadOnlyList<Execution> executions) : AwaitedEntry
{
    /// <summary>Null when the event is stored already.</summary>
    public StoredEvent? Event { get; } = stored;

    public IReadOnlyList<Execution> Executions { get; } = executions;

    /// <summary>Set when the sender gave one: the store accepts each key once.</summary>
    public IdempotencyKey? Key { get; init; }

    /// <summary>What to store instead when the key was accepted before; null stores nothing.</summary>
    public StoredEvent? EventIfDuplicate { get; init; }

    /// <summary>Set by the store: the record of the earlier request with the same key. Then nothing was executed.</summary>
    public IdempotencyKey? Earlier { get; set; }

    /// <summary>The tick of a schedule that this is. Without an event it says that nothing was made of the tick, and why.</summary>
    public ScheduleRun? Run { get; init; }

    /// <summary>Set by the store: this tick was written before, by this node or another. Then nothing was stored or executed.</summary>
    public bool HasRun { get; set; }

    /// <summary>Nothing was executed, because it had been accepted before.</summary>
    public bool IsRepeated => Earlier is not null || HasRun;

    public override int Weight => 1024 + (Event?.Body.Length ?? 0) + (Event?.Headers.Length ?? 0);
}

/// <summary>An attempt that was made, and where its execution goes from there. It is written only while the execution belongs to the node that made it.</summary>
internal class AttemptEntry(Attempt attempt, ExecutionChange change) : JournalEntry
{
    public Attempt Attempt { get; } = attempt;

    public ExecutionChange Change { get; } = change;

    /// <summary>
    /// Set by the store: whether it was written, now or before a commit whose answer was lost. False when the execution belongs no
    /// longer to the node that made the attempt (<see cref="Attempt.NodeId"/>): another one has taken it over, and its record counts.
    /// </summary>
    public bool Applied { get; set; }

    public override bool IsUrgent => false;

    public override bool MustNotBeLost => true;

    public override int Weight => 512 + (Attempt.Request?.Length ?? 0) + (Attempt.Response?.Length ?? 0);
}

/// <summary>The state an execution has after an attempt. It leaves memory: <see cref="Execution.OwnerId"/> becomes null.</summary>
internal sealed record ExecutionChange(Guid? TriggerId, ExecutionStatus Status, DateTimeOffset DueAt, DateTimeOffset? FinishedAt, string? Target);

/// <summary>What a person or the engine does to an execution that no one is running.</summary>
internal enum ExecutionMove
{
    /// <summary>Waiting in the table → <c>Cancelled</c>.</summary>
    Cancel,

    /// <summary>Dead-lettered, cancelled, or waiting for its retry or for its time → <c>Queued</c>, due now.</summary>
    RetryNow,

    /// <summary>Dead-lettered → <c>Cancelled</c>: someone gave it up.</summary>
    Discard,

    /// <summary>Held in memory by this node, not finished → <c>Cancelled</c>. The node says so after it stopped the attempt.</summary>
    CancelOwned,

    /// <summary>Held in memory by this node → back to the table, no attempt used.</summary>
    Release,

    /// <summary>Held in memory by this node → <c>Running</c>: an attempt has been under way for a while, since the time of the move.</summary>
    MarkRunning,
}

/// <summary>A conditional change of state: it happens only if the execution is where the move starts from.</summary>
internal class MoveEntry(Guid executionId, ExecutionMove move, DateTimeOffset at, Guid? owner = null) : AwaitedEntry
{
    private readonly bool _urgent = move is ExecutionMove.Cancel or ExecutionMove.RetryNow or ExecutionMove.Discard;

    public Guid ExecutionId { get; } = executionId;

    public ExecutionMove Move { get; } = move;

    public DateTimeOffset At { get; } = at;

    /// <summary>The node the execution must belong to, for moves of owned executions.</summary>
    public Guid? Owner { get; } = owner;

    /// <summary>Who asked for it, for the execution's history; null for the engine itself.</summary>
    public string? Actor { get; init; }

    /// <summary>Why, for the execution's history; null when it is plain.</summary>
    public string? Reason { get; init; }

    /// <summary>The node that hands it in, for the execution's history.</summary>
    public Guid? NodeId { get; init; } = owner;

    /// <summary>What the execution's history says of it when it is applied; null for what is no one's doing.</summary>
    public ExecutionAction? Action => Move switch
    {
        ExecutionMove.Cancel or ExecutionMove.CancelOwned => Describe(ExecutionActionKind.Cancelled),
        ExecutionMove.RetryNow => Describe(ExecutionActionKind.Retried),
        ExecutionMove.Discard => Describe(ExecutionActionKind.Discarded),
        _ => null,
    };

    /// <summary>Set by the store: whether the execution was where the move starts from.</summary>
    public bool Applied { get; set; }

    /// <summary>Set by the store when applied: the trigger of the execution, so that its lane can be told.</summary>
    public Guid? TriggerId { get; set; }

    public override bool IsUrgent => _urgent;

    public override int Weight => 128;

    private ExecutionAction Describe(ExecutionActionKind kind) => new() { ExecutionId = ExecutionId, At = At, Kind = kind, Actor = Actor, Detail = Reason, NodeId = NodeId };
}

/// <summary>Takes what is due of one trigger from the table into this node's memory.</summary>
internal class ClaimEntry(Guid triggerId, Guid owner, int limit, long maxBytes, DateTimeOffset now) : AwaitedEntry
{
    public Guid TriggerId { get; } = triggerId;

    public Guid Owner { get; } = owner;

    public int Limit { get; } = limit;

    public long MaxBytes { get; } = maxBytes;

    public DateTimeOffset Now { get; } = now;

    /// <summary>Only these, as bits: the others wait for their queue. They count neither for <see cref="Exhausted"/> nor for <see cref="NextDue"/>.</summary>
    public int Priorities { get; init; } = 0x3FF;

    /// <summary>Claims nothing while another node holds executions of this trigger. Only for stores that several nodes share.</summary>
    public bool Alone { get; init; }

    /// <summary>Set by the store: what was claimed, in the order to run it.</summary>
    public List<(Execution Execution, StoredEvent Event)> Claimed { get; } = [];

    /// <summary>Set by the store: everything due was claimed.</summary>
    public bool Exhausted { get; set; }

    /// <summary>Set by the store when exhausted: when the next one of this trigger is due; null when none waits.</summary>
    public DateTimeOffset? NextDue { get; set; }

    public override int Weight => 128;
}

/// <summary>Gives back to the table all that a node holds in memory: it stops.</summary>
internal sealed class ReleaseAllEntry(Guid owner) : AwaitedEntry
{
    public Guid Owner { get; } = owner;
}

/// <summary>A request to a callback that was refused.</summary>
internal sealed class RejectionEntry(Rejection rejection) : JournalEntry
{
    public Rejection Rejection { get; } = rejection;

    public override bool IsUrgent => false;
}

/// <summary>What the history cleaner deletes; each has its own age.</summary>
internal enum HistoryPart
{
    /// <summary>Executions that succeeded, with their attempts.</summary>
    Succeeded,
    DeadLettered,
    Cancelled,

    /// <summary>Events none of whose executions is left.</summary>
    Events,
    Rejections,
    Statistics,
    IdempotencyKeys,
    ScheduleRuns,
}

/// <summary>Looks at a bounded number of old rows and deletes those that may go, so that the journal never stands still for long.</summary>
/// <param name="part">What to delete.</param>
/// <param name="before">Only what is older.</param>
/// <param name="after">Where the last step stopped; <see cref="Guid.Empty"/> to begin.</param>
/// <param name="limit">How many rows to look at.</param>
internal sealed class CleanEntry(HistoryPart part, DateTimeOffset before, Guid after, int limit) : AwaitedEntry
{
    public HistoryPart Part { get; } = part;

    public DateTimeOffset Before { get; } = before;

    public Guid After { get; } = after;

    public int Limit { get; } = limit;

    /// <summary>Set by the store: rows deleted, attempts not counted.</summary>
    public int Deleted { get; set; }

    /// <summary>Set by the store: where to go on; null when there is no more.</summary>
    public Guid? Next { get; set; }

    public override bool IsUrgent => false;
}

/// <summary>Writes a row of no meaning: tells whether the database takes writes again.</summary>
internal sealed class ProbeEntry(DateTimeOffset now) : JournalEntry
{
    public DateTimeOffset Now { get; } = now;

    public override bool IsUrgent => false;
}
