using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Records;

/// <summary>
/// What the record writers of all kinds share: a JSON writer over memory that is used again, and bodies, secrets masked, in bounded
/// size.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as its thread and holds nothing but memory.")]
internal abstract class RecordWriter
{
    /// <summary>Bytes of a body that are kept with an attempt.</summary>
    public const int KeptBytes = 16 * 1024;

    private const int LargestKeptBuffer = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _masked = new();

    protected RecordWriter() => Json = new(_output, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it is read as JSON, never put into HTML as it is
        SkipValidation = true,
    });

    protected Utf8JsonWriter Json { get; }

    /// <summary>Its buffers have not grown beyond what a thread may hold for good.</summary>
    private protected bool IsWorthKeeping => _output.Capacity + _text.Capacity + _masked.Capacity <= LargestKeptBuffer;

    /// <summary>The beginning of a text; no character is cut in half.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private protected void Begin()
    {
        _output.ResetWrittenCount();
        Json.Reset();
    }

    private protected byte[] End()
    {
        Json.Flush();
        return _output.WrittenSpan.ToArray();
    }

    /// <summary>Writes <c>body</c>, <c>bodyEncoding</c>, <c>bodySize</c> and <c>bodyTruncated</c>.</summary>
    /// <param name="kept">The first bytes: <see cref="KeptBytes"/> and the masker's overlap, as far as there are so many.</param>
    /// <param name="size">All bytes, kept or not.</param>
    /// <param name="endsEarly">The body broke off in the middle.</param>
    protected void WriteBody(ReadOnlySpan<byte> kept, long size, string? contentType, string? contentEncoding, bool endsEarly, SecretMasker masker)
    {
        _text.ResetWrittenCount();
        _masked.ResetWrittenCount();
        var truncated = size > KeptBytes;
        var isCut = endsEarly || kept.Length < size || kept.Length > KeptBytes;
        var isText = BodyText.TryRead(kept, contentType, contentEncoding, isCut, _text, out var text);
        // A wrong charset would dress up a secret so that it is not seen
        if (isText && _text.WrittenCount > 0 && masker.Finds(kept)) isText = false;
        if (isText)
        {
            var keep = Utf8Edge(text, KeptBytes);
            truncated |= keep < text.Length;
            Json.WriteString("body"u8, masker.MaskBytes(text, keep, endsEarly, _masked));
        }
        else
        {
            Json.WriteBase64String("body"u8, masker.MaskBytes(kept, KeptBytes, endsEarly, _masked));
        }
        Json.WriteString("bodyEncoding"u8, isText ? "text"u8 : "base64"u8);
        Json.WriteNumber("bodySize"u8, size);
        Json.WriteBoolean("bodyTruncated"u8, truncated);
    }

    /// <summary>The part of a body that <see cref="WriteBody"/> needs.</summary>
    protected static ReadOnlySpan<byte> KeptOf(ReadOnlySpan<byte> body, SecretMasker masker) => body[..Math.Min(body.Length, KeptBytes + masker.Overlap)];

    // The last place up to the limit where a character ends
    private static int Utf8Edge(ReadOnlySpan<byte> text, int limit)
    {
        if (text.Length <= limit) return text.Length;
        while (limit > 0 && (text[limit] & 0xC0) == 0x80) limit--;
        return limit;
    }
}

/// <summary>A record writer of which each thread keeps one and uses it for one record at a time.</summary>
/// <typeparam name="TWriter">The writer itself.</typeparam>
internal abstract class RecordWriter<TWriter> : RecordWriter where TWriter : RecordWriter<TWriter>, new()
{
    [ThreadStatic]
    private static TWriter? s_current;

    protected static TWriter Take()
    {
        var writer = s_current ?? new TWriter();
        s_current = null; // two at once, should that ever happen, get one each
        writer.Begin();
        return writer;
    }

    protected byte[] Finish()
    {
        var record = End();
        if (IsWorthKeeping) s_current = (TWriter)this;
        return record;
    }
}
