namespace TriggerConsole.Core;

public static class Clock
{
    /// <summary>Now in UTC, cut to the microsecond: what every database keeps, so that a value reads back as it was written.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => Truncate(time.GetUtcNow());

    /// <summary>Cuts a time to the microsecond and moves it to UTC.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset value)
        => new(value.UtcTicks - value.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public static long ToUnixMicroseconds(this DateTimeOffset value)
        => (value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromUnixMicroseconds(long value)
        => new(DateTimeOffset.UnixEpoch.Ticks + value * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
