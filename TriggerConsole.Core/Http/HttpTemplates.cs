using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>Every template of one HTTP trigger, compiled. Null where the settings have none.</summary>
internal sealed class HttpTemplates
{
    private readonly HashSet<string> _secretNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _targetSecrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _tokenSecrets = new(StringComparer.OrdinalIgnoreCase);

    public Template? Url { get; private init; }

    public Template?[] Headers { get; private init; } = [];

    public Template?[] Query { get; private init; } = [];

    public Template? Body { get; private init; }

    public Template? Username { get; private init; }

    public Template? Password { get; private init; }

    public Template? Token { get; private init; }

    public Template? KeyValue { get; private init; }

    public Template? TokenUrl { get; private init; }

    public Template? ClientId { get; private init; }

    public Template? ClientSecret { get; private init; }

    public Template? Scope { get; private init; }

    public Template? Audience { get; private init; }

    /// <summary>The named secrets that any of them uses.</summary>
    public IReadOnlyCollection<string> SecretNames => _secretNames;

    /// <summary>Those of them that go to the target.</summary>
    public IReadOnlyCollection<string> TargetSecrets => _targetSecrets;

    /// <summary>Those of them that go to the token endpoint.</summary>
    public IReadOnlyCollection<string> TokenSecrets => _tokenSecrets;

    /// <summary>Compiles them all; every fault goes to <paramref name="errors"/> under its field.</summary>
    public static HttpTemplates Compile(HttpTriggerSettings settings, TemplateRules rules, FieldErrors errors)
    {
        var auth = settings.Auth;
        var inAuth = errors.Under("auth");
        var templates = new HttpTemplates
        {
            Url = settings.Url.Length == 0 ? null : Compile(settings.Url, TemplateFormat.Url, errors, "url"),
            Headers = [.. settings.Headers.Select((h, i) => Compile(h.Value, TemplateFormat.Header, errors, $"headers[{i}].value"))],
            Query = [.. settings.Query.Select((q, i) => Compile(q.Value, TemplateFormat.Plain, errors, $"query[{i}].value"))],
            Body = settings.Body is { Template: { } body } && FormatOf(settings.Body.Format) is { } format ? Compile(body, format, errors, "body.template") : null,
            Username = auth.Type == HttpAuthType.Basic ? Compile(auth.Username, TemplateFormat.Plain, inAuth, "username") : null,
            Password = auth.Type == HttpAuthType.Basic ? Compile(auth.Password, TemplateFormat.Plain, inAuth, "password") : null,
            Token = auth.Type == HttpAuthType.Bearer ? Compile(auth.Token, TemplateFormat.Header, inAuth, "token") : null,
            KeyValue = auth.Type == HttpAuthType.ApiKey ? Compile(auth.Value, auth.In == ApiKeyPlace.Query ? TemplateFormat.Plain : TemplateFormat.Header, inAuth, "value") : null,
            TokenUrl = auth is { Type: HttpAuthType.OAuth2, TokenUrl.Length: > 0 } ? Compile(auth.TokenUrl, TemplateFormat.Url, inAuth, "tokenUrl") : null,
            ClientId = auth.Type == HttpAuthType.OAuth2 ? Compile(auth.ClientId, TemplateFormat.Plain, inAuth, "clientId") : null,
            ClientSecret = auth.Type == HttpAuthType.OAuth2 ? Compile(auth.ClientSecret, TemplateFormat.Plain, inAuth, "clientSecret") : null,
            Scope = auth.Type == HttpAuthType.OAuth2 ? Compile(auth.Scope, TemplateFormat.Plain, inAuth, "scope") : null,
            Audience = auth.Type == HttpAuthType.OAuth2 ? Compile(auth.Audience, TemplateFormat.Plain, inAuth, "audience") : null,
        };
        templates.CollectSecretNames();
        return templates;

        Template? Compile(string? source, TemplateFormat templateFormat, FieldErrors into, string field)
            => source is null ? null : Template.Compile(source, templateFormat, rules, into, field);
    }

    private static TemplateFormat? FormatOf(HttpBodyFormat format) => format switch
    {
        HttpBodyFormat.Json => TemplateFormat.Json,
        HttpBodyFormat.Xml => TemplateFormat.Xml,
        HttpBodyFormat.Text => TemplateFormat.Text,
        HttpBodyFormat.Form => TemplateFormat.Form,
        _ => null,
    };

    private void CollectSecretNames()
    {
        foreach (var template in (IEnumerable<Template?>)[Url, .. Headers, .. Query, Body, Username, Password, Token, KeyValue])
            if (template is not null) _targetSecrets.UnionWith(template.SecretNames);
        foreach (var template in (IEnumerable<Template?>)[TokenUrl, ClientId, ClientSecret, Scope, Audience])
            if (template is not null) _tokenSecrets.UnionWith(template.SecretNames);
        _secretNames.UnionWith(_targetSecrets);
        _secretNames.UnionWith(_tokenSecrets);
    }
}
