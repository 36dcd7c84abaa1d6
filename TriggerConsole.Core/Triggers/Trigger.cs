namespace TriggerConsole.Core.Triggers;

/// <summary>What to do when an event arrives: kind, settings, retry policy, limits.</summary>
public sealed class Trigger
{
    public const int MaxNameLength = 200;
    public const int DefaultPriority = 5;

    public required Guid Id { get; init; }

    public required TriggerKind Kind { get; init; }

    /// <summary>The callback whose events it gets; null for a trigger that is only called by name.</summary>
    public Guid? CallbackId { get; set; }

    public required string Name { get; set; }

    /// <summary>Off: new events are skipped with the verdict <c>Disabled</c>; what was accepted before still runs.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Paused: new events are accepted and held, nothing is attempted until it is resumed.</summary>
    public bool Paused { get; set; }

    /// <summary>0 (last) to 9 (first).</summary>
    public int Priority { get; set; } = DefaultPriority;

    /// <summary>JSON of the kind's settings, secret fields left out.</summary>
    public required string Settings { get; set; }

    /// <summary>The secret fields, as one encrypted JSON object of path and value; null when there are none.</summary>
    public string? ProtectedSecrets { get; set; }

    /// <summary>JSON of <see cref="RetryPolicy"/>.</summary>
    public required string Retry { get; set; }

    /// <summary>JSON of <see cref="TriggerLimits"/>.</summary>
    public required string Limits { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Deleted triggers keep their row while history names them.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Grows with each change; two editors cannot overwrite each other unseen.</summary>
    public int Version { get; set; }
}
