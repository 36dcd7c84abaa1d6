namespace TriggerConsole.Core.Events;

/// <summary>What a content type promises, as far as we can read it.</summary>
internal enum MediaKind
{
    /// <summary>No content type was sent.</summary>
    Unnamed,
    Json,
    Xml,
    Form,
    Other,
}

internal static class MediaKinds
{
    /// <summary>By media type (RFC 9110, section 8.3.1) and structured suffix (RFC 6839); parameters are ignored.</summary>
    public static MediaKind Of(string? contentType)
    {
        var type = contentType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var end) type = type[..end];
        type = type.Trim();
        if (type.IsEmpty) return MediaKind.Unnamed;
        if (Is(type, "application/json") || Is(type, "text/json") || EndsWith(type, "+json")) return MediaKind.Json;
        if (Is(type, "application/xml") || Is(type, "text/xml") || EndsWith(type, "+xml")) return MediaKind.Xml;
        return Is(type, "application/x-www-form-urlencoded") ? MediaKind.Form : MediaKind.Other;
    }

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool EndsWith(ReadOnlySpan<char> type, string suffix) => type.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
}
