using System.Text;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>Puts addresses together.</summary>
internal static class HttpUrl
{
    /// <summary>The URL with parameters added to its query.</summary>
    /// <param name="query">Names percent-encoded, values not.</param>
    /// <exception cref="UriFormatException">It is no absolute http or https URL.</exception>
    public static Uri Make(string url, IEnumerable<(string Name, string Value)> query)
    {
        var text = new StringBuilder(url);
        var separator = !url.Contains('?') ? '?' : url[^1] is '?' or '&' ? '\0' : '&';
        foreach (var (name, value) in query)
        {
            if (separator != '\0') text.Append(separator);
            text.Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        var uri = new Uri(text.ToString(), UriKind.Absolute);
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) throw new UriFormatException("Only http and https are called.");
        _ = uri.IdnHost; // odd hosts throw only here
        return uri;
    }
}

/// <summary>Scheme, host and port of a URL that may hold placeholders behind them.</summary>
internal static class HttpOrigin
{
    /// <summary><c>https://crm.example:443</c>; null when it cannot be told.</summary>
    public static string? Of(string? url, TemplateRules rules) => UriOf(url, rules) is { } uri ? $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}" : null;

    /// <summary>Only scheme, user info, host and port of the result mean anything. Null when there is no such thing.</summary>
    public static Uri? UriOf(string? url, TemplateRules rules)
    {
        if (string.IsNullOrEmpty(url)) return null;
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0) return null;
        var origin = url[..EndOfAuthority(url, start + 3)];
        try
        {
            if (origin.Contains('{'))
            {
                // Only {env:…} may stand here, and needs no event
                if (Template.Compile(origin, TemplateFormat.Url, rules, new FieldErrors(), "url") is not { } template) return null;
                origin = template.RenderText(TextPart.EmptyScope(rules));
            }
            var uri = new Uri(origin, UriKind.Absolute);
            return uri.Scheme is "http" or "https" && uri.IdnHost.Length > 0 ? uri : null;
        }
        catch (Exception exception) when (exception is UriFormatException or TemplateException) { return null; }
    }

    private static int EndOfAuthority(string url, int from)
    {
        var depth = 0;
        for (var i = from; i < url.Length; i++)
        {
            if (url[i] == '{') depth++;
            else if (url[i] == '}') depth--;
            else if (depth == 0 && url[i] is '/' or '?' or '#' or '\\') return i;
        }
        return url.Length;
    }
}
