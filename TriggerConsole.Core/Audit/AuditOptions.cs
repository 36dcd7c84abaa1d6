using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Audit;

/// <summary>The audit log.</summary>
public sealed class AuditOptions : IValidatableObject
{
    public const string SectionName = "Audit";

    private const int ShortestKey = 32;

    /// <summary>After how many days entries are deleted; 0 keeps them for ever. Default: 400.</summary>
    [Range(0, 36_600)] public int RetentionDays { get; set; } = 400;

    /// <summary>
    /// A secret of at least 32 characters that seals the chain, kept outside the database: then nobody who has only the database can write
    /// a chain that passes for ours. Without it, a key in the database does. The same on all nodes.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Keys that sealed earlier entries: what was <see cref="Key"/> before it was replaced.</summary>
    public IList<string> OldKeys { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Its value is said nowhere
        if (Key is { Length: > 0 and < ShortestKey }) yield return new($"Key: give at least {ShortestKey} random characters, or leave it out.", [nameof(Key)]);
        if (OldKeys.Any(k => k.Length < ShortestKey)) yield return new($"OldKeys: each has at least {ShortestKey} characters.", [nameof(OldKeys)]);
    }
}

[OptionsValidator]
internal sealed partial class AuditOptionsValidator : IValidateOptions<AuditOptions>;
