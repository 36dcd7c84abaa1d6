using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;

namespace TriggerConsole.Core.Http;

/// <summary>
/// One attempt from the first byte to the last: fetches a token if need be, sends, follows redirects if it may, reads the
/// answer, and makes the outcome of it. Steps:
/// 1. the token (OAuth only); 2. send, wait for the headers; 3. a refused token is fetched anew, once, and 2 repeated;
/// 4. a redirect is followed with 2; 5. read the body; 6. judge.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync is its whole life, and disposes of everything at its end.")]
internal sealed class HttpAttempt(HttpConnections connections, OAuthTokens tokens, TemplateScope scope, TimeProvider time, RenderedHttpRequest rendered)
{
    private readonly HttpPreparedTrigger _prepared = rendered.Prepared;
    private readonly long _started = time.GetTimestamp();
    private SecretMasker? _masker;
    private HttpPhase _phase = HttpPhase.Wait;
    private Uri _uri = rendered.Uri;
    private OAuthToken? _token;
    private string? _authorization;
    private TracedRequest? _request;
    private HttpAnswer? _answer;
    private double? _firstByte;
    private List<(int Status, Uri To)>? _redirects;

    private SecretMasker Masker => _masker ??= _prepared.MaskerFor(rendered.Secrets);

    /// <summary>Runs the attempt, and lets go of the request and all else at its end.</summary>
    /// <param name="unforeseen">Called with what none of the rules covers.</param>
    public async Task<AttemptOutcome> RunAsync(Action<Exception> unforeseen, CancellationToken cancellationToken)
    {
        using var limit = new AttemptLimit(_prepared.Timeout, time, cancellationToken);
        try
        {
            AttemptFailure? failure;
            try { failure = await SendAsync(limit.Token); }
            catch (Exception exception)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _phase = PhaseNow();
                failure = limit.HasPassed ? new(FailureKind.Timeout, HttpFailures.TimedOut, HttpSentences.ForTimeout(_prepared.Timeout, _phase)) : HttpFailures.From(exception);
                if (failure is null) unforeseen(exception);
                failure ??= HttpFailures.Unforeseen;
            }
            return MakeOutcome(failure);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Only writing the record can come here. What it could not stand must not be tried again and again.
            unforeseen(exception);
            return new() { Failure = HttpFailures.Unforeseen.Kind, Code = HttpFailures.Unforeseen.Code, Detail = HttpFailures.Unforeseen.Detail };
        }
        finally
        {
            _answer?.Dispose();
            rendered.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AttemptFailure?> SendAsync(CancellationToken cancellationToken)
    {
        if (_prepared.Settings.Auth.Type == HttpAuthType.OAuth2 && await SignInAsync(refused: null, cancellationToken) is { } refusal) return refusal;
        var method = _prepared.Method;
        var (withBody, withCredentials, renewed) = (true, true, false);
        List<(HttpMethod, Uri)>? visited = null;
        while (true)
        {
            _phase = HttpPhase.Wait;
            _request = rendered.ToMessage(_uri, method, _authorization, withBody, withCredentials);
            var response = await connections.SendAsync(_request, cancellationToken);
            _firstByte = time.GetElapsedTime(_started).TotalMilliseconds;
            _answer = new HttpAnswer(response, RecordWriter.KeptBytes + Masker.Overlap);
            _phase = HttpPhase.Read;
            await _answer.ReadAsync(_prepared.Settings.MaxResponseBytes, cancellationToken);
            if (!_answer.IsComplete) return TooLarge();

            if (_answer.Status == 401 && _token is not null && withCredentials && !renewed)
            {
                renewed = true;
                var refused = _token;
                if (await SignInAsync(refused, cancellationToken) is { } failure) return failure;
                if (_token.Value != refused.Value)
                {
                    DropAnswer();
                    continue;
                }
            }
            if (!_prepared.Settings.FollowRedirects || !HttpRedirects.IsRedirect(_answer.Status)) return Judge();

            var redirect = HttpRedirects.Follow(_answer.Status, _uri, Location(), out var why);
            if (redirect is null) return Unfollowed(why);
            if (redirect is { KeepsMethod: true, SameOrigin: false } && withBody && rendered.BodyHoldsSecrets)
                return Unfollowed("The target redirects to another host, and the body holds a secret that is not for it. Call that address directly if this is meant.");
            (_redirects ??= []).Add((_answer.Status, redirect.Uri));
            (visited ??= []).Add((method, _uri));
            _uri = redirect.Uri;
            withCredentials &= redirect.SameOrigin; // once gone they stay gone, even if it leads back
            if (!redirect.KeepsMethod && method != HttpMethod.Head)
            {
                method = HttpMethod.Get;
                withBody = false;
            }
            if (visited.Contains((method, _uri))) return InCircles($"it leads back to {MaskedUrl()}");
            if (visited.Count > HttpRedirects.Most) return InCircles($"after {HttpRedirects.Most} redirects it leads on to {MaskedUrl()}");
            DropAnswer();
        }

        AttemptFailure InCircles(string how) => new(FailureKind.Permanent, HttpFailures.RedirectLoop, $"The target redirects without end: {how}.");
    }

    // From here on another answer counts
    private void DropAnswer()
    {
        _answer!.Dispose();
        (_answer, _firstByte) = (null, null);
    }

    /// <summary>Null when there is a token.</summary>
    private async ValueTask<AttemptFailure?> SignInAsync(OAuthToken? refused, CancellationToken cancellationToken)
    {
        _phase = HttpPhase.Token;
        var templates = _prepared.Templates;
        OAuthClient client;
        try
        {
            var endpoint = HttpUrl.Make(templates.TokenUrl!.RenderText(scope), []);
            SecretHosts.Check(templates.TokenSecrets, endpoint.IdnHost, scope.Rules.Secrets);
            client = new OAuthClient(
                endpoint,
                templates.ClientId?.RenderText(scope) ?? "", templates.ClientSecret?.RenderText(scope) ?? "",
                templates.Scope?.RenderText(scope), templates.Audience?.RenderText(scope),
                _prepared.Settings.Auth.ClientAuthentication ?? ClientAuthentication.Basic);
        }
        catch (TemplateException exception) { return new(FailureKind.Configuration, exception.Code, exception.Message); }
        catch (HttpUrlException exception) { return HttpFailures.BadUrlFrom("Token endpoint: " + exception.Message); }
        var result = await tokens.GetAsync(client, refused, cancellationToken);
        rendered.Secrets.Add(client.ClientSecret);
        if (result.Token is not null)
        {
            _token = result.Token;
            _authorization = "Bearer " + result.Token.Value;
            rendered.Secrets.Add(result.Token.Value);
        }
        _masker = null;
        return result.Failure;
    }

    private AttemptFailure? Judge()
    {
        var status = _answer!.Status;
        if (_prepared.Success.Contains(status)) return null;
        var location = HttpRedirects.IsRedirect(status) ? Location() : null;
        if (location is not null) location = RecordWriter.Cut(Masker.MaskText(Uri.TryCreate(_uri, location, out var absolute) ? absolute.AbsoluteUri : location), 500);
        var detail = HttpSentences.ForStatus(status, StatusText(), _prepared.Method.Method, _prepared.Settings.SuccessStatus, location);
        return new(HttpFailures.KindOf(status), HttpFailures.CodeOf(status), detail)
        {
            RetryAfter = status is 429 or 503 or (>= 300 and <= 399) ? RetryAfterHeader.Read(_answer.Response.Headers, time.GetUtcNow()) : null,
        };
    }

    private AttemptFailure Unfollowed(string why) => new(HttpFailures.KindOf(_answer!.Status), HttpFailures.CodeOf(_answer.Status), $"{why} ({StatusText()})");

    private AttemptFailure TooLarge()
        => new(FailureKind.Permanent, HttpFailures.TooLarge, $"The answer ({StatusText()}) has a body of more than {_prepared.Settings.MaxResponseBytes:N0} bytes. Raise the limit of this trigger, or have the target answer less.");

    private string StatusText() => $"{_answer!.Status} {RecordWriter.Cut(Masker.MaskText(_answer.Response.ReasonPhrase ?? ""), 60)}".TrimEnd();

    private string MaskedUrl() => Masker.MaskText(_uri.AbsoluteUri);

    private string? Location() => _answer!.Response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    /// <summary>Where the attempt is now, as exactly as can be told from outside the connection pool.</summary>
    private HttpPhase PhaseNow()
    {
        if (_phase != HttpPhase.Wait || _request is null) return _phase;
        if (_request.Connect is { Phase: not ConnectPhase.Done } connect) return HttpSentences.Of(connect.Phase);
        if (_request.Content is HttpBodyContent content)
        {
            if (content.IsStarted) return content.IsSent ? HttpPhase.Wait : HttpPhase.Send;
            return HttpSentences.Of(connections.PhaseOf(_uri));
        }
        // Without a body there is no telling a sent request from one that waits for another's connection
        return _request.Connect is null ? HttpSentences.Of(connections.PhaseOf(_uri)) : HttpPhase.Wait;
    }

    private AttemptOutcome MakeOutcome(AttemptFailure? failure)
    {
        var version = _answer is { } answer ? HttpRecordWriter.VersionText(answer.Response.Version) : HttpRecordWriter.VersionText(_prepared.Settings.HttpVersion);
        return new AttemptOutcome
        {
            Failure = failure?.Kind,
            Code = failure?.Code ?? HttpFailures.CodeOf(_answer!.Status),
            Detail = failure?.Detail,
            RetryAfter = failure?.RetryAfter,
            Target = MaskedUrl(),
            Request = HttpRecordWriter.Write(rendered, rendered.Uri, _authorization, version, Masker),
            Response = HttpRecordWriter.Write(new HttpAnswerRecord(_answer, Failed(failure), _request?.Connect, _firstByte, time.GetElapsedTime(_started).TotalMilliseconds, _redirects), Masker),
        };
    }

    // A complete answer is a fact of its own, whether it pleases or not
    private string? Failed(AttemptFailure? failure)
        => failure is null || (_answer is { IsComplete: true } && _phase == HttpPhase.Read) ? null : _phase.ToString().ToLowerInvariant();
}
