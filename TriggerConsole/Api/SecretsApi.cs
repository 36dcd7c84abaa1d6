using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Api;

/// <summary>A secret to make or change; what is left out stays.</summary>
internal sealed record SecretRequest
{
    public string? Value { get; init; }

    public string? Description { get; init; }

    /// <summary>How long senders to callbacks may go on showing the value before, in hours; 0 ends an overlap.</summary>
    public int? OverlapHours { get; init; }

    /// <summary>Hosts that it may be sent to; an empty list for all.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }
}

/// <summary>A secret as the API shows it. No answer ever carries a value.</summary>
/// <param name="ValueChangedAt">When it got its value.</param>
/// <param name="LastUsedAt">When it was last put into a message or compared with what a sender showed.</param>
/// <param name="PreviousUntil">Until when senders may show the value before.</param>
/// <param name="IsOld">The value is older than <c>Secrets:RemindAfterDays</c>.</param>
/// <param name="AllowedHosts">Where it may be sent; empty for everywhere.</param>
/// <param name="UsedBy">The triggers and callbacks that name it.</param>
internal sealed record SecretResponse(
    string Name, string Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset ValueChangedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? PreviousUntil, bool IsOld,
    IReadOnlyList<string> AllowedHosts, IReadOnlyList<SecretUse> UsedBy)
{
    public static SecretResponse Of(SecretView secret, IEnumerable<SecretUse> uses) => new(
        secret.Name, secret.Description, secret.CreatedAt, secret.UpdatedAt, secret.ValueChangedAt, secret.LastUsedAt, secret.PreviousUntil, secret.IsOld, secret.AllowedHosts, [.. uses]);
}

internal static class SecretsApi
{
    public static RouteGroupBuilder MapSecrets(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/secrets").WithTags("Settings");
        group.RequireAuthorization(Permissions.ManageSecrets);
        group.MapGet("/", ListAsync).WithSummary("List secrets, without their values");
        group.MapPut("/{name}", SetAsync).WithSummary("Make a secret, or change it: value, overlap with the one before, description, hosts");
        group.MapDelete("/{name}", DeleteAsync).WithSummary("Delete a secret that nothing uses");
        return group;
    }

    private static async Task<Ok<IReadOnlyList<SecretResponse>>> ListAsync(SecretStore secrets, SecretUses uses, CancellationToken cancellationToken)
    {
        var all = uses.All();
        return TypedResults.Ok<IReadOnlyList<SecretResponse>>([.. (await secrets.ListAsync(cancellationToken)).Select(s => SecretResponse.Of(s, all[s.Name]))]);
    }

    private static async Task<Results<Ok<SecretResponse>, ProblemHttpResult>> SetAsync(
        string name, SecretRequest request, SecretStore secrets, SecretUses uses, HttpContext context, CancellationToken cancellationToken)
        => (await secrets.SetAsync(name, new SecretChange { Value = request.Value, Description = request.Description, OverlapHours = request.OverlapHours, AllowedHosts = request.AllowedHosts }, cancellationToken)).ToOk(context, s => SecretResponse.Of(s, uses.Of(s.Name)));

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string name, SecretStore secrets, SecretUses uses, HttpContext context, CancellationToken cancellationToken)
        => (await secrets.DeleteAsync(name, [.. uses.Of(name).Select(u => u.Name)], cancellationToken)).ToNoContent(context);
}
