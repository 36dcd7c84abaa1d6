using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace TriggerConsole.Core.Audit;

/// <summary>A changed row, described before it is saved.</summary>
internal sealed record AuditChange(string Action, string SubjectKind, string? SubjectId, string? SubjectName, string? Before, string? After, bool IsOfServer);

/// <summary>Reads what a context is about to save.</summary>
/// <param name="reveal">What an encrypted column says, to see whether it changed: each save encrypts anew. Null when it cannot be told.</param>
internal sealed class AuditChanges(Func<string, string?> reveal)
{
    private const string Protected = "Protected";

    private static readonly string[] s_names = ["Name", "Email", "UserName", "Queue", "LoginProvider"];

    /// <summary>What of it is recorded; empty for what only the engine writes.</summary>
    public List<AuditChange> In(ChangeTracker tracker)
    {
        List<AuditChange>? changes = null;
        foreach (var entry in tracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted) || !AuditRules.IsRecorded(entry.Metadata.ClrType, entry.Entity)) continue;
            if (Describe(entry) is { } change) (changes ??= []).Add(change);
        }
        return changes ?? [];
    }

    private AuditChange? Describe(EntityEntry entry)
    {
        var (type, kind) = (entry.Metadata.ClrType, AuditRules.KindOf(entry.Metadata.ClrType));
        var before = entry.State == EntityState.Added ? new() : Read(entry, original: true);
        var after = entry.State == EntityState.Deleted ? new() : Read(entry, original: false);
        var (verb, old, now) = ("create", (string?)null, after.Write());
        if (entry.State == EntityState.Deleted || Ends(entry, "DeletedAt")) (verb, old, now) = ("delete", before.Write(), null);
        else if (entry.State == EntityState.Modified)
        {
            (old, now, var paths) = AuditFields.Differences(before, after);
            if (paths.Count == 0) return null;
            verb = Ends(entry, "RevokedAt") ? "revoke" : VerbOf(paths, after);
        }
        return new($"{kind}.{verb}", kind, IdOf(entry), NameOf(entry), old, now, AuditRules.OfServer.Contains(type));
    }

    private static string VerbOf(IReadOnlyList<string> paths, AuditFields after) => paths switch
    {
        ["enabled"] => IsOn(after, "enabled") ? "enable" : "disable",
        ["paused"] or ["paused", "resumeAt"] => IsOn(after, "paused") ? "pause" : "resume",
        _ => "change",
    };

    private static bool IsOn(AuditFields fields, string path) => fields.Values.GetValueOrDefault(path).Shown is true;

    private AuditFields Read(EntityEntry entry, bool original)
    {
        var fields = new AuditFields();
        var key = entry.Metadata.FindPrimaryKey()!;
        foreach (var property in entry.Metadata.GetProperties())
        {
            if (AuditRules.IsSilent(property.Name) || (key.Properties.Count == 1 && key.Properties[0] == property)) continue;
            var value = original ? entry.OriginalValues[property] : entry.CurrentValues[property];
            var path = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (property.Name.StartsWith(Protected, StringComparison.Ordinal) && value is string sealedValue) AddRevealed(fields, entry, property.Name, sealedValue);
            else if (AuditRules.IsSecret(property)) fields.AddSecret(path, value);
            else fields.Add(path, value);
        }
        return fields;
    }

    /// <summary>An encrypted column: one value, or a JSON object of path and value below the settings it belongs to.</summary>
    private void AddRevealed(AuditFields fields, EntityEntry entry, string property, string value)
    {
        var path = JsonNamingPolicy.CamelCase.ConvertName(property[Protected.Length..]);
        var plain = reveal(value);
        if (property != "ProtectedSecrets" || plain is null || plain is not ['{', ..])
        {
            fields.AddSecret(path, plain ?? value);
            return;
        }
        var owner = entry.Metadata.FindProperty("Verification") is null ? "settings" : "verification";
        foreach (var (field, secret) in JsonSerializer.Deserialize<Dictionary<string, string>>(plain, CoreJson.Options)!) fields.AddSecret($"{owner}.{field}", secret);
    }

    /// <summary>Whether this time is set now and was not before.</summary>
    private static bool Ends(EntityEntry entry, string property)
        => entry.State == EntityState.Modified && entry.Metadata.FindProperty(property) is { } end && entry.OriginalValues[end] is null && entry.CurrentValues[end] is not null;

    private static string IdOf(EntityEntry entry)
    {
        // Claims, logins and tokens belong to someone
        if (entry.Metadata.FindProperty("UserId") is { } user && entry.Metadata.ClrType.Name.StartsWith("Identity", StringComparison.Ordinal)) return Text(entry.CurrentValues[user]);
        return string.Join(' ', entry.Metadata.FindPrimaryKey()!.Properties.Select(p => Text(entry.CurrentValues[p])));
    }

    private static string? NameOf(EntityEntry entry)
    {
        foreach (var name in s_names)
            if (entry.Metadata.FindProperty(name) is { } property && Text(entry.CurrentValues[property]) is { Length: > 0 } text) return text;
        return null;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
