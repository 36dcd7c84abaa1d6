using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>Checks settings before they are saved: every fault at once, each named by its field.</summary>
internal sealed class HttpSettingsValidator(EgressConnector connector, TemplateRules rules, FieldErrors errors)
{
    private static readonly TimeSpan s_lookupLimit = TimeSpan.FromSeconds(3);
    private static readonly string[] s_methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    public async ValueTask ValidateAsync(HttpTriggerSettings settings, CancellationToken cancellationToken)
    {
        if (!s_methods.Contains(settings.Method)) errors.Add("method", $"Choose one of {string.Join(", ", s_methods)}, in capitals.");
        if (!(settings.TimeoutSeconds is >= 1 and <= HttpTriggerSettings.LongestTimeoutSeconds)) errors.Add("timeoutSeconds", $"Give a time from 1 to {HttpTriggerSettings.LongestTimeoutSeconds} seconds.");
        if (settings.MaxResponseBytes is < 1024 or > HttpTriggerSettings.LargestResponseLimit) errors.Add("maxResponseBytes", "Give a size from 1,024 (1 KB) to 67,108,864 bytes (64 MB).");
        if (StatusRanges.Parse(settings.SuccessStatus, out var why) is null) errors.Add("successStatus", why);
        CheckHeaders(settings);
        CheckQuery(settings);
        CheckBody(settings.Body);
        HttpAuthRules.Check(settings, errors.Under("auth"));
        // A template error in a URL says more than what follows from it
        var faultsBefore = errors.All.Count;
        var templates = HttpTemplates.Compile(settings, rules, errors);
        bool HasFault(string field) => errors.All.Skip(faultsBefore).Any(e => e.Field.EndsWith(field, StringComparison.Ordinal));
        if (!HasFault("url")) await CheckUrlAsync("url", settings.Url, settings.HttpVersion, cancellationToken);
        if (settings.Auth.Type == HttpAuthType.OAuth2 && !HasFault("auth.tokenUrl")) await CheckUrlAsync("auth.tokenUrl", settings.Auth.TokenUrl ?? "", HttpVersionChoice.Auto, cancellationToken);
        CheckSecrets("url", settings.Url, templates.TargetSecrets);
        CheckSecrets("auth.tokenUrl", settings.Auth.TokenUrl, templates.TokenSecrets);
    }

    /// <summary>Named secrets whose hosts do not include this one; the attempt would refuse them as well.</summary>
    private void CheckSecrets(string field, string? url, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0 || HttpOrigin.Of(url, rules) is not { } origin || !Uri.TryCreate(origin, UriKind.Absolute, out var uri)) return;
        foreach (var name in names)
            if (!rules.Secrets.MayGoTo(name, uri.IdnHost)) errors.Add(field, $"The secret {name} is not for the host {uri.IdnHost}. An administrator can change where it may go under Settings, Secrets.");
    }

    private async ValueTask CheckUrlAsync(string field, string url, HttpVersionChoice version, CancellationToken cancellationToken)
    {
        if (url.Length == 0) { errors.Add(field, "Give the address to call, for example https://crm.example/orders."); return; }
        if (url.Length > HttpTriggerSettings.MaxUrlLength) { errors.Add(field, $"The address is longer than {HttpTriggerSettings.MaxUrlLength:N0} characters."); return; }
        if (HttpOrigin.Of(url, rules) is not { } text) return; // its environment variable has no value yet
        Uri origin;
        string host;
        try { (origin, host) = (new Uri(text), new Uri(text).IdnHost); }
        catch (UriFormatException)
        {
            errors.Add(field, "The host of this address is no host name that can be called. Check its spelling.");
            return;
        }
        if (url.AsSpan(0, EndOfAuthority(url)).Contains('@')) errors.Add(field, "Leave user name and password out of the address. Set them under sign-in, where they are kept secret.");
        if (origin.Port == 0) errors.Add(field, "Port 0 cannot be called.");
        if (version == HttpVersionChoice.Http2 && origin.Scheme != Uri.UriSchemeHttps) errors.Add("httpVersion", "HTTP/2 needs an https address. Choose auto or 1.1 for http.");
        if (await connector.CheckAsync(host.Trim('[', ']'), origin.Port, s_lookupLimit, cancellationToken) is { } refused) errors.Add(field, refused.Detail);
    }

    private static int EndOfAuthority(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + 3;
        var length = url.AsSpan(start).IndexOfAny('/', '?', '#');
        return length < 0 ? url.Length : start + length;
    }

    private void CheckHeaders(HttpTriggerSettings settings)
    {
        if (settings.Headers.Count > HttpTriggerSettings.MaxHeaders) { errors.Add("headers", $"Set at most {HttpTriggerSettings.MaxHeaders} headers."); return; }
        for (var i = 0; i < settings.Headers.Count; i++)
        {
            var name = settings.Headers[i].Name;
            if (CheckHeaderName(name) is { } fault) errors.Add($"headers[{i}].name", fault);
            else if (HttpAuthRules.SetsHeader(settings.Auth, name)) errors.Add($"headers[{i}].name", $"The sign-in already sets {name}. Remove one of the two.");
            else if (IsSingle(name) && settings.Headers.Take(i).Any(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) errors.Add($"headers[{i}].name", $"{name} is already set above.");
        }
    }

    /// <summary>Null when the name can be used.</summary>
    internal static string? CheckHeaderName(string name)
    {
        if (name.Length == 0) return "Give the header's name.";
        if (name.Length > 200 || !HttpHeaderRules.IsToken(name)) return "A header's name is made of letters, digits and !#$%&'*+-.^_`|~, without spaces or a colon.";
        return HttpHeaderRules.WhyForbidden(name) is { } why ? $"{name} cannot be set. {why}" : null;
    }

    // Where a list of values would mean something else, or nothing
    private static bool IsSingle(string name)
        => HttpHeaderRules.IsContentHeader(name) || name.ToUpperInvariant() is "AUTHORIZATION" or "USER-AGENT" or "IDEMPOTENCY-KEY";

    private void CheckQuery(HttpTriggerSettings settings)
    {
        if (settings.Query.Count > HttpTriggerSettings.MaxQueryParameters) { errors.Add("query", $"Set at most {HttpTriggerSettings.MaxQueryParameters} parameters."); return; }
        for (var i = 0; i < settings.Query.Count; i++)
        {
            if (settings.Query[i].Name.Length is 0 or > 200) errors.Add($"query[{i}].name", "Give the parameter's name, of at most 200 characters.");
            else if (settings.Auth is { Type: HttpAuthType.ApiKey, In: ApiKeyPlace.Query } auth && auth.Name == settings.Query[i].Name) errors.Add($"query[{i}].name", $"The sign-in already sets {auth.Name}. Remove one of the two.");
        }
    }

    private void CheckBody(HttpBody? body)
    {
        if (body is null) return;
        if (body.Format != HttpBodyFormat.None && string.IsNullOrEmpty(body.Template)) errors.Add("body.template", "Write the body, for example {original_payload} for the event as it came. Or choose the format none.");
        if (body.Format == HttpBodyFormat.None && !string.IsNullOrEmpty(body.Template)) errors.Add("body.format", "Choose a format for the body: json, xml, text or form.");
        if (body.Template?.Length > HttpBody.MaxTemplateLength) errors.Add("body.template", $"The template is longer than {HttpBody.MaxTemplateLength:N0} characters.");
        if (body.ContentType is { } type && (type.Length > 200 || !System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out _) || !HttpHeaderRules.IsValue(type)))
            errors.Add("body.contentType", "This is no content type. Write, for example, application/vnd.crm+json; charset=utf-8.");
    }
}
