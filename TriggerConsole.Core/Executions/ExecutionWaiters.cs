using System.Collections.Concurrent;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions;

/// <summary>Callers that wait for an execution to finish (synchronous execute).</summary>
internal sealed class ExecutionWaiters
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiters = new();

    public bool IsAwaited(Guid executionId) => !_waiters.IsEmpty && _waiters.ContainsKey(executionId);

    /// <summary>Completes when the execution's end is on disk. Register before the execution is handed in.</summary>
    public Task Register(Guid executionId)
        => _waiters.GetOrAdd(executionId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Unregister(Guid executionId) => _waiters.TryRemove(executionId, out _);

    public void Committed(IReadOnlyList<JournalEntry> entries)
    {
        if (_waiters.IsEmpty) return;
        foreach (var entry in entries)
        {
            var finished = entry switch
            {
                AttemptEntry { Applied: true, Change.FinishedAt: not null } attempt => attempt.Attempt.ExecutionId,
                MoveEntry { Applied: true, Move: ExecutionMove.Cancel or ExecutionMove.CancelOwned } move => move.ExecutionId,
                _ => Guid.Empty,
            };
            if (finished != Guid.Empty && _waiters.TryRemove(finished, out var waiter)) waiter.TrySetResult();
        }
    }
}
