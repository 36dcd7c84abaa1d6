using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TriggerConsole.Api;
using TriggerConsole.Core.Identity.Tokens;

namespace TriggerConsole.Authentication;

/// <summary>Programs that act for a person show an access token as bearer token (RFC 6750).</summary>
internal sealed class AccessTokenAuthentication(AccessTokens tokens, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "AccessToken";
    private const string Begin = "eyJ"; // {" in base64url: an API key never begins so

    private JwtProblem? _problem;

    public static bool IsShown(HttpRequest request) => ApiKeyAuthentication.BearerOf(request).StartsWith(Begin, StringComparison.Ordinal);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var (holder, problem) = await tokens.CheckAsync(ApiKeyAuthentication.BearerOf(Request), Context.RequestAborted);
        _problem = problem;
        if (holder is null) return AuthenticateResult.Fail($"Access token refused: {problem}.");
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, holder.UserId.ToString()), new(ClaimTypes.Name, holder.Name), new(ClaimTypes.Role, holder.Role.ToString()), new(SessionClaims.Id, holder.SessionId.ToString())], SchemeName);
        return AuthenticateResult.Success(new(new(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var isExpired = _problem == JwtProblem.Expired;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"api\", error=\"invalid_token\"";
        return ApiProblems.Problem(StatusCodes.Status401Unauthorized, isExpired ? "token-expired" : "unauthenticated", "Not signed in",
            isExpired ? "The access token has expired. Get the next one with the refresh token at /api/auth/token." : "The access token is not valid. Sign in again at /api/auth/token.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
        => ApiProblems.Problem(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "Your role does not allow this.").ExecuteAsync(Context);
}
