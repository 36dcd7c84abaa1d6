using System.Text;
using System.Text.Unicode;
using TriggerConsole.Components.Controls;

namespace TriggerConsole.Components.Pages.Events;

/// <summary>The part of a payload that a page shows: text as text, anything else as bytes; never as markup.</summary>
internal sealed record EventBody
{
    /// <summary>More text than anyone reads on a page; the whole is there to download.</summary>
    public const int MostText = 256 * 1024;

    /// <summary>Bytes shown of what is no text.</summary>
    public const int MostBinary = 1024;

    /// <summary>Text, or base64 of the first bytes.</summary>
    public required string Content { get; init; }

    public required bool IsBinary { get; init; }

    public required int Size { get; init; }

    /// <summary>Bytes that <see cref="Content"/> holds.</summary>
    public required int Shown { get; init; }

    public string? CutText => Shown == Size ? null : $"The first {Format.Size(Shown)} are shown. Download it to see all {Format.Size(Size)}.";

    public static EventBody Of(byte[] body)
    {
        var text = body.AsSpan();
        if (text.StartsWith(Encoding.UTF8.Preamble)) text = text[Encoding.UTF8.Preamble.Length..];
        if (!IsText(text))
        {
            var first = body.AsSpan(0, Math.Min(body.Length, MostBinary));
            return new() { Content = Convert.ToBase64String(first), IsBinary = true, Size = body.Length, Shown = first.Length };
        }
        if (text.Length > MostText)
        {
            text = text[..MostText];
            while (!Utf8.IsValid(text)) text = text[..^1]; // not in the middle of a character
            return new() { Content = Encoding.UTF8.GetString(text), IsBinary = false, Size = body.Length, Shown = text.Length };
        }
        return new() { Content = Encoding.UTF8.GetString(text), IsBinary = false, Size = body.Length, Shown = body.Length };
    }

    // Valid UTF-8 with none of the control characters that text does not have
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes)) return false;
        foreach (var b in bytes)
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f')) return false;
        return true;
    }
}
