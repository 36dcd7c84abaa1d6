namespace TriggerConsole.Components.Pages.Callbacks;

/// <summary>The line that fires a callback from a terminal.</summary>
internal static class CurlLine
{
    /// <summary>Stands where the token belongs while we do not have it.</summary>
    public const string NoToken = "YOUR_TOKEN";

    /// <summary>Double quotes throughout, so that it works in a Unix shell and at the Windows command prompt alike.</summary>
    public static string Of(string url, IReadOnlyList<string> methods, string? token)
    {
        var method = methods.Contains("POST") || methods.Count == 0 ? "POST" : methods[0];
        var hasBody = method is "POST" or "PUT" or "PATCH";
        var start = method switch
        {
            "GET" => "curl",
            "HEAD" => "curl --head",
            "POST" => "curl", // -d means POST
            _ => $"curl -X {method}",
        };
        var line = $"{start} {url} -H \"X-Callback-Token: {token ?? NoToken}\"";
        return hasBody ? $$"""{{line}} -H "Content-Type: application/json" -d "{\"hello\":\"world\"}" """.TrimEnd() : line;
    }
}
