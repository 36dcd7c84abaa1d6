namespace TriggerConsole.Core.Live;

/// <summary>
/// Makes one call of many signals: at once after a quiet time, then at most once per interval, and once more after the last
/// signal. Calls never overlap.
/// </summary>
public sealed class Throttle : IDisposable
{
    private readonly Func<Task> _action;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _scheduled;
    private bool _running;
    private bool _again;
    private bool _disposed;
    private long _last;
    private bool _hasRun;

    /// <param name="action">Must not throw; what it does with faults is its own affair.</param>
    public Throttle(Func<Task> action, TimeSpan interval, TimeProvider time)
    {
        (_action, _interval, _time) = (action, interval, time);
        _timer = time.CreateTimer(_ => _ = RunAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Signal()
    {
        lock (_gate)
        {
            if (_disposed || _scheduled) return;
            if (_running)
            {
                _again = true;
                return;
            }
            Schedule();
        }
    }

    public void Dispose()
    {
        lock (_gate) _disposed = true;
        _timer.Dispose();
    }

    private void Schedule()
    {
        _scheduled = true;
        var wait = _hasRun ? _interval - _time.GetElapsedTime(_last) : TimeSpan.Zero;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync()
    {
        lock (_gate)
        {
            if (_disposed) return;
            (_scheduled, _running, _hasRun, _last) = (false, true, true, _time.GetTimestamp());
        }
        try
        {
            await _action();
        }
        finally
        {
            lock (_gate)
            {
                _running = false;
                if (_again && !_disposed) Schedule();
                _again = false;
            }
        }
    }
}
