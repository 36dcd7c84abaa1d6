namespace TriggerConsole.Core.Executions.Journal;

/// <summary>
/// Writes history. One implementation per database, all held to one conformance suite. Reads for pages and API go through
/// EF Core; only the journal calls this, from its one thread.
/// </summary>
internal interface IExecutionStore : IDisposable
{
    /// <summary>
    /// Writes all entries and statistics in one transaction and returns when they are on disk; sets the results of each entry.
    /// When it throws, nothing was written.
    /// </summary>
    void Write(IReadOnlyList<JournalEntry> entries, IReadOnlyCollection<ExecutionStatistic> statistics);

    /// <summary>
    /// Gives back to the table what nodes other than <paramref name="owner"/> held in memory when they stopped, and counts
    /// it as recovered. Returns how many executions there were.
    /// </summary>
    int Recover(Guid owner, DateTimeOffset now);

    /// <summary>Whether the fault is of the database as a whole (full disk, lock, connection), so that every entry meets it.</summary>
    bool IsUnavailable(Exception exception);
}
