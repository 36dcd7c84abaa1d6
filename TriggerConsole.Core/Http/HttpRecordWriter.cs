using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Http;

/// <summary>
/// Writes <see cref="RecordedHttpRequest"/> and <see cref="RecordedHttpResponse"/> as JSON, secrets masked, in bounded size.
/// One per thread, used for one record at a time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as its thread and holds nothing but memory.")]
internal sealed class HttpRecordWriter
{
    /// <summary>Bytes of a body that are kept with an attempt.</summary>
    public const int KeptBytes = 16 * 1024;

    private const int MaxUrlLength = 8 * 1024;
    private const int LargestKeptBuffer = 256 * 1024;

    [ThreadStatic]
    private static HttpRecordWriter? s_current;

    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _masked = new();
    private readonly Utf8JsonWriter _json;

    private HttpRecordWriter() => _json = new(_output, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it is read as JSON, never put into HTML as it is
        SkipValidation = true,
    });

    /// <param name="version">As negotiated; null when no connection came about.</param>
    /// <param name="uri">Where the request went.</param>
    public static byte[] Write(RenderedHttpRequest request, Uri uri, string? authorization, string version, SecretMasker masker)
    {
        var writer = Take();
        writer.WriteRequest(request, uri, authorization, version, masker);
        return writer.Finish();
    }

    public static byte[] Write(HttpAnswerRecord answer, SecretMasker masker)
    {
        var writer = Take();
        writer.WriteResponse(answer, masker);
        return writer.Finish();
    }

    private static HttpRecordWriter Take()
    {
        var writer = s_current ?? new HttpRecordWriter();
        s_current = null; // two at once, should that ever happen, get one each
        writer._output.ResetWrittenCount();
        writer._json.Reset();
        return writer;
    }

    private byte[] Finish()
    {
        _json.Flush();
        var record = _output.WrittenSpan.ToArray();
        if (_output.Capacity + _text.Capacity + _masked.Capacity <= LargestKeptBuffer) s_current = this;
        return record;
    }

    private void WriteRequest(RenderedHttpRequest request, Uri uri, string? authorization, string version, SecretMasker masker)
    {
        _json.WriteStartObject();
        _json.WriteString("method"u8, request.Prepared.Method.Method);
        _json.WriteString("url"u8, UrlText(uri, masker));
        _json.WriteString("httpVersion"u8, version);
        var headers = new RecordedHeaderList(_json, masker);
        headers.Add("Host", uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}");
        foreach (var header in request.Headers)
            if (!header.IsContent) headers.AddOfRequest(header.Name, header.Value, header.IsCredential);
        if (authorization is not null) headers.AddOfRequest("Authorization", authorization, isCredential: true);
        string? contentType = null;
        string? contentEncoding = null;
        foreach (var header in request.Headers)
        {
            if (!header.IsContent) continue;
            headers.AddOfRequest(header.Name, header.Value, header.IsCredential);
            if (header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) contentType = header.Value;
            if (header.Name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase)) contentEncoding = header.Value;
        }
        if (request.Body is { } body)
        {
            headers.Add("Content-Length", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            headers.End();
            var kept = body.Span[..Math.Min(body.Length, KeptBytes + masker.Overlap)];
            WriteBody(kept, body.Length, contentType, contentEncoding, endsEarly: false, masker);
        }
        else
        {
            // HTTP/1.1 says it for methods that usually have one
            if (version != "2" && request.Prepared.Method.Method is "POST" or "PUT" or "PATCH") headers.Add("Content-Length", "0");
            headers.End();
        }
        _json.WriteEndObject();
    }

    private void WriteResponse(HttpAnswerRecord record, SecretMasker masker)
    {
        _json.WriteStartObject();
        if (record.Answer is { } answer)
        {
            var response = answer.Response;
            _json.WriteNumber("status"u8, answer.Status);
            if (!string.IsNullOrEmpty(response.ReasonPhrase)) _json.WriteString("reason"u8, RecordedHeaderList.Cut(masker.MaskText(response.ReasonPhrase), 100));
            _json.WriteString("httpVersion"u8, VersionText(response.Version));
            var headers = new RecordedHeaderList(_json, masker);
            headers.AddOfAnswer(response.Headers);
            headers.AddOfAnswer(response.Content.Headers);
            headers.End();
            WriteBody(answer.Kept, answer.Size, ValueOf(response.Content.Headers, "Content-Type"), ValueOf(response.Content.Headers, "Content-Encoding"), !answer.IsComplete, masker);
        }
        if (record.Phase is not null) _json.WriteString("phase"u8, record.Phase);
        if (record.Connect?.Address is { } address) _json.WriteString("address"u8, address.ToString());
        WriteTimings(record);
        if (record.Redirects is { Count: > 0 } redirects) WriteRedirects(redirects, masker);
        _json.WriteEndObject();
    }

    private void WriteTimings(HttpAnswerRecord record)
    {
        _json.WriteStartObject("timings"u8);
        WriteTime("dnsMs"u8, record.Connect?.DnsMilliseconds);
        WriteTime("connectMs"u8, record.Connect?.ConnectMilliseconds);
        WriteTime("tlsMs"u8, record.Connect?.TlsMilliseconds);
        WriteTime("firstByteMs"u8, record.FirstByteMilliseconds);
        WriteTime("totalMs"u8, record.TotalMilliseconds);
        _json.WriteBoolean("reusedConnection"u8, record is { Connect: null, Answer: not null });
        _json.WriteEndObject();
    }

    private void WriteRedirects(IReadOnlyList<(int Status, Uri To)> redirects, SecretMasker masker)
    {
        _json.WriteStartArray("redirects"u8);
        foreach (var (status, to) in redirects)
        {
            _json.WriteStartObject();
            _json.WriteNumber("status"u8, status);
            _json.WriteString("url"u8, RecordedHeaderList.Cut(UrlText(to, masker), 1024));
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void WriteBody(ReadOnlySpan<byte> kept, long size, string? contentType, string? contentEncoding, bool endsEarly, SecretMasker masker)
    {
        _text.ResetWrittenCount();
        _masked.ResetWrittenCount();
        var truncated = size > KeptBytes;
        var isCut = endsEarly || kept.Length < size || kept.Length > KeptBytes;
        var isText = AnswerText.TryRead(kept, contentType, contentEncoding, isCut, _text, out var text);
        // A wrong charset would dress up a secret so that it is not seen
        if (isText && _text.WrittenCount > 0 && masker.Finds(kept)) isText = false;
        if (isText)
        {
            var keep = Utf8Edge(text, KeptBytes);
            truncated |= keep < text.Length;
            _json.WriteString("body"u8, masker.MaskBytes(text, keep, endsEarly, _masked));
        }
        else
        {
            _json.WriteBase64String("body"u8, masker.MaskBytes(kept, KeptBytes, endsEarly, _masked));
        }
        _json.WriteString("bodyEncoding"u8, isText ? "text"u8 : "base64"u8);
        _json.WriteNumber("bodySize"u8, size);
        _json.WriteBoolean("bodyTruncated"u8, truncated);
    }

    private static string? ValueOf(HttpHeaders headers, string name)
        => headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static string UrlText(Uri uri, SecretMasker masker) => RecordedHeaderList.Cut(masker.MaskText(uri.AbsoluteUri), MaxUrlLength);

    public static string VersionText(Version version) => version.Major >= 2 ? "2" : version.Minor == 0 ? "1.0" : "1.1";

    public static string VersionText(HttpVersionChoice choice) => choice switch
    {
        HttpVersionChoice.Http11 => "1.1",
        HttpVersionChoice.Http2 => "2",
        _ => "auto",
    };

    private void WriteTime(ReadOnlySpan<byte> name, double? milliseconds)
    {
        if (milliseconds is { } value) _json.WriteNumber(name, Math.Round(value, 3));
    }

    // The last place up to the limit where a character ends
    private static int Utf8Edge(ReadOnlySpan<byte> text, int limit)
    {
        if (text.Length <= limit) return text.Length;
        while (limit > 0 && (text[limit] & 0xC0) == 0x80) limit--;
        return limit;
    }
}

/// <summary>What is known of an answer when its record is written.</summary>
internal readonly record struct HttpAnswerRecord(HttpAnswer? Answer, string? Phase, Egress.ConnectTrace? Connect, double? FirstByteMilliseconds, double TotalMilliseconds, IReadOnlyList<(int Status, Uri To)>? Redirects);
