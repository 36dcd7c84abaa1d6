using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>HTTP calls. See <see cref="HttpTriggerSettings"/> for what can be set, <see cref="HttpFailures"/> for what can go wrong.</summary>
internal sealed partial class HttpTriggerKind(
    HttpConnections connections, OAuthTokens tokens, EgressConnector connector, TemplateRules rules, TimeProvider time, ILogger<HttpTriggerKind> logger) : ITriggerKind
{
    public TriggerKind Kind => TriggerKind.Http;

    public Type SettingsType => typeof(HttpTriggerSettings);

    public ValueTask ValidateAsync(TriggerSettings settings, TemplateRules templateRules, FieldErrors errors, CancellationToken cancellationToken)
        => new HttpSettingsValidator(connector, templateRules, errors).ValidateAsync((HttpTriggerSettings)settings, cancellationToken);

    /// <summary>With OAuth the secret goes to the token endpoint and the token to the target, so both count.</summary>
    public string? DestinationOf(TriggerSettings settings)
    {
        var http = (HttpTriggerSettings)settings;
        if (HttpOrigin.Of(http.Url, rules) is not { } target) return null;
        if (http.Auth.Type != HttpAuthType.OAuth2) return target;
        return HttpOrigin.Of(http.Auth.TokenUrl, rules) is { } tokenEndpoint ? $"{target} {tokenEndpoint}" : null;
    }

    public string Describe(TriggerSettings settings) => HttpDescription.Of((HttpTriggerSettings)settings);

    public PreparedTrigger Prepare(TriggerSettings settings) => new HttpPreparedTrigger((HttpTriggerSettings)settings, rules);

    public TriggerPreview Preview(PreparedTrigger prepared, AttemptContext context)
    {
        var http = (HttpPreparedTrigger)prepared;
        using var rendered = TryRender(http, context, new TemplateScope(context, rules) { MaskSecrets = true }, out var failure);
        if (rendered is null) return new(null, failure!.Detail);
        var authorization = http.Settings.Auth.Type == HttpAuthType.OAuth2 ? "Bearer token" : null;
        var version = HttpRecordWriter.VersionText(http.Settings.HttpVersion);
        return new(HttpRecordWriter.Write(rendered, rendered.Uri, authorization, version, http.MaskerFor(rendered.Secrets)), null);
    }

    public Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<AttemptOutcome>(cancellationToken);
        var scope = new TemplateScope(context, rules);
        var rendered = TryRender((HttpPreparedTrigger)prepared, context, scope, out var failure);
        if (rendered is null) return Task.FromResult(new AttemptOutcome { Failure = failure!.Kind, Code = failure.Code, Detail = failure.Detail });
        return new HttpAttempt(connections, tokens, scope, time, rendered).RunAsync(LogUnforeseen, cancellationToken);
    }

    private RenderedHttpRequest? TryRender(HttpPreparedTrigger prepared, AttemptContext context, TemplateScope scope, out AttemptFailure? failure)
    {
        failure = null;
        try
        {
            if (prepared.Fault is { } fault) failure = new(FailureKind.Configuration, HttpFailures.TemplateInvalid, fault);
            else return RenderedHttpRequest.Render(prepared, context, scope);
        }
        catch (TemplateException exception) { failure = new(FailureKind.Configuration, exception.Code, exception.Message); }
        catch (HttpUrlException exception) { failure = HttpFailures.BadUrlFrom(exception.Message); }
        catch (Exception exception)
        {
            // One event must not become poison for the engine, whatever is in it
            LogUnforeseen(exception);
            failure = HttpFailures.Unforeseen;
        }
        return null;
    }

    [LoggerMessage(EventIds.HttpAttemptUnforeseen, LogLevel.Error, "An HTTP attempt failed in a way that is not accounted for.")]
    private partial void LogUnforeseen(Exception exception);
}
