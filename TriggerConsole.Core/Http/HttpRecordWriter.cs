using System.Net.Http.Headers;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Http;

/// <summary>
/// Writes <see cref="RecordedHttpRequest"/> and <see cref="RecordedHttpResponse"/> as JSON, secrets masked, in bounded size.
/// One per thread, used for one record at a time.
/// </summary>
internal sealed class HttpRecordWriter : RecordWriter<HttpRecordWriter>
{
    private const int MaxUrlLength = 8 * 1024;

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

    private void WriteRequest(RenderedHttpRequest request, Uri uri, string? authorization, string version, SecretMasker masker)
    {
        Json.WriteStartObject();
        Json.WriteString("method"u8, request.Prepared.Method.Method);
        Json.WriteString("url"u8, UrlText(uri, masker));
        Json.WriteString("httpVersion"u8, version);
        var headers = new RecordedHeaderList(Json, masker);
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
            var kept = KeptOf(body.Span, masker);
            WriteBody(kept, body.Length, contentType, contentEncoding, endsEarly: false, masker);
        }
        else
        {
            // HTTP/1.1 says it for methods that usually have one
            if (version != "2" && request.Prepared.Method.Method is "POST" or "PUT" or "PATCH") headers.Add("Content-Length", "0");
            headers.End();
        }
        Json.WriteEndObject();
    }

    private void WriteResponse(HttpAnswerRecord record, SecretMasker masker)
    {
        Json.WriteStartObject();
        if (record.Answer is { } answer)
        {
            var response = answer.Response;
            Json.WriteNumber("status"u8, answer.Status);
            if (!string.IsNullOrEmpty(response.ReasonPhrase)) Json.WriteString("reason"u8, Cut(masker.MaskText(response.ReasonPhrase), 100));
            Json.WriteString("httpVersion"u8, VersionText(response.Version));
            var headers = new RecordedHeaderList(Json, masker);
            headers.AddOfAnswer(response.Headers);
            headers.AddOfAnswer(response.Content.Headers);
            headers.End();
            WriteBody(answer.Kept, answer.Size, ValueOf(response.Content.Headers, "Content-Type"), ValueOf(response.Content.Headers, "Content-Encoding"), !answer.IsComplete, masker);
        }
        if (record.Phase is not null) Json.WriteString("phase"u8, record.Phase);
        if (record.Connect?.Address is { } address) Json.WriteString("address"u8, address.ToString());
        WriteTimings(record);
        if (record.Redirects is { Count: > 0 } redirects) WriteRedirects(redirects, masker);
        Json.WriteEndObject();
    }

    private void WriteTimings(HttpAnswerRecord record)
    {
        Json.WriteStartObject("timings"u8);
        WriteTime("dnsMs"u8, record.Connect?.DnsMilliseconds);
        WriteTime("connectMs"u8, record.Connect?.ConnectMilliseconds);
        WriteTime("tlsMs"u8, record.Connect?.TlsMilliseconds);
        WriteTime("firstByteMs"u8, record.FirstByteMilliseconds);
        WriteTime("totalMs"u8, record.TotalMilliseconds);
        Json.WriteBoolean("reusedConnection"u8, record is { Connect: null, Answer: not null });
        Json.WriteEndObject();
    }

    private void WriteRedirects(IReadOnlyList<(int Status, Uri To)> redirects, SecretMasker masker)
    {
        Json.WriteStartArray("redirects"u8);
        foreach (var (status, to) in redirects)
        {
            Json.WriteStartObject();
            Json.WriteNumber("status"u8, status);
            Json.WriteString("url"u8, Cut(UrlText(to, masker), 1024));
            Json.WriteEndObject();
        }
        Json.WriteEndArray();
    }

    private static string? ValueOf(HttpHeaders headers, string name)
        => headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static string UrlText(Uri uri, SecretMasker masker) => Cut(masker.MaskText(uri.AbsoluteUri), MaxUrlLength);

    public static string VersionText(Version version) => version.Major >= 2 ? "2" : version.Minor == 0 ? "1.0" : "1.1";

    public static string VersionText(HttpVersionChoice choice) => choice switch
    {
        HttpVersionChoice.Http11 => "1.1",
        HttpVersionChoice.Http2 => "2",
        _ => "auto",
    };

    private void WriteTime(ReadOnlySpan<byte> name, double? milliseconds)
    {
        if (milliseconds is { } value) Json.WriteNumber(name, Math.Round(value, 3));
    }
}

/// <summary>What is known of an answer when its record is written.</summary>
internal readonly record struct HttpAnswerRecord(HttpAnswer? Answer, string? Phase, Egress.ConnectTrace? Connect, double? FirstByteMilliseconds, double TotalMilliseconds, IReadOnlyList<(int Status, Uri To)>? Redirects);
