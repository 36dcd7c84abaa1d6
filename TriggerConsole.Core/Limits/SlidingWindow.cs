namespace TriggerConsole.Core.Limits;

/// <summary>
/// Counts in a window that slides: what was let through in the present window of the clock, and of the one before as much as the
/// sliding window still covers, taken as spread evenly. Twelve bytes instead of a list of times; a caller that sends all of one
/// window at its very end can get some of the next one early, but never more than one window's worth in a window of the clock.
/// </summary>
internal struct SlidingWindow
{
    private int _window;
    private int _before;
    private int _now;

    /// <summary>How many more are let through at this time.</summary>
    public int Free(int permits, int windowMs, long at)
    {
        MoveTo(windowMs, at);
        return Math.Max(0, permits - _now - Covered(windowMs, (int)(at % windowMs)));
    }

    /// <summary>One is let through. Call <see cref="Free"/> first, with the same time.</summary>
    public void Add() => _now++;

    /// <summary>One that was let through does not count after all.</summary>
    public void TakeBack()
    {
        if (_now > 0) _now--;
        else if (_before > 0) _before--;
    }

    /// <summary>In how many milliseconds one is let through again, when none is now.</summary>
    public readonly int WaitMs(int permits, int windowMs, long at)
    {
        var into = (int)(at % windowMs);
        // With k used up at most by the window before: floor(before * (window - x) / window) <= k, solved for x
        return _now < permits ? FirstAt(_before, permits - 1 - _now, windowMs) - into : windowMs - into + FirstAt(_now, permits - 1, windowMs);
    }

    private static int FirstAt(int before, int most, int windowMs)
        => before <= most ? 0 : (int)(windowMs - ((long)(most + 1) * windowMs + before - 1) / before + 1);

    private readonly int Covered(int windowMs, int into) => (int)((long)_before * (windowMs - into) / windowMs);

    private void MoveTo(int windowMs, long at)
    {
        var window = (int)(at / windowMs);
        if (window == _window) return;
        (_before, _now, _window) = (window == _window + 1 ? _now : 0, 0, window);
    }
}
