namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>Figures of a client over all its connections.</summary>
internal sealed class PublishCounter(TimeProvider time)
{
    private long _published;
    private long _roundTrip;

    /// <summary>Messages confirmed.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>From sending to the confirm, of the last one; null while there was none.</summary>
    public TimeSpan? RoundTrip => Interlocked.Read(ref _roundTrip) is var ticks and > 0 ? new(ticks) : null;

    public long Now => time.GetTimestamp();

    public TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    public void NoteConfirmed(int count, long lastSent)
    {
        Interlocked.Add(ref _published, count);
        Interlocked.Exchange(ref _roundTrip, Math.Max(1, Since(lastSent).Ticks));
    }
}
