namespace TriggerConsole.Core.Triggers;

/// <summary>A trigger as the engine uses it: settings prepared, policies read. Immutable; a change makes a new one.</summary>
public sealed class RuntimeTrigger
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required ITriggerKind Kind { get; init; }

    /// <summary>As stored, secrets included: never leaves Core as it is.</summary>
    public required TriggerSettings Settings { get; init; }

    public required PreparedTrigger Prepared { get; init; }

    public required Guid? CallbackId { get; init; }

    public required bool Enabled { get; init; }

    public required bool Paused { get; init; }

    public required int Priority { get; init; }

    public required RetryPolicy Retry { get; init; }

    public required TriggerLimits Limits { get; init; }

    public required int Version { get; init; }
}
