using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Unicode;

namespace TriggerConsole.Core.Records;

/// <summary>Decides whether a body is text, and turns it into UTF-8.</summary>
internal static class BodyText
{
    /// <summary>
    /// The body as UTF-8, or false when it is none: its type or encoding says so, or its bytes are broken. What is broken only
    /// because the body was cut off in the middle of a character loses that character.
    /// </summary>
    /// <param name="scratch">Holds the result when it had to be converted.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, string? contentType, string? contentEncoding, bool isCut, ArrayBufferWriter<byte> scratch, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!string.IsNullOrEmpty(contentEncoding) && !contentEncoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return false;
        var (mediaType, charset) = Split(contentType);
        if (IsBinary(mediaType)) return false;
        // A byte order mark says more than any header
        if (body.StartsWith("\uFEFF"u8)) { body = body[3..]; charset = null; }
        else if (body.StartsWith<byte>([0xFF, 0xFE])) { body = body[2..]; charset = "utf-16"; }
        else if (body.StartsWith<byte>([0xFE, 0xFF])) { body = body[2..]; charset = "utf-16be"; }
        var encoding = EncodingOf(charset);
        if (encoding is null)
        {
            if (isCut) body = body[..CompleteLength(body)];
            if (!Utf8.IsValid(body)) return false;
            text = body;
            return true;
        }
        try
        {
            // A decoder that is not flushed keeps a character cut in half to itself
            var decoder = encoding.GetDecoder();
            var characters = new char[encoding.GetMaxCharCount(body.Length)];
            var count = decoder.GetChars(body, characters, flush: !isCut);
            var start = scratch.WrittenCount;
            Encoding.UTF8.GetBytes(characters.AsSpan(0, count), scratch);
            text = scratch.WrittenSpan[start..];
            return true;
        }
        catch (ArgumentException) { return false; } // DecoderFallbackException is one
    }

    private static (string? MediaType, string? Charset) Split(string? contentType)
        => contentType is null or "application/json" ? (contentType, null) // most answers, without any work
            : MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? (parsed.MediaType, parsed.CharSet?.Trim('"')) : (null, null);

    private static bool IsBinary(string? mediaType)
    {
        if (mediaType is null) return false;
        ReadOnlySpan<string> families = ["image/", "audio/", "video/", "font/"];
        foreach (var family in families)
            if (mediaType.StartsWith(family, StringComparison.OrdinalIgnoreCase)) return !mediaType.EndsWith("+xml", StringComparison.OrdinalIgnoreCase);
        return mediaType.ToLowerInvariant() is "application/octet-stream" or "application/pdf" or "application/zip" or "application/gzip" or "application/x-protobuf" or "application/grpc";
    }

    /// <summary>Null for UTF-8, which needs no conversion; it is also tried when the charset is not known.</summary>
    private static Encoding? EncodingOf(string? charset)
    {
        if (string.IsNullOrEmpty(charset) || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
            || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return Encoding.GetEncoding(charset, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException) // UTF-7 is the latter
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
        }
    }

    // Without the bytes of a character that began at the end and was cut off
    private static int CompleteLength(ReadOnlySpan<byte> utf8)
    {
        for (var back = 1; back <= Math.Min(3, utf8.Length); back++)
        {
            var lead = utf8[^back];
            if ((lead & 0xC0) == 0x80) continue;
            var length = lead switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return length > back ? utf8.Length - back : utf8.Length;
        }
        return utf8.Length;
    }
}
