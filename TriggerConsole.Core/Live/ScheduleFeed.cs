using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Live;

/// <summary>Tells our own pages that a schedule was changed, or that a time at which it was due has been dealt with.</summary>
public sealed class ScheduleFeed
{
    private event Action<Guid>? Changed;

    /// <summary>Calls <paramref name="listener"/> with the schedule's id, on the journal's thread or that of whoever changed it: it must only take note. Dispose the result to end it.</summary>
    public IDisposable OnChanged(Action<Guid> listener)
    {
        Changed += listener;
        return new Subscription(this, listener);
    }

    internal void Tell(Guid scheduleId) => Changed?.Invoke(scheduleId);

    internal void Committed(IReadOnlyList<JournalEntry> entries)
    {
        if (Changed is not { } listeners) return;
        foreach (var entry in entries)
            if (entry is AcceptEntry { Run: { } run, HasRun: false }) listeners(run.ScheduleId);
    }

    private sealed class Subscription(ScheduleFeed feed, Action<Guid> listener) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) feed.Changed -= listener;
        }
    }
}
