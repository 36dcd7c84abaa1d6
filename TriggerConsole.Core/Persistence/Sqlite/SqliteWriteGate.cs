namespace TriggerConsole.Core.Persistence.Sqlite;

/// <summary>
/// SQLite has one writer at a time. Everything of ours that writes waits here in turn instead of polling the file's lock:
/// the journal thread for each batch, EF Core for each SaveChanges.
/// </summary>
public sealed class SqliteWriteGate : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    public Lease Enter(CancellationToken cancellationToken = default)
    {
        _semaphore.Wait(cancellationToken);
        return new(_semaphore);
    }

    public async ValueTask<Lease> EnterAsync(CancellationToken cancellationToken = default)
    {
        await _semaphore.WaitAsync(cancellationToken);
        return new(_semaphore);
    }

    public void Dispose() => _semaphore.Dispose();

    /// <summary>The default one holds nothing.</summary>
    public readonly struct Lease(SemaphoreSlim? semaphore) : IDisposable
    {
        public void Dispose() => semaphore?.Release();
    }
}
