using System.Text;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>Puts addresses together.</summary>
internal static class HttpUrl
{
    /// <summary>The URL with parameters added to its query.</summary>
    /// <param name="query">Names percent-encoded, values not.</param>
    /// <exception cref="HttpUrlException">It is none that can be called.</exception>
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
        try
        {
            var uri = new Uri(text.ToString(), UriKind.Absolute);
            if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) throw new HttpUrlException("The address does not begin with http:// or https://.");
            if (uri.UserInfo.Length > 0) throw new HttpUrlException("The address has a user name in it. Set user name and password under sign-in.");
            if (uri.Port == 0) throw new HttpUrlException("Port 0 cannot be called.");
            _ = uri.IdnHost; // odd hosts throw only here
            return uri;
        }
        catch (UriFormatException) { throw new HttpUrlException("What the templates made of the address is no URL. Check host and path."); }
    }
}

/// <summary>What the templates made of an address cannot be called; the message says why.</summary>
internal sealed class HttpUrlException(string message) : Exception(message);

/// <summary>Scheme, host and port of a URL that may hold placeholders.</summary>
internal static class HttpOrigin
{
    /// <summary><c>https://crm.example:443</c>; null when it cannot be told.</summary>
    public static string? Of(string? url, TemplateRules rules)
        => string.IsNullOrEmpty(url) ? null : Template.Compile(url, TemplateFormat.Url, rules, new FieldErrors(), "url")?.UrlOrigin(rules.Environment);
}
