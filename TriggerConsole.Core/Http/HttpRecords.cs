using System.Text.Json;
using System.Text.Json.Serialization;

namespace TriggerConsole.Core.Http;

/// <summary>
/// The request as it was sent, secrets masked: what is kept with an attempt, and what a preview shows. Host and Content-Length
/// are listed as HTTP/1.1 sends them; HTTP/2 has <c>:authority</c> instead of Host.
/// </summary>
public sealed record RecordedHttpRequest
{
    public string Method { get; init; } = "";

    public string Url { get; init; } = "";

    /// <summary><c>1.1</c> or <c>2</c>; <c>auto</c> when it did not come to a connection.</summary>
    public string HttpVersion { get; init; } = "";

    public IReadOnlyList<RecordedHeader> Headers { get; init; } = [];

    /// <summary>There were more or longer headers than are kept.</summary>
    public bool HeadersTruncated { get; init; }

    /// <summary>The first 16 KB; null without a body. Text, or base64 as <see cref="BodyEncoding"/> says.</summary>
    public string? Body { get; init; }

    /// <summary><c>text</c> or <c>base64</c>.</summary>
    public string BodyEncoding { get; init; } = "text";

    /// <summary>All bytes of the body, kept or not.</summary>
    public long BodySize { get; init; }

    public bool BodyTruncated { get; init; }

    public static RecordedHttpRequest? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, HttpRecordJson.Default.RecordedHttpRequest);
}

/// <summary>What came back. After a network failure there is no <see cref="Status"/>, or the body breaks off.</summary>
public sealed record RecordedHttpResponse
{
    /// <summary>Null when no answer came.</summary>
    public int? Status { get; init; }

    public string? Reason { get; init; }

    /// <summary><c>1.1</c> or <c>2</c>.</summary>
    public string? HttpVersion { get; init; }

    public IReadOnlyList<RecordedHeader> Headers { get; init; } = [];

    public bool HeadersTruncated { get; init; }

    /// <summary>The first 16 KB; null without an answer. Text, or base64 as <see cref="BodyEncoding"/> says.</summary>
    public string? Body { get; init; }

    /// <summary><c>text</c> or <c>base64</c>.</summary>
    public string BodyEncoding { get; init; } = "text";

    /// <summary>Bytes that were read, kept or not.</summary>
    public long BodySize { get; init; }

    public bool BodyTruncated { get; init; }

    /// <summary>Where it failed: <c>dns</c>, <c>connect</c>, <c>tls</c>, <c>token</c>, <c>send</c>, <c>wait</c>, <c>read</c>; null when the answer is complete.</summary>
    public string? Phase { get; init; }

    /// <summary>The IP address connected to; null when a connection of the pool was used.</summary>
    public string? Address { get; init; }

    public RecordedHttpTimings Timings { get; init; } = new();

    /// <summary>The redirects that were followed.</summary>
    public IReadOnlyList<RecordedRedirect> Redirects { get; init; } = [];

    public static RecordedHttpResponse? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, HttpRecordJson.Default.RecordedHttpResponse);
}

/// <summary>Times in milliseconds. Name look-up, connecting and TLS are null where they did not take place: a connection was reused.</summary>
public sealed record RecordedHttpTimings
{
    public double? DnsMs { get; init; }

    public double? ConnectMs { get; init; }

    public double? TlsMs { get; init; }

    /// <summary>From the start of the attempt to the headers of the answer.</summary>
    public double? FirstByteMs { get; init; }

    public double TotalMs { get; init; }

    public bool ReusedConnection { get; init; }
}

/// <summary>An answer that led elsewhere.</summary>
/// <param name="Url">Where it led to.</param>
public sealed record RecordedRedirect(int Status, string Url);

/// <summary>One header line; in JSON <c>["name","value"]</c>.</summary>
[JsonConverter(typeof(RecordedHeaderConverter))]
public sealed record RecordedHeader(string Name, string Value);

internal sealed class RecordedHeaderConverter : JsonConverter<RecordedHeader>
{
    public override RecordedHeader Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var pair = reader.TokenType == JsonTokenType.StartArray ? JsonSerializer.Deserialize(ref reader, HttpRecordJson.Default.StringArray) : null;
        return pair is [var name, var value] ? new(name, value) : throw new JsonException("A header is a pair of name and value.");
    }

    public override void Write(Utf8JsonWriter writer, RecordedHeader value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Name);
        writer.WriteStringValue(value.Value);
        writer.WriteEndArray();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RecordedHttpRequest))]
[JsonSerializable(typeof(RecordedHttpResponse))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class HttpRecordJson : JsonSerializerContext;
