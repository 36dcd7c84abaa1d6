using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Http;

/// <summary>The call to a token endpoint (RFC 6749, sections 4.4.2 and 5). Goes the same way out as every other call.</summary>
internal sealed class OAuthTokenRequest(HttpConnections connections, TimeProvider time)
{
    private const int LargestAnswer = 64 * 1024;
    private const int MaxDetailLength = 300;

    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>For a server that does not say how long its token lives (RFC 6749 only recommends it).</summary>
    internal static readonly TimeSpan UnknownLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Never throws for what the server does.</summary>
    public async Task<OAuthResult> SendAsync(OAuthClient client)
    {
        // Form encoding before base64, as RFC 6749 (2.3.1) wants it
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(client.ClientId)}:{WebUtility.UrlEncode(client.ClientSecret)}"));
        var masker = SecretMasker.For([client.ClientSecret, pair]);
        using var limit = new CancellationTokenSource(Limit, time);
        using var message = MakeMessage(client, pair);
        try
        {
            using var response = await connections.SendAsync(message, limit.Token);
            using var answer = new HttpAnswer(response, LargestAnswer);
            await answer.ReadAsync(LargestAnswer, limit.Token);
            if (!answer.IsComplete) return Failed(client, FailureKind.Permanent, HttpFailures.TooLarge, "sent an answer that is too large");
            return Judge(client, answer, masker);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Failed(client, FailureKind.Timeout, HttpFailures.TimedOut, $"did not answer within {Limit.TotalSeconds:0} s");
        }
        catch (Exception exception) when (HttpFailures.From(exception) is { } failure)
        {
            return new(null, failure with { Code = HttpFailures.OAuthPrefix + failure.Code, Detail = $"No token could be fetched from {client.TokenUrl.IdnHost}: {masker.MaskText(failure.Detail)}" });
        }
    }

    private static TracedRequest MakeMessage(OAuthClient client, string pair)
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (!string.IsNullOrEmpty(client.Scope)) form.Add(new("scope", client.Scope));
        if (!string.IsNullOrEmpty(client.Audience)) form.Add(new("audience", client.Audience));
        if (client.Authentication == ClientAuthentication.Body)
        {
            form.Add(new("client_id", client.ClientId));
            form.Add(new("client_secret", client.ClientSecret));
        }
        var message = new TracedRequest(HttpMethod.Post, client.TokenUrl)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new FormUrlEncodedContent(form),
        };
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", RenderedHttpRequest.UserAgent);
        if (client.Authentication == ClientAuthentication.Basic) message.Headers.TryAddWithoutValidation("Authorization", "Basic " + pair);
        return message;
    }

    private OAuthResult Judge(OAuthClient client, HttpAnswer answer, SecretMasker masker)
    {
        var body = ReadObject(answer.Kept);
        if (answer.Status is >= 200 and <= 299)
        {
            if (body.TextOf("access_token") is not { Length: > 0 } token || !HttpHeaderRules.IsValue(token))
                return Failed(client, FailureKind.Transient, HttpFailures.BadAnswer, "answered without an access_token");
            if (body.TextOf("token_type") is { } type && !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
                return Failed(client, FailureKind.Configuration, HttpFailures.BadAnswer, $"hands out tokens of type {Shorten(masker, type)}, and only Bearer can be used");
            return new(new(token, time.GetUtcNow() + UsableFor(body)), null);
        }
        var error = body.TextOf("error");
        var description = error is null ? null : Shorten(masker, error) + (body.TextOf("error_description") is { Length: > 0 } more ? $": {Shorten(masker, more)}" : "");
        var said = description is null ? "" : $" ({description})";
        var wait = RetryAfterHeader.Read(answer.Response.Headers, time.GetUtcNow());
        if (answer.Status is 400 or 401 or 403 && error is not null)
            return new(null, new(KindOf(error), HttpFailures.OAuthRefused, $"The token endpoint {client.TokenUrl.IdnHost} refused{said}. Check client id, client secret and scope."));
        var kind = answer.Status is >= 300 and <= 399 or >= 400 and <= 499 and not (401 or 403 or 408 or 425 or 429) ? FailureKind.Configuration : HttpFailures.KindOf(answer.Status);
        return Failed(client, kind, HttpFailures.CodeOf(answer.Status), $"answered {answer.Status}{said}", wait);
    }

    // The errors of RFC 6749, section 5.2
    private static FailureKind KindOf(string error) => error switch
    {
        "invalid_request" or "invalid_scope" or "unsupported_grant_type" => FailureKind.Configuration,
        "temporarily_unavailable" or "server_error" => FailureKind.Unavailable,
        _ => FailureKind.Authentication,
    };

    private static TimeSpan UsableFor(JsonElement body)
    {
        // A number by the RFC, a string with some
        var seconds = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("expires_in", out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.Number when value.TryGetDouble(out var number) => number,
                JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
                _ => UnknownLifetime.TotalSeconds,
            }
            : UnknownLifetime.TotalSeconds;
        if (!(seconds > 0)) return TimeSpan.Zero;
        // Early enough that it does not expire on its way to the target
        seconds = Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds);
        return TimeSpan.FromSeconds(seconds - Math.Min(60, seconds * 0.1));
    }

    private static JsonElement ReadObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return JsonElement.TryParseValue(ref reader, out var element) && element.Value.ValueKind == JsonValueKind.Object ? element.Value : default;
        }
        catch (JsonException) { return default; }
    }

    private static string Shorten(SecretMasker masker, string text)
        => RecordWriter.Cut(masker.MaskText(new string([.. text.Where(c => !char.IsControl(c))])), MaxDetailLength);

    private static OAuthResult Failed(OAuthClient client, FailureKind kind, string code, string what, TimeSpan? retryAfter = null)
        => new(null, new(kind, HttpFailures.OAuthPrefix + code, $"The token endpoint {client.TokenUrl.IdnHost} {what}.") { RetryAfter = retryAfter });
}
