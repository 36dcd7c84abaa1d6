using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions;

/// <summary>What people do to one execution: cancel it, or try it again now.</summary>
internal sealed class ExecutionCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, ExecutionNode node, ExecutionJournal journal, Dispatcher dispatcher, TriggerDirectory triggers, ExecutionQueries queries, TimeProvider time,
    NodeRequests? others = null)
{
    private const int CancelStep = 500;
    private static readonly TimeSpan s_otherNodeLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_otherNodeStep = TimeSpan.FromMilliseconds(50);
    internal const string TriggerDeleted = "trigger deleted";

    /// <summary>Cancels an execution that is not finished; an attempt under way is broken off.</summary>
    /// <param name="actor">Who asks: e-mail of the user or name of the API key.</param>
    public async Task<CommandResult<ExecutionDetails>> CancelAsync(Guid id, string? actor, CancellationToken cancellationToken)
        => await TryCancelAsync(id, actor, cancellationToken) is { } refusal ? refusal : (await queries.FindAsync(id, cancellationToken))!;

    /// <summary>The same without reading the execution back; null when it was done.</summary>
    internal async Task<Refusal?> TryCancelAsync(Guid id, string? actor, CancellationToken cancellationToken)
    {
        if (await TryCancelAsync(id, actor)) return null;
        return await queries.FindAsync(id, cancellationToken) is { } finished
            ? new Refusal.Conflict($"The execution is {Word(finished.Execution.Status)} and cannot be cancelled.")
            : NotFound(id);
    }

    /// <summary>Tries a dead letter, a cancelled execution or one that waits for its retry again, now.</summary>
    public async Task<CommandResult<ExecutionDetails>> RetryAsync(Guid id, string? actor, CancellationToken cancellationToken)
        => await TryRetryAsync(id, actor, cancellationToken) is { } refusal ? refusal : (await queries.FindAsync(id, cancellationToken))!;

    /// <summary>The same without reading the execution back; null when it was done.</summary>
    internal async Task<Refusal?> TryRetryAsync(Guid id, string? actor, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.Executions.Where(e => e.Id == id).Select(e => new { e.TriggerId, e.Status }).SingleOrDefaultAsync(cancellationToken);
        if (found is null) return NotFound(id);
        if (found.TriggerId is not { } triggerId) return new Refusal.Conflict("This was a test of settings that were not saved; there is no trigger to run. Send the test again from the editor.");
        if (triggers.Find(triggerId) is null) return new Refusal.Conflict("Its trigger has been deleted. Replay the event with another trigger instead.");
        if (found.Status == ExecutionStatus.Succeeded) return new Refusal.Conflict("The execution succeeded. Use Replay to send the event again as a new execution.");
        var entry = new MoveEntry(id, ExecutionMove.RetryNow, time.Now()) { Actor = actor, NodeId = node.Id };
        if (!await WriteAsync(entry)) return Unavailable;
        if (!entry.Applied) return new Refusal.Conflict($"The execution is {Word(found.Status)}; there is nothing to retry.");
        dispatcher.NoteTable(triggerId, entry.At);
        dispatcher.Pump();
        return null;
    }

    /// <summary>Gives a dead letter up: it counts as cancelled from then on, and can still be tried again. Null when it was done.</summary>
    internal async Task<Refusal?> TryDiscardAsync(Guid id, string? actor, CancellationToken cancellationToken)
    {
        var entry = new MoveEntry(id, ExecutionMove.Discard, time.Now()) { Actor = actor, NodeId = node.Id };
        if (!await WriteAsync(entry)) return Unavailable;
        if (entry.Applied) return null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var status = await context.Executions.Where(e => e.Id == id).Select(e => (ExecutionStatus?)e.Status).SingleOrDefaultAsync(cancellationToken);
        return status is { } found ? new Refusal.Conflict($"The execution is {Word(found)}; only a dead letter can be given up.") : NotFound(id);
    }

    /// <summary>Cancels everything that waits for a trigger: it was deleted.</summary>
    internal async Task CancelAllAsync(Guid triggerId, CancellationToken cancellationToken)
    {
        while (true)
        {
            List<Guid> ids;
            await using (var context = await contexts.CreateDbContextAsync(cancellationToken))
                ids = await context.Executions.Where(e => e.TriggerId == triggerId && e.OwnerId == null && e.FinishedAt == null).Take(CancelStep).Select(e => e.Id).ToListAsync(cancellationToken);
            var entries = ids.ConvertAll(id => new MoveEntry(id, ExecutionMove.Cancel, time.Now()) { Reason = TriggerDeleted, NodeId = node.Id });
            foreach (var entry in entries)
                if (!journal.TryAppend(entry)) entry.OnFailed(new InvalidOperationException("The journal is full."));
            foreach (var entry in entries) await entry.Completion.WaitAsync(cancellationToken);
            if (ids.Count < CancelStep) return;
        }
    }

    private async Task<bool> TryCancelAsync(Guid id, string? actor)
    {
        // It may move between table and memory while we look, so look in both, twice
        for (var i = 0; i < 2; i++)
        {
            if (dispatcher.CancelHeld(id, actor) is { } held)
            {
                await held.Completion;
                if (held.Applied) return true;
            }
            var waiting = new MoveEntry(id, ExecutionMove.Cancel, time.Now()) { Actor = actor, NodeId = node.Id };
            if (await WriteAsync(waiting) && waiting.Applied) return true;
            if (others is not null && await CancelElsewhereAsync(id, actor) is { } cancelled) return cancelled;
        }
        return false;
    }

    /// <summary>Has the node that holds it cancel it, and looks at what comes of it. Null when no other node holds it, or it went back to the table meanwhile.</summary>
    private async Task<bool?> CancelElsewhereAsync(Guid id, string? actor)
    {
        var start = time.GetTimestamp();
        var isAsked = false;
        while (time.GetElapsedTime(start) < s_otherNodeLimit)
        {
            await using var context = await contexts.CreateDbContextAsync();
            var row = await context.Executions.Where(e => e.Id == id).Select(e => new { e.OwnerId, e.FinishedAt, e.Status }).SingleOrDefaultAsync();
            if (row is null) return null;
            if (row.FinishedAt is not null) return isAsked ? row.Status == ExecutionStatus.Cancelled : null;
            if (row.OwnerId is not { } owner || !isAsked && !others!.TryAskToCancel(owner, id, actor)) return null;
            isAsked = true;
            await Task.Delay(s_otherNodeStep, time);
        }
        return null;
    }

    private async Task<bool> WriteAsync(MoveEntry entry)
    {
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

    internal static Refusal.Unavailable Unavailable { get; } = new("The database takes nothing right now. Try again in a moment.", TimeSpan.FromSeconds(2));

    private static Refusal.NotFound NotFound(Guid id) => new($"There is no execution {id}.");

    private static string Word(ExecutionStatus status) => status switch
    {
        ExecutionStatus.DeadLettered => "a dead letter",
        var other => other.ToString().ToLowerInvariant(),
    };
}
