using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Triggers;

/// <summary>
/// All that the product needs to know of one protocol. One implementation per protocol folder (<c>Http/</c>, <c>Mqtt/</c>,
/// <c>Amqp/</c>), registered as a set; <c>docs/adding-a-trigger-kind.md</c> tells how to add one.
/// </summary>
public interface ITriggerKind
{
    TriggerKind Kind { get; }

    /// <summary>The record that settings are read into, derived from <see cref="TriggerSettings"/>.</summary>
    Type SettingsType { get; }

    /// <summary>
    /// Checks settings as they would be saved: fields, templates (with line and column), and where they lead
    /// (egress policy). Every fault goes to <paramref name="errors"/>, named by its field below <c>settings</c>.
    /// </summary>
    ValueTask ValidateAsync(TriggerSettings settings, TemplateRules rules, FieldErrors errors, CancellationToken cancellationToken);

    /// <summary>
    /// Where the secrets of these settings are sent: <c>https://crm.example:443</c>. Secrets that were stored for one
    /// destination are not kept when another is set. Null when none can be told.
    /// </summary>
    string? DestinationOf(TriggerSettings settings);

    /// <summary>What the trigger does, in one sentence: "POST to https://crm… with the event as JSON, signed in with a bearer token".</summary>
    string Describe(TriggerSettings settings);

    /// <summary>Compiles templates and whatever else costs time, once per version of a trigger. Settings are valid here.</summary>
    PreparedTrigger Prepare(TriggerSettings settings);

    /// <summary>Exactly what would be sent for this event, secrets masked, without sending it.</summary>
    TriggerPreview Preview(PreparedTrigger prepared, AttemptContext context);

    /// <summary>
    /// Carries out one attempt. Never throws for what the other side or the payload does: that is an outcome.
    /// Throws <see cref="OperationCanceledException"/> only when <paramref name="cancellationToken"/> asks for it; the
    /// limit of the attempt is kept by the kind itself (<see cref="PreparedTrigger.Timeout"/>) and is the outcome <c>timeout</c>.
    /// </summary>
    Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken);

    /// <summary>The connections this kind keeps; null when it makes one for each attempt.</summary>
    ITargetConnections? Connections => null;

    /// <summary>
    /// Whether the executions of one trigger are begun strictly in their order: <see cref="ExecuteAsync"/> is called for one
    /// after the other, up to its first wait. What it sends must be on its way by then.
    /// </summary>
    bool KeepsOrder => false;
}

/// <summary>
/// Connections that outlast an attempt. Executions whose target has none wait for it in their order, and waiting uses no
/// attempt, however long the target is away.
/// </summary>
public interface ITargetConnections
{
    /// <summary>Whether attempts can be made now. Asked often and under a lock: must not wait.</summary>
    /// <param name="targetKey"><see cref="PreparedTrigger.TargetKey"/>.</param>
    bool IsConnected(string targetKey);

    /// <summary>A target, named by its key, can be reached again. Raised after <see cref="IsConnected"/> says so, under no lock of its own.</summary>
    event Action<string>? Connected;

    /// <summary>Before an attempt by hand: makes a connection on nodes that keep none, and waits for it within a limit. Whether there is one then, the attempt finds out.</summary>
    ValueTask EnsureAsync(string targetKey, CancellationToken cancellationToken) => default;
}

/// <summary>Settings made ready to run. Immutable and shared by all executions of that version of the trigger.</summary>
public abstract class PreparedTrigger
{
    /// <summary>What the circuit breaker counts by: triggers with the same key lead to the same place (<c>http://host:port</c>, a broker).</summary>
    public abstract string TargetKey { get; }

    /// <summary>Limit of one attempt.</summary>
    public abstract TimeSpan Timeout { get; }

    /// <summary>What the trigger does, in one sentence.</summary>
    public abstract string Description { get; }
}

/// <summary>One attempt's input.</summary>
public sealed class AttemptContext
{
    public required Guid ExecutionId { get; init; }

    public required Guid? TriggerId { get; init; }

    /// <summary>Number of this attempt, from 1.</summary>
    public required int Attempt { get; init; }

    public required EventContent Event { get; init; }

    /// <summary>When the attempt starts; <c>{timestamp}</c>.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>What a trigger would send: <see cref="Request"/> has the same shape as the request recorded with an attempt.</summary>
/// <param name="Request">UTF-8 JSON; null when rendering failed.</param>
/// <param name="Error">Why nothing could be rendered, in a sentence.</param>
public sealed record TriggerPreview(byte[]? Request, string? Error);
