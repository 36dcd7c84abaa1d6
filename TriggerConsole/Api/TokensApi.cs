using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity.Tokens;

namespace TriggerConsole.Api;

/// <summary>How a program asks for tokens.</summary>
internal sealed record TokenRequest
{
    public const string PasswordGrant = "password";
    public const string RefreshGrant = "refresh_token";

    /// <summary><c>password</c> to sign in, <c>refresh_token</c> to go on.</summary>
    public required string GrantType { get; init; }

    public string? Email { get; init; }

    public string? Password { get; init; }

    /// <summary>For users with two-factor sign-in: the code of the app, or a recovery code.</summary>
    public string? Otp { get; init; }

    public string? RefreshToken { get; init; }
}

internal sealed record RevokeRequest
{
    public required string RefreshToken { get; init; }
}

/// <summary>A pair of tokens (RFC 6749 section 5.1).</summary>
/// <param name="ExpiresIn">Seconds that the access token holds.</param>
/// <param name="RefreshToken">For one use; the answer to that brings the next one.</param>
internal sealed record TokenResponse(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken, DateTimeOffset RefreshExpiresAt);

internal sealed record KeySetResponse(IReadOnlyList<PublicKey> Keys);

internal static class TokensApi
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth").WithTags("Sign-in").AllowAnonymous();
        group.MapPost("/token", TokenAsync).WithSummary("Sign in, or go on, with tokens");
        group.MapPost("/revoke", RevokeAsync).WithSummary("End the session of a refresh token");
        routes.MapGet("/.well-known/jwks.json", KeysAsync).AllowAnonymous().WithTags("Sign-in").WithSummary("Public keys that access tokens are checked by");
    }

    private static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> TokenAsync(
        TokenRequest request, AccessTokens tokens, TokenSignIns signIns, TimeProvider time, HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store"; // RFC 6749 section 5.1
        var (address, client) = (SignIns.AddressOf(context), context.Request.Headers.UserAgent.ToString());
        switch (request.GrantType)
        {
            case TokenRequest.PasswordGrant:
                if (string.IsNullOrEmpty(request.Email)) return ApiProblems.Invalid("email", "Give the e-mail address of the user.");
                if (string.IsNullOrEmpty(request.Password)) return ApiProblems.Invalid("password", "Give the password.");
                var (user, refusal) = await signIns.CheckAsync(request, address, client, cancellationToken);
                return user is null ? refusal! : Answer(await tokens.BeginAsync(user, address, client, cancellationToken), time);
            case TokenRequest.RefreshGrant:
                if (string.IsNullOrEmpty(request.RefreshToken)) return ApiProblems.Invalid("refreshToken", "Give the refresh token of the last answer.");
                return await tokens.RefreshAsync(request.RefreshToken, address, client, cancellationToken) is { } next
                    ? Answer(next, time)
                    : Refused("This refresh token is unknown, used, expired or revoked. Sign in again.");
            default:
                return ApiProblems.Invalid("grantType", $"Use {TokenRequest.PasswordGrant} or {TokenRequest.RefreshGrant}.");
        }
    }

    private static async Task<NoContent> RevokeAsync(RevokeRequest request, AccessTokens tokens, CancellationToken cancellationToken)
    {
        // The same answer whether there is such a token (RFC 7009 section 2.2)
        await tokens.RevokeAsync(request.RefreshToken, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<KeySetResponse>> KeysAsync(SigningKeys keys, HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Ok(new KeySetResponse(await keys.PublicAsync(cancellationToken)));
    }

    private static Ok<TokenResponse> Answer(IssuedTokens issued, TimeProvider time)
        => TypedResults.Ok(new TokenResponse(issued.Access, "Bearer", (int)(issued.ExpiresAt - time.GetUtcNow()).TotalSeconds, issued.Refresh, issued.RefreshExpiresAt));

    /// <summary>401: not signed in, for this reason.</summary>
    internal static ProblemHttpResult Refused(string detail) => ApiProblems.Problem(StatusCodes.Status401Unauthorized, "invalid-grant", "Not signed in", detail);
}
