using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Events;

/// <summary>What became of one trigger when an event arrived.</summary>
public enum VerdictKind
{
    /// <summary>An execution was made.</summary>
    Fires,

    /// <summary>The trigger is switched off.</summary>
    Disabled,

    /// <summary>An event with the same idempotency key had already been accepted.</summary>
    Duplicate,
}

/// <summary>
/// Answers "why did (or didn't) this fire?": one per trigger that was considered, stored with the event.
/// </summary>
public sealed record Verdict(Guid TriggerId, TriggerKind Kind, VerdictKind Result)
{
    /// <summary>The execution that was made, when it fired.</summary>
    public Guid? ExecutionId { get; init; }

    /// <summary>More about the reason, in words, where the kind does not say it all.</summary>
    public string? Detail { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Verdict[]))]
[JsonSerializable(typeof(IReadOnlyList<Verdict>))]
internal sealed partial class VerdictJson : JsonSerializerContext
{
    public static byte[] Write(IReadOnlyList<Verdict> verdicts) => JsonSerializer.SerializeToUtf8Bytes(verdicts, Default.IReadOnlyListVerdict);

    public static Verdict[] Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.VerdictArray) ?? [];
}
