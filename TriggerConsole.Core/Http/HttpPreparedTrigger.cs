using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>A header as the user set it.</summary>
/// <param name="IsContent">It goes with the body.</param>
/// <param name="IsPrivate">It signs in or holds a named secret: not for another host.</param>
/// <param name="IsCredential">All of its value is masked in records.</param>
internal readonly record struct HeaderPlan(string Name, TextPart Value, bool IsContent, bool IsPrivate, bool IsCredential);

/// <summary>An HTTP trigger made ready: everything that is the same for all attempts is worked out here, once.</summary>
internal sealed class HttpPreparedTrigger : PreparedTrigger
{
    private readonly MaskerCache _maskers = new();

    public HttpPreparedTrigger(HttpTriggerSettings settings, TemplateRules rules)
    {
        var errors = new FieldErrors();
        var templates = HttpTemplates.Compile(settings, rules, errors);
        Settings = settings;
        Templates = templates;
        Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds);
        Description = HttpDescription.Of(settings);
        Method = new HttpMethod(settings.Method);
        TargetKey = templates.Url?.UrlOrigin(rules.Environment) ?? settings.Url;
        Success = StatusRanges.Parse(settings.SuccessStatus, out var why) ?? StatusRanges.Parse(StatusRanges.Default, out why)!;
        (Version, VersionPolicy) = settings.HttpVersion switch
        {
            HttpVersionChoice.Http11 => (System.Net.HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact),
            HttpVersionChoice.Http2 => (System.Net.HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact),
            _ => (System.Net.HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower),
        };

        Url = TextPart.Of(templates.Url, rules);
        Query = [.. settings.Query.Select((q, i) => (Uri.EscapeDataString(q.Name), TextPart.Of(templates.Query[i], rules)))];
        ConstantUri = MakeConstantUri();
        Headers =
        [
            .. settings.Headers.Select((h, i) => new HeaderPlan(
                h.Name, TextPart.Of(templates.Headers[i], rules), HttpHeaderRules.IsContentHeader(h.Name),
                HttpHeaderRules.IsCredential(h.Name) || templates.Headers[i]?.SecretNames.Count > 0, HttpHeaderRules.IsCredential(h.Name))),
        ];
        SetsContentType = Headers.Any(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase));
        SetsUserAgent = Headers.Any(h => h.Name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase));
        SetsIdempotencyKey = Headers.Any(h => h.Name.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase));
        PassesEventOn = settings.Body is null && settings.Method is "POST" or "PUT" or "PATCH";
        ContentType = settings.Body is { Format: not HttpBodyFormat.None } body ? body.ContentType ?? HttpBody.UsualContentType(body.Format) : null;
        Username = TextPart.Of(templates.Username, rules);
        Password = TextPart.Of(templates.Password, rules);
        Token = TextPart.Of(templates.Token, rules);
        KeyValue = TextPart.Of(templates.KeyValue, rules);
        // A secret may have been deleted since the trigger was saved
        if (errors.Any) Fault = $"The trigger's settings are no longer valid: {errors.All[0].Field}: {errors.All[0].Message}";
    }

    public HttpTriggerSettings Settings { get; }

    public HttpTemplates Templates { get; }

    public override string TargetKey { get; }

    public override TimeSpan Timeout { get; }

    public override string Description { get; }

    /// <summary>Why no attempt can be made; null normally.</summary>
    public string? Fault { get; }

    public HttpMethod Method { get; }

    public Version Version { get; }

    public HttpVersionPolicy VersionPolicy { get; }

    public StatusRanges Success { get; }

    /// <summary>The address, when it is always the same.</summary>
    public Uri? ConstantUri { get; }

    public TextPart Url { get; }

    /// <summary>Names are encoded, values not yet.</summary>
    public (string Name, TextPart Value)[] Query { get; }

    public HeaderPlan[] Headers { get; }

    public bool SetsContentType { get; }

    public bool SetsUserAgent { get; }

    public bool SetsIdempotencyKey { get; }

    /// <summary>The body is the event's own, byte for byte.</summary>
    public bool PassesEventOn { get; }

    public string? ContentType { get; }

    public TextPart Username { get; }

    public TextPart Password { get; }

    public TextPart Token { get; }

    public TextPart KeyValue { get; }

    public bool KeyIsInQuery => Settings.Auth is { Type: HttpAuthType.ApiKey, In: ApiKeyPlace.Query };

    public SecretMasker MaskerFor(List<string> secrets) => _maskers.For(secrets);

    private Uri? MakeConstantUri()
    {
        if (Url.Constant is null || KeyIsInQuery || Query.Any(q => q.Value.Constant is null)) return null;
        try { return HttpUrl.Make(Url.Constant, Query.Select(q => (q.Name, q.Value.Constant!))); }
        catch (HttpUrlException) { return null; } // and each attempt will say so
    }
}
