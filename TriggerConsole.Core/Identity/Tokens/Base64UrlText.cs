using System.Buffers;
using System.Buffers.Text;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>
/// base64url as RFC 7515, section 2, has it: no padding, no line breaks, no other characters; and one text for each sequence of
/// bytes, so that a token cannot be written in a second way.
/// </summary>
internal static class Base64UrlText
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Null when the text is not exactly that.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return null;
        if (text.Length % 4 == 1) return null;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done) return null;
        var decoded = bytes.AsSpan(0, written);
        return Encode(decoded).AsSpan().SequenceEqual(text) ? decoded.ToArray() : null;
    }
}
