using System.Globalization;

namespace TriggerConsole.Core.Audit;

/// <summary>What is wrong with the audit log.</summary>
public enum AuditFaultKind
{
    /// <summary>An entry is not as it was written.</summary>
    Changed,

    /// <summary>An entry between others is gone.</summary>
    Missing,

    /// <summary>An entry stands where another one was written.</summary>
    Reordered,

    /// <summary>Entries at the beginning or the end are gone.</summary>
    CutOff,

    /// <summary>An entry is there that TriggerConsole has not written.</summary>
    Added,

    /// <summary>The row that says where the log ends is not as it was written, or gone.</summary>
    HeadChanged,

    /// <summary>The key that seals an entry is not at hand.</summary>
    UnknownKey,

    /// <summary>It is not the log that the anchor was taken of.</summary>
    OtherThanAnchor,
}

/// <param name="Sequence">The first entry that is broken.</param>
/// <param name="Text">A sentence for people.</param>
public sealed record AuditFault(long Sequence, AuditFaultKind Kind, string Text);

/// <summary>What a check of the whole audit log has found.</summary>
/// <param name="Checked">Entries that were looked at.</param>
/// <param name="First">First entry that is kept; 0 when there is none.</param>
/// <param name="Last">Last entry; 0 when there is none.</param>
/// <param name="Anchor">Last entry and its hash, to be compared later: <c>1234:ab12…</c>; null when something is wrong.</param>
/// <param name="Fault">The first thing that is wrong; null when all is as it was written.</param>
public sealed record AuditReport(long Checked, long First, long Last, string? Anchor, AuditFault? Fault, DateTimeOffset At, double DurationMs)
{
    public bool IsIntact => Fault is null;
}

/// <summary>An entry and its hash as someone noted them elsewhere: in the log file, beside a backup, on paper.</summary>
public readonly record struct AuditAnchor(long Sequence, string Hash)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}:{Hash}");

    /// <summary>Reads <c>1234:ab12…</c>.</summary>
    public static bool TryParse(string text, out AuditAnchor anchor)
    {
        anchor = default;
        var parts = text.Trim().Split(':');
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) || parts[1].Length != AuditSeal.Size * 2 || !parts[1].All(char.IsAsciiHexDigit)) return false;
        anchor = new(sequence, parts[1].ToLowerInvariant());
        return true;
    }

    internal static AuditAnchor Of(AuditHead head) => new(head.Sequence, Convert.ToHexStringLower(head.Hash));
}
