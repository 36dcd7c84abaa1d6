namespace TriggerConsole.Core.Executions.Dispatch;

public enum CircuitState
{
    /// <summary>The target is called as usual.</summary>
    Closed,

    /// <summary>The target failed too often and is left alone.</summary>
    Open,

    /// <summary>One execution probes whether the target is back.</summary>
    HalfOpen,
}

/// <summary>
/// Leaves a failing target alone: opens when the share of failures in a period is too high, lets one probe through after the
/// break, closes when it succeeds, and doubles the break when it does not. Not safe for several threads; the dispatcher's
/// lock guards it.
/// </summary>
internal sealed class CircuitBreaker(string target, CircuitBreakerOptions options)
{
    private DateTimeOffset _periodStart;
    private int _attempts;
    private int _failures;
    private int _opened;
    private bool _probing;

    public string Target { get; } = target;

    public CircuitState State { get; private set; }

    /// <summary>When an open circuit lets a probe through.</summary>
    public DateTimeOffset OpenUntil { get; private set; }

    /// <summary>Why it opened: code of the last failure.</summary>
    public string? LastCode { get; private set; }

    /// <summary>Whether an attempt may start now. <paramref name="retryAt"/> says when to ask again; null means when the probe has ended.</summary>
    public bool MayStart(DateTimeOffset now, out DateTimeOffset? retryAt)
    {
        retryAt = null;
        switch (State)
        {
            case CircuitState.Closed: return true;
            case CircuitState.Open when now < OpenUntil:
                retryAt = OpenUntil;
                return false;
            default: return !_probing;
        }
    }

    /// <summary>An attempt starts. Returns whether it is the probe.</summary>
    public bool Start()
    {
        if (State == CircuitState.Closed) return false;
        State = CircuitState.HalfOpen;
        return _probing = true;
    }

    /// <summary>
    /// An attempt ended. <paramref name="healthy"/>: true answered, false the target is to blame, null says nothing of the target
    /// (broken off, our own fault). Returns true when those that wait for this target should ask again.
    /// </summary>
    public bool Record(bool? healthy, bool wasProbe, string? code, DateTimeOffset now)
    {
        if (!options.Enabled) return false;
        if (wasProbe) return EndProbe(healthy, code, now);
        if (State != CircuitState.Closed || healthy is null) return false;
        if (now - _periodStart > options.SamplingPeriod) (_periodStart, _attempts, _failures) = (now, 0, 0);
        _attempts++;
        if (healthy == true) return false;
        _failures++;
        LastCode = code;
        if (_attempts < options.MinimumAttempts || _failures < _attempts * options.FailureRatio) return false;
        _opened = 0;
        Open(now);
        return true;
    }

    /// <summary>The target is known to be back. Returns whether those that wait for it should ask again.</summary>
    public bool Close(DateTimeOffset now)
    {
        if (State == CircuitState.Closed) return false;
        State = CircuitState.Closed;
        (_periodStart, _attempts, _failures, LastCode) = (now, 0, 0, null);
        return true;
    }

    private bool EndProbe(bool? healthy, string? code, DateTimeOffset now)
    {
        _probing = false;
        if (healthy == true) return Close(now);
        if (healthy == false)
        {
            LastCode = code;
            Open(now);
        }
        return true; // unknown: stays half open, the next one probes
    }

    private void Open(DateTimeOffset now)
    {
        State = CircuitState.Open;
        var pause = options.BreakDuration * Math.Pow(2, Math.Min(_opened++, 16));
        OpenUntil = now + (pause < options.MaxBreakDuration ? pause : options.MaxBreakDuration);
    }
}
