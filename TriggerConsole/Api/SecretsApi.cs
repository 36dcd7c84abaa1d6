using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Api;

/// <summary>A secret to make or change; what is left out stays.</summary>
internal sealed record SecretRequest
{
    public string? Value { get; init; }

    public string? Description { get; init; }
}

/// <summary>A secret as the API shows it. No answer ever carries a value.</summary>
/// <param name="UsedBy">The triggers whose settings name it.</param>
internal sealed record SecretResponse(string Name, string Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<SecretUse> UsedBy)
{
    public static SecretResponse Of(SecretView secret, IEnumerable<SecretUse> uses) => new(secret.Name, secret.Description, secret.CreatedAt, secret.UpdatedAt, [.. uses]);
}

internal static class SecretsApi
{
    public static RouteGroupBuilder MapSecrets(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/secrets").WithTags("Settings");
        group.RequireAuthorization(Permissions.ManageSecrets);
        group.MapGet("/", ListAsync).WithSummary("List secrets, without their values");
        group.MapPut("/{name}", SetAsync).WithSummary("Make a secret, or give it a new value or description");
        group.MapDelete("/{name}", DeleteAsync).WithSummary("Delete a secret that no trigger uses");
        return group;
    }

    private static async Task<Ok<IReadOnlyList<SecretResponse>>> ListAsync(SecretStore secrets, SecretUses uses, CancellationToken cancellationToken)
    {
        var all = uses.All();
        return TypedResults.Ok<IReadOnlyList<SecretResponse>>([.. (await secrets.ListAsync(cancellationToken)).Select(s => SecretResponse.Of(s, all[s.Name]))]);
    }

    private static async Task<Results<Ok<SecretResponse>, ProblemHttpResult>> SetAsync(
        string name, SecretRequest request, SecretStore secrets, SecretUses uses, HttpContext context, CancellationToken cancellationToken)
        => (await secrets.SetAsync(name, request.Value, request.Description, cancellationToken)).ToOk(context, s => SecretResponse.Of(s, uses.Of(s.Name)));

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string name, SecretStore secrets, SecretUses uses, HttpContext context, CancellationToken cancellationToken)
        => (await secrets.DeleteAsync(name, [.. uses.Of(name).Select(u => u.TriggerName)], cancellationToken)).ToNoContent(context);
}
