namespace TriggerConsole.Core.Audit;

/// <summary>Tells our own pages that this node has written to the audit log.</summary>
public sealed class AuditFeed
{
    private event Action? Written;

    /// <summary>Calls <paramref name="listener"/> on the thread of whoever wrote: it must only take note. Dispose the result to end it.</summary>
    public IDisposable OnWritten(Action listener)
    {
        Written += listener;
        return new Subscription(this, listener);
    }

    internal void Tell() => Written?.Invoke();

    private sealed class Subscription(AuditFeed feed, Action listener) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) feed.Written -= listener;
        }
    }
}
