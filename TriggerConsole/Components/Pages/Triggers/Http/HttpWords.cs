using TriggerConsole.Core.Http;

namespace TriggerConsole.Components.Pages.Triggers.Http;

/// <summary>The choices of an HTTP trigger as people read them.</summary>
internal static class HttpWords
{
    public static IReadOnlyList<string> Methods { get; } = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    public static IReadOnlyList<(HttpAuthType Type, string Title, string What)> SignIns { get; } =
    [
        (HttpAuthType.None, "None", "The target needs no sign-in, or the URL is secret enough."),
        (HttpAuthType.Basic, "User name and password", "Basic authentication, for simple servers."),
        (HttpAuthType.Bearer, "Bearer token", "One token that the other side has given you."),
        (HttpAuthType.ApiKey, "API key", "A key in a header or parameter of any name."),
        (HttpAuthType.OAuth2, "OAuth 2", "Client credentials: a token is fetched first, and again when it expires."),
    ];

    public static IReadOnlyList<(HttpBodyFormat? Format, string Title, string What)> Bodies { get; } =
    [
        (null, "As it came", "The event goes on byte for byte, with its own content type. GET, DELETE, HEAD and OPTIONS send no body."),
        (HttpBodyFormat.Json, "JSON", "Placeholders stand in strings. A string that is only a placeholder takes the value with its type: \"{payload.total}\" becomes 99.5."),
        (HttpBodyFormat.Xml, "XML", "Values are escaped, so the document stays well-formed whatever arrives."),
        (HttpBodyFormat.Text, "Text", "Values are put in as they are."),
        (HttpBodyFormat.Form, "Form", "One name=value a line; values are encoded as web forms do it."),
        (HttpBodyFormat.None, "No body", "Nothing but the headers is sent."),
    ];

    public static string? Short(HttpAuthType type) => type switch
    {
        HttpAuthType.Basic => "Basic",
        HttpAuthType.Bearer => "Bearer",
        HttpAuthType.ApiKey => "Key",
        HttpAuthType.OAuth2 => "OAuth 2",
        _ => null,
    };

    public static string? Short(HttpBodyFormat? format) => format switch
    {
        null => null,
        HttpBodyFormat.None => "none",
        { } other => Bodies.First(b => b.Format == other).Title,
    };
}
