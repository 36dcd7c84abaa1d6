using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TriggerConsole.Api;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Authentication;

/// <summary>Programs show an API key as <c>X-Api-Key</c> or as bearer token (RFC 6750).</summary>
internal sealed class ApiKeyAuthentication(ApiKeys keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string HeaderName = "X-Api-Key";
    private const string Bearer = "Bearer ";

    private ApiKeyProblem? _problem;

    /// <summary>Whether the request shows a key, right or wrong: then it counts, and no cookie does.</summary>
    public static bool IsShown(HttpRequest request)
        => request.Headers.ContainsKey(HeaderName) || BearerOf(request).Length > 0;

    /// <summary>What is shown as bearer token; empty when nothing is.</summary>
    public static string BearerOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : QueryKeyOf(request);
    }

    // Browsers cannot set headers on a WebSocket: there, and only there, SignalR's clients put the key into the query
    private static string QueryKeyOf(HttpRequest request)
        => request.Path.StartsWithSegments("/hubs") ? request.Query["access_token"].ToString() : "";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var value = Request.Headers[HeaderName].ToString();
        if (value.Length == 0) value = BearerOf(Request);
        if (value.Length == 0) return AuthenticateResult.NoResult();
        var (key, problem) = await keys.FindAsync(value, Context.Connection.RemoteIpAddress, Context.RequestAborted);
        _problem = problem;
        if (key is null) return AuthenticateResult.Fail($"API key refused: {problem}.");
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, key.Id.ToString()), new(ClaimTypes.Name, key.Name), new(ClaimTypes.Role, nameof(Role.Administrator))], SchemeName);
        foreach (var scope in key.ScopeList) identity.AddClaim(new(PermissionPolicies.ScopeClaim, scope));
        return AuthenticateResult.Success(new(new(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"api\"";
        var (type, detail) = _problem switch
        {
            ApiKeyProblem.Expired => ("key-expired", "This API key has expired. Ask an administrator for a new one."),
            ApiKeyProblem.OtherNetwork => ("network-not-allowed", "This API key may be used from named networks only, and this address is in none of them."),
            _ => ("unauthenticated", "Send an API key in the header X-Api-Key, or as bearer token. Keys are made under Settings."),
        };
        return ApiProblems.Problem(StatusCodes.Status401Unauthorized, type, "Not signed in", detail).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
        => ApiProblems.Problem(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "This API key has no scope for that.").ExecuteAsync(Context);
}
