namespace TriggerConsole.Core.Amqp.Client;

/// <summary>
/// How long to wait between tries. Three classes: the network (<see cref="First"/> to <see cref="Most"/>), a broker that is in trouble
/// (<see cref="BusyFirst"/> to <see cref="BusyMost"/>), and refusals that only people can put right (<see cref="RefusedFirst"/> to
/// <see cref="RefusedMost"/>).
/// </summary>
internal sealed record AmqpReconnect
{
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>With the jitter below 30 s: so soon after it is back a broker has its connection again.</summary>
    public TimeSpan Most { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan BusyFirst { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan BusyMost { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan RefusedFirst { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan RefusedMost { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Each wait is longer or shorter by up to this share, so that clients do not come back all at once.</summary>
    public double Jitter { get; init; } = 0.3;

    /// <summary>A connection that lived this long, or did much work before, sets the waits back to the beginning.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(30);
}
