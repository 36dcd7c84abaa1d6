using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Api;

/// <summary>An API key as the API shows it.</summary>
/// <param name="Hint">First and last characters, to tell keys apart.</param>
/// <param name="Value">The key, in the answer that made it and never again.</param>
/// <param name="Scopes">What it may do; empty: everything.</param>
/// <param name="AllowedNetworks">Where it may be shown from; empty: everywhere.</param>
internal sealed record KeyResponse(
    Guid Id, string Name, string Hint, string? Value, IReadOnlyList<string> Scopes, IReadOnlyList<string> AllowedNetworks,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt)
{
    public static KeyResponse Of(ApiKey key, string? value = null)
        => new(key.Id, key.Name, key.Hint, value, key.ScopeList, key.NetworkList, key.CreatedBy, key.CreatedAt, key.ExpiresAt, key.LastUsedAt, key.RevokedAt);
}

internal static class KeysApi
{
    public static RouteGroupBuilder MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/keys").WithTags("Settings");
        group.RequireAuthorization(Permissions.ManageKeys);
        group.MapGet("/", ListAsync).WithSummary("List API keys, revoked ones included");
        group.MapPost("/", CreateAsync).WithSummary("Make an API key; it is shown this once");
        group.MapPut("/{id:guid}", UpdateAsync).WithSummary("Change name, scopes, expiry or networks of an API key; what is left out stays");
        group.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Revoke an API key at once");
        return group;
    }

    private static async Task<Ok<IReadOnlyList<KeyResponse>>> ListAsync(ApiKeys keys, CancellationToken cancellationToken)
        => TypedResults.Ok<IReadOnlyList<KeyResponse>>([.. (await keys.ListAsync(cancellationToken)).Select(k => KeyResponse.Of(k))]);

    private static async Task<Results<Created<KeyResponse>, ProblemHttpResult>> CreateAsync(
        ApiKeyInput input, ApiKeys keys, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await keys.CreateAsync(input, user.Actor() ?? "", user.May, cancellationToken)).ToCreated(context, k => $"/api/keys/{k.Key.Id}", k => KeyResponse.Of(k.Key, k.Value));

    private static async Task<Results<Ok<KeyResponse>, ProblemHttpResult>> UpdateAsync(
        Guid id, ApiKeyInput input, ApiKeys keys, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await keys.UpdateAsync(id, input, user.May, cancellationToken)).ToOk(context, k => KeyResponse.Of(k));

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(Guid id, ApiKeys keys, HttpContext context, CancellationToken cancellationToken)
        => (await keys.RevokeAsync(id, cancellationToken)).ToNoContent(context);
}
