using System.Globalization;
using System.Reflection;
using System.Text;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Http;

/// <summary>A header with its value, ready to send.</summary>
internal readonly record struct RenderedHeader(string Name, string Value, bool IsContent = false, bool IsPrivate = false, bool IsCredential = false);

/// <summary>
/// The request of one attempt: the trigger's templates filled in from the event, and the secrets that went into it. OAuth's
/// token is not here, for it has to be fetched.
/// </summary>
internal sealed class RenderedHttpRequest : IDisposable
{
    public static string UserAgent { get; } = "TriggerConsole/" + VersionOf(typeof(RenderedHttpRequest).Assembly);

    private readonly HttpBodyBuffer? _buffer;

    private RenderedHttpRequest(HttpPreparedTrigger prepared, Uri uri, List<RenderedHeader> headers, ReadOnlyMemory<byte>? body, HttpBodyBuffer? buffer, List<string> secrets)
        => (Prepared, Uri, Headers, Body, _buffer, Secrets) = (prepared, uri, headers, body, buffer, secrets);

    public HttpPreparedTrigger Prepared { get; }

    public Uri Uri { get; }

    /// <summary>In the order they are sent; Host and Content-Length are added on the way.</summary>
    public List<RenderedHeader> Headers { get; }

    public ReadOnlyMemory<byte>? Body { get; }

    /// <summary>Whatever must not show up in records.</summary>
    public List<string> Secrets { get; }

    /// <summary>Whether the body was made with a named secret: it is not taken to another host.</summary>
    public bool BodyHoldsSecrets => Prepared.Templates.Body?.SecretNames.Count > 0;

    /// <exception cref="TemplateException">The event lacks what a template needs.</exception>
    /// <exception cref="HttpUrlException">The address is none.</exception>
    public static RenderedHttpRequest Render(HttpPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        var secrets = new List<string>();
        foreach (var name in prepared.Templates.SecretNames)
        {
            if (scope.Rules.Secrets.Find(name) is { Length: > 0 } value) secrets.Add(value);
            if (!scope.MaskSecrets) scope.Rules.Secrets.Used(name);
        }
        if (scope.MaskSecrets) secrets.Add(SecretMasker.Mask); // percent-encoded masks are made readable again
        var uri = prepared.ConstantUri ?? HttpUrl.Make(prepared.Url.Render(scope), RenderQuery(prepared, scope, secrets));
        if (prepared.Templates.TargetSecrets.Count > 0) SecretHosts.Check(prepared.Templates.TargetSecrets, uri.IdnHost, scope.Rules.Secrets);
        var headers = RenderHeaders(prepared, context, scope, secrets);
        var (body, buffer) = RenderBody(prepared, context, scope);
        return new(prepared, uri, headers, body, buffer, secrets);
    }

    /// <summary>Makes a message of it; <paramref name="uri"/> and what is left out differ after a redirect.</summary>
    /// <param name="authorization">OAuth's header value.</param>
    public TracedRequest ToMessage(Uri uri, HttpMethod method, string? authorization, bool withBody, bool withCredentials)
    {
        var request = new TracedRequest(method, uri) { Version = Prepared.Version, VersionPolicy = Prepared.VersionPolicy };
        if (withBody && Body is { } body) request.Content = new HttpBodyContent(body, _buffer);
        foreach (var header in Headers)
        {
            if (header.IsPrivate && !withCredentials) continue;
            if (!header.IsContent) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            else if (withBody) (request.Content ??= new HttpBodyContent(default, null)).Headers.TryAddWithoutValidation(header.Name, header.Value);
        }
        if (authorization is not null && withCredentials) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    public void Dispose() => _buffer?.Dispose();

    private static IEnumerable<(string, string)> RenderQuery(HttpPreparedTrigger prepared, TemplateScope scope, List<string> secrets)
    {
        foreach (var (name, value) in prepared.Query) yield return (name, value.Render(scope));
        if (!prepared.KeyIsInQuery) yield break;
        var key = prepared.KeyValue.Render(scope);
        secrets.Add(key);
        yield return (Uri.EscapeDataString(prepared.Settings.Auth.Name!), key);
    }

    private static List<RenderedHeader> RenderHeaders(HttpPreparedTrigger prepared, AttemptContext context, TemplateScope scope, List<string> secrets)
    {
        var headers = new List<RenderedHeader>(prepared.Headers.Length + 5);
        foreach (var plan in prepared.Headers)
        {
            var value = plan.Value.Render(scope);
            // "Bearer abc" typed by hand: the part behind the scheme is the secret
            if (plan.IsCredential) secrets.Add(value[(value.IndexOf(' ') + 1)..]);
            headers.Add(new(plan.Name, value, plan.IsContent, plan.IsPrivate, plan.IsCredential));
        }
        AddSignIn(headers, prepared, scope, secrets);
        if (!prepared.SetsIdempotencyKey) headers.Add(new("Idempotency-Key", context.ExecutionId.ToString("D")));
        if (!prepared.SetsUserAgent) headers.Add(new("User-Agent", UserAgent));
        headers.Add(new(LoopGuard.Header, LoopGuard.HopsAfter(context.Event).ToString(CultureInfo.InvariantCulture)));
        var contentType = prepared.PassesEventOn ? context.Event.Stored.ContentType : prepared.ContentType;
        if (!prepared.SetsContentType && contentType is not null && HttpHeaderRules.IsValue(contentType)) headers.Add(new("Content-Type", contentType, IsContent: true));
        return headers;
    }

    private static void AddSignIn(List<RenderedHeader> headers, HttpPreparedTrigger prepared, TemplateScope scope, List<string> secrets)
    {
        var auth = prepared.Settings.Auth;
        switch (auth.Type)
        {
            case HttpAuthType.Basic:
                var password = prepared.Password.Render(scope);
                var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{prepared.Username.Render(scope)}:{password}"));
                secrets.Add(password);
                secrets.Add(pair);
                headers.Add(new("Authorization", "Basic " + pair, IsPrivate: true, IsCredential: true));
                break;
            case HttpAuthType.Bearer:
                var token = prepared.Token.Render(scope);
                secrets.Add(token);
                headers.Add(new("Authorization", "Bearer " + token, IsPrivate: true, IsCredential: true));
                break;
            case HttpAuthType.ApiKey when !prepared.KeyIsInQuery:
                var key = prepared.KeyValue.Render(scope);
                secrets.Add(key);
                headers.Add(new(auth.Name!, key, HttpHeaderRules.IsContentHeader(auth.Name!), IsPrivate: true, IsCredential: true));
                break;
        }
    }

    private static (ReadOnlyMemory<byte>?, HttpBodyBuffer?) RenderBody(HttpPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        if (prepared.PassesEventOn) return (context.Event.Stored.Body, null);
        if (prepared.Templates.Body is not { } template) return (null, null);
        if (template.IsPassthrough) return (context.Event.Stored.Body, null);
        var buffer = new HttpBodyBuffer();
        try
        {
            template.Render(scope, buffer);
            return (buffer.Written, buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    // 1.2.3+abcdef is 1.2.3 to others
    private static string VersionOf(Assembly assembly)
        => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
