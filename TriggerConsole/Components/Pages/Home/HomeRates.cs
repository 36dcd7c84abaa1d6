using TriggerConsole.Core.Statistics;

namespace TriggerConsole.Components.Pages.Home;

/// <summary>Sums of a stretch of time.</summary>
public readonly record struct Rate(int Accepted, int Succeeded, int FailedAttempts, int DeadLettered);

/// <summary>From sums per minute to "in the last minute" and "in the last hour".</summary>
internal static class HomeRates
{
    public static Rate Sum(IReadOnlyList<StatisticPoint> minutes)
        => new(minutes.Sum(m => m.Accepted), minutes.Sum(m => m.Succeeded), minutes.Sum(m => m.FailedAttempts), minutes.Sum(m => m.DeadLettered));

    /// <summary>
    /// About the last sixty seconds: the minute that runs, and of the one before the share that is not yet sixty seconds ago.
    /// Rounded up, so that a single event is seen for a minute at least.
    /// </summary>
    public static Rate LastMinute(IReadOnlyList<StatisticPoint> minutes, DateTimeOffset now)
    {
        var current = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var left = TimeSpan.TicksPerMinute - (now - current).Ticks;
        var running = Sum([.. minutes.Where(m => m.Start == current)]);
        var before = Sum([.. minutes.Where(m => m.Start == current.AddMinutes(-1))]);
        return new(Part(running.Accepted, before.Accepted), Part(running.Succeeded, before.Succeeded), Part(running.FailedAttempts, before.FailedAttempts), Part(running.DeadLettered, before.DeadLettered));

        int Part(int now, int then) => now + (int)((then * left + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute);
    }
}
