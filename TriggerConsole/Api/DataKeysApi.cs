using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Api;

/// <summary>The key that encrypts stored secrets: how it stands, and a new one.</summary>
internal static class DataKeysApi
{
    public static RouteGroupBuilder MapDataKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/data-keys").WithTags("Settings");
        group.RequireAuthorization(Permissions.ManageSecrets);
        group.MapGet("/", StatusAsync).WithSummary("The data key in use, and how far a rotation is");
        group.MapPost("/rotate", RotateAsync).WithSummary("Give stored secrets a new key; they are encrypted anew in the background");
        return group;
    }

    private static async Task<Ok<DataKeyStatus>> StatusAsync(DataKeyRotation rotation, CancellationToken cancellationToken) => TypedResults.Ok(await rotation.StatusAsync(cancellationToken));

    private static async Task<Results<Accepted<DataKeyStatus>, ProblemHttpResult>> RotateAsync(
        DataKeyRotation rotation, SecretKeeper keeper, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if ((await rotation.BeginAsync(user.Actor() ?? "", cancellationToken)).Refusal is { } refusal) return ApiProblems.From(refusal, context);
        keeper.Wake();
        return TypedResults.Accepted("/api/data-keys", await rotation.StatusAsync(cancellationToken));
    }
}
