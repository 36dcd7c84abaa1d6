using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Tests.Testing;

/// <summary>A store whose database is away when the test says so, or that chokes on entries the test names.</summary>
internal sealed class FaultyStore(IExecutionStore inner) : IExecutionStore
{
    private readonly ManualResetEventSlim _open = new(true);

    public bool IsAway { get; set; }

    /// <summary>The answer to the next commit with such an entry is lost: it is written all the same.</summary>
    public Func<JournalEntry, bool>? LoseAnswerTo { get; set; }

    public Func<JournalEntry, bool> IsPoison { get; set; } = _ => false;

    /// <summary>A write has met the block and waits.</summary>
    public bool IsHeld { get; private set; }

    public int Writes { get; private set; }

    public int LargestBatch { get; private set; }

    /// <summary>Makes writes wait, as a slow disk does.</summary>
    public void Block() => _open.Reset();

    public void Unblock() => _open.Set();

    public void Write(IReadOnlyList<JournalEntry> entries, IReadOnlyCollection<ExecutionStatistic> statistics)
    {
        IsHeld = !_open.IsSet;
        _open.Wait();
        IsHeld = false;
        Writes++;
        LargestBatch = Math.Max(LargestBatch, entries.Count);
        if (IsAway) throw new IOException("The database is away.");
        if (entries.Any(IsPoison)) throw new InvalidOperationException("One entry cannot be written.");
        inner.Write(entries, statistics);
        if (LoseAnswerTo is not { } lose || !entries.Any(lose)) return;
        LoseAnswerTo = null;
        throw new IOException("The connection broke after the commit.");
    }

    public int Recover(Guid owner, DateTimeOffset now) => inner.Recover(owner, now);

    public bool IsUnavailable(Exception exception) => exception is IOException || inner.IsUnavailable(exception);

    public void Dispose()
    {
        _open.Set();
        inner.Dispose();
        _open.Dispose();
    }
}
