using System.Text.Json;

namespace TriggerConsole.Core.Triggers;

/// <summary>A trigger as people and programs describe it. What an update leaves out stays as it is.</summary>
public sealed record TriggerInput
{
    public TriggerKind? Kind { get; init; }

    /// <summary>The callback whose events it gets; an id of zeros takes it away from its callback.</summary>
    public Guid? CallbackId { get; init; }

    public string? Name { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>0 (last) to 9 (first).</summary>
    public int? Priority { get; init; }

    /// <summary>Settings of the kind, whole; secret fields that are left out are kept as long as the destination stays the same.</summary>
    public JsonElement? Settings { get; init; }

    public RetryPolicy? Retry { get; init; }

    public TriggerLimits? Limits { get; init; }

    /// <summary>The version that was edited; an update is refused when someone else has changed it since. Left out: not checked.</summary>
    public int? Version { get; init; }
}

/// <summary>A trigger as people see it. Secret fields in the settings are null, with <c>has…</c> beside them.</summary>
public sealed record TriggerView
{
    public required Guid Id { get; init; }

    public required TriggerKind Kind { get; init; }

    public Guid? CallbackId { get; init; }

    public required string Name { get; init; }

    public required bool Enabled { get; init; }

    public required bool Paused { get; init; }

    public required int Priority { get; init; }

    public required JsonElement Settings { get; init; }

    public required RetryPolicy Retry { get; init; }

    public required TriggerLimits Limits { get; init; }

    /// <summary>What it does, in one sentence.</summary>
    public required string Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int Version { get; init; }
}
