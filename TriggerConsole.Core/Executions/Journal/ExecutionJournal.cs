using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Executions.Journal;

/// <summary>
/// Group commit. Callers hand in entries from any thread; one thread takes all that wait, writes them in one transaction and
/// answers them all when it is on disk. It never waits for a batch to fill: while one batch is written the next one gathers.
/// Entries that nobody waits for linger a few milliseconds, to ride with those that somebody does. Lingering is about the
/// disk, so it goes by the machine's clock, not by the one that executions are due by.
/// </summary>
internal sealed partial class ExecutionJournal : IDisposable
{
    private static readonly TimeSpan s_retryAfterFault = TimeSpan.FromMilliseconds(250);

    private readonly IExecutionStore _store;
    private readonly ExecutionOptions _options;
    private readonly ILogger<ExecutionJournal> _logger;
    private readonly TimeProvider _time;
    private readonly StatisticsAccumulator _statistics;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly List<JournalEntry> _unwritten = []; // journal thread only: must not be lost, tried again first
    private List<JournalEntry> _pending = [];
    private List<JournalEntry> _spare = [];
    private long _pendingBytes;
    private int _pendingUrgent;
    private long _oldestPending;
    private bool _stopping;
    private Action<IReadOnlyList<JournalEntry>>? _committed;
    private Action? _answered;

    public ExecutionJournal(IExecutionStore store, IOptions<ExecutionOptions> options, TimeProvider time, ILogger<ExecutionJournal> logger)
    {
        (_store, _options, _time, _logger) = (store, options.Value, time, logger);
        _statistics = new();
        _thread = new Thread(Run) { IsBackground = true, Name = "execution journal" };
    }

    /// <summary>The fault that keeps entries from the disk right now; null when all is well.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Transactions written since the start.</summary>
    public long Commits { get; private set; }

    /// <summary>Entries waiting for the disk.</summary>
    public int Waiting
    {
        get { lock (_gate) return _pending.Count; }
    }

    /// <summary>Called on the journal's thread after each commit, before senders are answered. Must be quick and must not throw.</summary>
    public void OnCommitted(Action<IReadOnlyList<JournalEntry>> observer) => _committed += observer;

    /// <summary>Called on the journal's thread when all senders of a batch have been answered.</summary>
    public void OnBatchAnswered(Action observer) => _answered += observer;

    public void Start() => _thread.Start();

    /// <summary>
    /// Hands in an entry. False when too much waits already and the entry may be refused; then nothing happened, and the
    /// sender is told to come back later.
    /// </summary>
    public bool TryAppend(JournalEntry entry)
    {
        lock (_gate)
        {
            if (!entry.MustNotBeLost && (_stopping || _pending.Count >= _options.JournalCapacity || _pendingBytes + entry.Weight > _options.JournalCapacityBytes)) return false;
            if (_pending.Count == 0) _oldestPending = Stopwatch.GetTimestamp();
            _pending.Add(entry);
            _pendingBytes += entry.Weight;
            if (entry.IsUrgent && ++_pendingUrgent == 1 || _pending.Count == 1) Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Writes what waits, then ends the thread. Later entries are refused.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }
        if (_thread.IsAlive) _thread.Join();
    }

    public void Dispose() => Stop();

    private void Run()
    {
        while (TakeBatch() is { } batch)
        {
            try
            {
                WriteBatch(batch);
            }
            catch (Exception exception)
            {
                // A fault of ours; the journal goes on, because without it nothing is accepted any more
                LogJournalFault(exception);
                foreach (var entry in batch) entry.OnFailed(exception);
            }
            batch.Clear();
            _spare = batch;
        }
    }

