namespace TriggerConsole.Core.Identity.Sessions;

/// <summary>What a browser calls itself (RFC 9110 section 10.1.5), in words for people. A guess: any client may say anything.</summary>
internal static class BrowserWords
{
    // The first that is found counts: nearly all call themselves Safari and Chrome as well
    private static readonly (string Mark, string Name)[] s_browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Vivaldi", "Vivaldi"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"), ("Wget", "Wget"), ("python", "Python"), ("PowerShell", "PowerShell"),
    ];

    private static readonly (string Mark, string Name)[] s_systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ];

    public static string Of(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent)) return "Unknown browser";
        var browser = Find(s_browsers, userAgent) ?? "Unknown browser";
        return Find(s_systems, userAgent) is { } system ? $"{browser} on {system}" : browser;
    }

    private static string? Find((string Mark, string Name)[] known, string userAgent)
        => Array.Find(known, k => userAgent.Contains(k.Mark, StringComparison.OrdinalIgnoreCase)).Name;
}
