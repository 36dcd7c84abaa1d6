using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using TriggerConsole.Core;
using TriggerConsole.Core.Identity.External;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Authentication.External;

internal sealed class OpenIdOptions : OAuthOptions
{
    /// <summary>The issuer, whose discovery document says the rest.</summary>
    public string Authority { get; set; } = "";
}

/// <summary>
/// Sign-in by the code flow of OpenID Connect Core 1.0 (section 3.1), with PKCE, on the framework's OAuth handler: that keeps state and
/// correlation, this adds discovery, nonce and the check of the ID token.
/// </summary>
internal sealed class OpenIdHandler(IOptionsMonitor<OpenIdOptions> options, ILoggerFactory logger, UrlEncoder encoder, OpenIdDocuments documents, TimeProvider time)
    : OAuthHandler<OpenIdOptions>(options, logger, encoder)
{
    private const string Nonce = "tc:nonce";
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(2);

    private OpenIdProvider? _provider;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        _provider = await documents.FindAsync(Options.Authority, Backchannel, Context.RequestAborted);
        properties.Items[Nonce] = RandomToken.Create("");
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        // The handler knows one fixed endpoint; the rest of what it builds is right
        var query = QueryHelpers.ParseQuery(new Uri(base.BuildChallengeUrl(properties, redirectUri)).Query);
        return QueryHelpers.AddQueryString(QueryHelpers.AddQueryString(_provider!.AuthorizationEndpoint, query), "nonce", properties.Items[Nonce]!);
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        _provider = await documents.FindAsync(Options.Authority, Backchannel, Context.RequestAborted);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = context.Code,
            ["redirect_uri"] = context.RedirectUri,
            ["client_id"] = Options.ClientId,
        };
        if (context.Properties.Items.TryGetValue(OAuthConstants.CodeVerifierKey, out var verifier) && verifier is not null)
        {
            form[OAuthConstants.CodeVerifierKey] = verifier;
            context.Properties.Items.Remove(OAuthConstants.CodeVerifierKey);
        }
        using var request = new HttpRequestMessage(HttpMethod.Post, _provider.TokenEndpoint);
        if (_provider.UsesBasic)
            // RFC 6749 section 2.3.1: both are form-encoded first
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(Options.ClientId)}:{Uri.EscapeDataString(Options.ClientSecret)}")));
        else form["client_secret"] = Options.ClientSecret;
        request.Content = new FormUrlEncodedContent(form);
        return OAuthTokenResponse.Success(await Backchannel.ReadAsync(request, Context.RequestAborted));
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var provider = _provider!;
        if (tokens.Response!.RootElement.TextOf("id_token") is not { } token) throw new ProviderException($"{Options.Authority} gave no ID token.");
        var rules = new IdTokenRules(provider.Issuer, Options.ClientId, properties.Items[Nonce] ?? throw new ProviderException("The sign-in was not begun here."), s_skew);
        var keys = await documents.KeysAsync(provider, Backchannel, known => IdTokenReader.Read(token, known, rules, time.GetUtcNow()).Problem != JwtProblem.UnknownKey, Context.RequestAborted);
        var (claims, problem) = IdTokenReader.Read(token, keys, rules, time.GetUtcNow());
        if (claims is null) throw new ProviderException($"The ID token of {Options.Authority} is refused: {problem}.");
        var (subject, email, isVerified) = (JwtParts.Text(claims, "sub")!, JwtParts.Text(claims, "email"), IsTrue(claims.GetValueOrDefault("email_verified")));
        if (email is null && provider.UserInfoEndpoint is { } url && tokens.AccessToken is { } access) (email, isVerified) = await AskAsync(url, access, subject);
        ExternalClaims.Add(identity, subject, email, isVerified);
        properties.Items.Remove(Nonce);
        return new(new(identity), properties, Scheme.Name);
    }

    // Section 5.3: some providers put the e-mail there alone
    private async Task<(string? Email, bool IsVerified)> AskAsync(string url, string accessToken, string subject)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new("Bearer", accessToken);
        using var answer = await Backchannel.ReadAsync(request, Context.RequestAborted);
        var json = answer.RootElement;
        // Section 5.3.2: of someone else, it must not be used
        if (json.TextOf("sub") != subject) throw new ProviderException($"The user info of {Options.Authority} is of another user.");
        return (json.TextOf("email"), json.TryGetProperty("email_verified", out var verified) && IsTrue(verified));
    }

    private static bool IsTrue(JsonElement value) => value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && value.ValueEquals("true"));
}
