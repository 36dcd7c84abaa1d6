namespace TriggerConsole.Core.Http;

/// <summary>Says in one sentence what a trigger does.</summary>
internal static class HttpDescription
{
    private const int MaxUrlLength = 200;

    public static string Of(HttpTriggerSettings settings)
    {
        var url = settings.Url.Length <= MaxUrlLength ? settings.Url : settings.Url[..MaxUrlLength] + "…";
        return $"{settings.Method} to {url} {BodyOf(settings)}{AuthOf(settings.Auth)}";
    }

    private static string BodyOf(HttpTriggerSettings settings) => settings.Body switch
    {
        null => settings.Method is "POST" or "PUT" or "PATCH" ? "with the event as it came" : "without a body",
        { Format: HttpBodyFormat.None } => "without a body",
        { Template: "{original_payload}" or "\"{original_payload}\"" } body => $"with the event as {InWords(body.Format)}",
        var body => $"with {InWords(body.Format)} made from the event",
    };

    private static string AuthOf(HttpAuth auth) => auth.Type switch
    {
        HttpAuthType.Basic => ", signed in with user name and password",
        HttpAuthType.Bearer => ", signed in with a bearer token",
        HttpAuthType.ApiKey => ", signed in with an API key",
        HttpAuthType.OAuth2 => ", signed in with OAuth 2",
        _ => "",
    };

    private static string InWords(HttpBodyFormat format) => format switch
    {
        HttpBodyFormat.Json => "JSON",
        HttpBodyFormat.Xml => "XML",
        HttpBodyFormat.Form => "a form",
        _ => "text",
    };
}