    /// <summary>Waits until there is something to write now; null when stopped and empty.</summary>
    private List<JournalEntry>? TakeBatch()
    {
        lock (_gate)
        {
            while (true)
            {
                if (Fault is not null && !_stopping)
                {
                    Monitor.Wait(_gate, s_retryAfterFault);
                    // Nothing to try with: a write of no meaning tells whether the database is back
                    if (_pending.Count == 0 && _unwritten.Count == 0) _pending.Add(new ProbeEntry(_time.Now()));
                    return Take();
                }
                if (_pendingUrgent > 0 || _stopping) break;
                var wait = Timeout.InfiniteTimeSpan;
                if (_pending.Count > 0)
                {
                    wait = _options.JournalLinger - Stopwatch.GetElapsedTime(_oldestPending);
                    if (wait <= TimeSpan.Zero) break;
                }
                else if (_statistics.DueIn is { } due)
                {
                    if (due <= TimeSpan.Zero) break;
                    wait = due;
                }
                Monitor.Wait(_gate, wait);
            }
            if (_stopping && _pending.Count == 0 && _unwritten.Count == 0 && !_statistics.Any) return null;
            return Take();
        }
    }

    private List<JournalEntry> Take()
    {
        var batch = _pending;
        if (batch.Count <= _options.JournalBatchSize)
        {
            (_pending, _pendingBytes, _pendingUrgent) = (_spare, 0, 0);
            return batch;
        }
        var part = _spare;
        part.AddRange(batch.Take(_options.JournalBatchSize));
        batch.RemoveRange(0, _options.JournalBatchSize);
        foreach (var entry in part)
        {
            _pendingBytes -= entry.Weight;
            if (entry.IsUrgent) _pendingUrgent--;
        }
        _spare = [];
        return part;
    }

    private void WriteBatch(List<JournalEntry> batch)
    {
        if (_unwritten.Count > 0)
        {
            batch.InsertRange(0, _unwritten);
            _unwritten.Clear();
        }
        var statistics = _statistics.TakeIfDue(force: _stopping);
        try
        {
            _store.Write(batch, statistics);
        }
        catch (Exception exception)
        {
            if (!_stopping) _statistics.PutBack(statistics);
            if (_store.IsUnavailable(exception)) Refuse(batch, exception);
            else WriteOneByOne(batch, exception);
            return;
        }
        Commits++;
        if (Fault is not null) LogRecovered();
        Fault = null;
        Committed(batch);
    }

    /// <summary>The database takes nothing: answer those who can be told, keep what must not be lost.</summary>
    private void Refuse(List<JournalEntry> batch, Exception exception)
    {
        if (Fault is null) LogUnavailable(exception);
        Fault = exception;
        foreach (var entry in batch)
        {
            if (entry.MustNotBeLost && !_stopping) _unwritten.Add(entry);
            else entry.OnFailed(new JournalUnavailableException(exception));
        }
    }

    /// <summary>One entry is bad: it must not take the others with it.</summary>
    private void WriteOneByOne(List<JournalEntry> batch, Exception batchException)
    {
        var single = new List<JournalEntry>(1);
        foreach (var entry in batch)
        {
            single.Clear();
            single.Add(entry);
            try
            {
                if (batch.Count == 1) throw batchException;
                _store.Write(single, []);
            }
            catch (Exception exception)
            {
                if (_store.IsUnavailable(exception))
                {
                    Refuse(single, exception);
                    continue;
                }
                LogEntryRefused(entry.GetType().Name, exception);
                entry.OnFailed(exception);
                continue;
            }
            Committed(single);
        }
    }

    private void Committed(List<JournalEntry> batch)
    {
        foreach (var entry in batch) _statistics.Count(entry);
        _committed?.Invoke(batch);
        foreach (var entry in batch) entry.OnCommitted();
        _answered?.Invoke();
    }

    [LoggerMessage(EventIds.JournalUnavailable, LogLevel.Error, "The database takes nothing; callers are told to come back later.")]
    private partial void LogUnavailable(Exception exception);

    [LoggerMessage(EventIds.JournalRecovered, LogLevel.Information, "The database takes writes again.")]
    private partial void LogRecovered();

    [LoggerMessage(EventIds.JournalEntryRefused, LogLevel.Error, "One {Entry} could not be written and was given up; the others were written.")]
    private partial void LogEntryRefused(string entry, Exception exception);

    [LoggerMessage(EventIds.JournalFault, LogLevel.Critical, "A fault in the journal; it goes on.")]
    private partial void LogJournalFault(Exception exception);
}

/// <summary>Nothing can be written durably right now. Callers answer 503 with <c>Retry-After</c>.</summary>
internal sealed class JournalUnavailableException(Exception cause) : Exception("The database takes nothing right now.", cause);
