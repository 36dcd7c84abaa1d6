using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TriggerConsole.Core.Persistence.Sqlite;

/// <summary>Makes each SaveChanges of EF Core take its turn with the journal at the write gate.</summary>
internal sealed class SqliteWriteTurns(SqliteWriteGate gate) : SaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, StrongBox<SqliteWriteGate.Lease>> _turns = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        _turns.Add(eventData.Context!, new(gate.Enter()));
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        _turns.Add(eventData.Context!, new(await gate.EnterAsync(cancellationToken)));
        return result;
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        EndTurn(eventData.Context!);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        EndTurn(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => EndTurn(eventData.Context!);

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        EndTurn(eventData.Context!);
        return Task.CompletedTask;
    }

    // A row that someone else has changed meanwhile is told here, and not as a failure: without this the turn would never end, and
    // nothing could be written any more
    public override InterceptionResult ThrowingConcurrencyException(ConcurrencyExceptionEventData eventData, InterceptionResult result)
    {
        EndTurn(eventData.Context!);
        return result;
    }

    public override ValueTask<InterceptionResult> ThrowingConcurrencyExceptionAsync(ConcurrencyExceptionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        EndTurn(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => EndTurn(eventData.Context!);

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        EndTurn(eventData.Context!);
        return Task.CompletedTask;
    }

    private void EndTurn(DbContext context)
    {
        if (!_turns.TryGetValue(context, out var turn)) return;
        _turns.Remove(context);
        turn.Value.Dispose();
    }
}
