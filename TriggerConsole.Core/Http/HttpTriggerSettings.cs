using System.Text.Json.Serialization;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Http;

/// <summary>An HTTP call, as its user described it. <c>{"method":"POST","url":"https://…"}</c> is enough.</summary>
public sealed record HttpTriggerSettings : TriggerSettings
{
    public const int MaxUrlLength = 4096;
    public const int MaxHeaders = 100;
    public const int MaxQueryParameters = 100;
    public const int LongestTimeoutSeconds = 300;
    public const int LargestResponseLimit = 64 * 1024 * 1024;

    /// <summary>GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS. Default: POST.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>Where to: an absolute http or https URL. Path and query may hold placeholders, scheme and host may not.</summary>
    public string Url { get; init; } = "";

    /// <summary>Sent in this order; values may hold placeholders.</summary>
    public IReadOnlyList<HttpField> Headers { get; init; } = [];

    /// <summary>Added to the URL's own query, percent-encoded; values may hold placeholders.</summary>
    public IReadOnlyList<HttpField> Query { get; init; } = [];

    /// <summary>Null: POST, PUT and PATCH pass the event on as it came, the others send no body.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HttpBody? Body { get; init; }

    public HttpAuth Auth { get; init; } = HttpAuth.None;

    /// <summary>Limit from connecting to the last byte of the answer: 1 to 300 seconds. Default: 30.</summary>
    public double TimeoutSeconds { get; init; } = 30;

    /// <summary>Go where the target redirects to, at most ten times. Default: no.</summary>
    public bool FollowRedirects { get; init; }

    /// <summary>The status codes that mean success: <c>200-299</c> (default), <c>200,202,409</c>, <c>200-299,304</c>.</summary>
    public string SuccessStatus { get; init; } = StatusRanges.Default;

    /// <summary>Default: HTTP/2 where an https server offers it, else HTTP/1.1.</summary>
    public HttpVersionChoice HttpVersion { get; init; } = HttpVersionChoice.Auto;

    /// <summary>An answer with a larger body is a failure: 1 KB to 64 MB. Default: 1 MB.</summary>
    public int MaxResponseBytes { get; init; } = 1024 * 1024;
}

/// <summary>A header or query parameter.</summary>
public sealed record HttpField
{
    public string Name { get; init; } = "";

    public string Value { get; init; } = "";
}

[JsonConverter(typeof(HttpVersionChoiceConverter))]
public enum HttpVersionChoice
{
    Auto,

    /// <summary><c>1.1</c></summary>
    Http11,

    /// <summary><c>2</c>, over TLS only.</summary>
    Http2,
}

[JsonConverter(typeof(CamelCaseEnum<HttpBodyFormat>))]
public enum HttpBodyFormat
{
    None,
    Json,
    Xml,
    Text,
    Form,
}

/// <summary>What is sent as the body.</summary>
public sealed record HttpBody
{
    public const int MaxTemplateLength = 256 * 1024;

    public HttpBodyFormat Format { get; init; }

    /// <summary>The body, with placeholders escaped as <see cref="Format"/> asks for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Template { get; init; }

    /// <summary>Instead of the format's usual content type; no placeholders.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentType { get; init; }

    /// <summary>The content type that goes with a format.</summary>
    public static string? UsualContentType(HttpBodyFormat format) => format switch
    {
        HttpBodyFormat.Json => "application/json",
        HttpBodyFormat.Xml => "application/xml",
        HttpBodyFormat.Text => "text/plain; charset=utf-8",
        HttpBodyFormat.Form => "application/x-www-form-urlencoded",
        _ => null,
    };
}
