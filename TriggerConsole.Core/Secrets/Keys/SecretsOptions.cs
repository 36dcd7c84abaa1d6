using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>How stored secrets are kept, section <c>Secrets</c>.</summary>
public sealed class SecretsOptions : IValidatableObject
{
    public const string SectionName = "Secrets";

    /// <summary>The key that protects all other keys: 32 random bytes in base64 (<c>openssl rand -base64 32</c>). Default: read from the key file.</summary>
    public string? MasterKey { get; set; }

    /// <summary>A file that holds the master key, as containers and service managers hand secrets over. Instead of <see cref="MasterKey"/>.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>The master key before this one: what it protects is read with it and protected anew at start.</summary>
    public string? PreviousMasterKey { get; set; }

    /// <summary>A file that holds the previous master key.</summary>
    public string? PreviousMasterKeyFile { get; set; }

    /// <summary>
    /// Where the key file is kept, and made at the first start, when no master key is given; relative to the content root. Default: beside the
    /// SQLite file; with other databases none, because every node would make its own.
    /// </summary>
    public string? KeyDirectory { get; set; }

    /// <summary>A named secret whose value is older than this many days is pointed out; 0 for never. Default: 365.</summary>
    [Range(0, 36_500)] public int RemindAfterDays { get; set; } = 365;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, key, file) in new[] { (nameof(MasterKey), MasterKey, MasterKeyFile), (nameof(PreviousMasterKey), PreviousMasterKey, PreviousMasterKeyFile) })
        {
            if (!string.IsNullOrWhiteSpace(key) && !string.IsNullOrWhiteSpace(file)) yield return new($"{name}: it is given twice, here and in {name}File. Give one of them.", [name]);
            else if (!string.IsNullOrWhiteSpace(key) && Keys.MasterKey.Parse(key) is null) yield return new($"{name}: a master key is 32 random bytes in base64. Make one with: openssl rand -base64 32", [name]);
        }
        if (!string.IsNullOrWhiteSpace(PreviousMasterKey + PreviousMasterKeyFile) && string.IsNullOrWhiteSpace(MasterKey + MasterKeyFile) && string.IsNullOrWhiteSpace(KeyDirectory))
            yield return new("PreviousMasterKey: it is read beside a new one. Give that as Secrets:MasterKey or Secrets:MasterKeyFile.", [nameof(PreviousMasterKey)]);
    }
}

[OptionsValidator]
internal sealed partial class SecretsOptionsValidator : IValidateOptions<SecretsOptions>;
