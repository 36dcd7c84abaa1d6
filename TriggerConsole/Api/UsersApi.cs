using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Api;

/// <summary>A new user.</summary>
internal sealed record UserRequest
{
    public required string Email { get; init; }

    public string? Name { get; init; }

    public Role Role { get; init; }

    /// <summary>A first password, to be changed at the first sign-in. Left out: the answer has a link by which the user chooses one.</summary>
    public string? Password { get; init; }

    /// <summary>Mail the link to the user instead of showing it.</summary>
    public bool SendMail { get; init; }
}

internal sealed record LinkRequest
{
    /// <summary>Mail the link to the user instead of showing it.</summary>
    public bool SendMail { get; init; }
}

/// <summary>A link by which a user chooses his password.</summary>
/// <param name="Url">In the answer that made it and never again; null when it was mailed.</param>
/// <param name="IsMailed">It is on its way to the user.</param>
/// <param name="Problem">Why it was not mailed though it should have been; the link is shown then.</param>
public sealed record LinkResponse(string? Url, DateTimeOffset ExpiresAt, bool IsMailed, string? Problem);

internal sealed record CreatedUserResponse(UserView User, LinkResponse? Link);

internal sealed record UserList(IReadOnlyList<UserView> Items, int Total, int Page, int PageSize);

internal sealed record EndedResponse(int Ended);

internal static class UsersApi
{
    public static RouteGroupBuilder MapUsers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/users").WithTags("Users");
        group.RequireAuthorization(Permissions.ManageUsers);
        group.AddEndpointFilter(RefuseOutOfReachAsync);
        group.MapGet("/", ListAsync).WithSummary("List users");
        group.MapPost("/", CreateAsync).WithSummary("Make a user, with a first password or an invitation");
        group.MapGet("/{id:guid}", GetAsync).WithSummary("One user");
        group.MapPut("/{id:guid}", ChangeAsync).WithSummary("Change name or role; what is left out stays");
        group.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a user");
        group.MapPost("/{id:guid}/lock", LockAsync).WithSummary("Keep a user out, and end his sessions");
        group.MapPost("/{id:guid}/unlock", UnlockAsync).WithSummary("Let a user in again, also after too many wrong passwords");
        group.MapPost("/{id:guid}/link", LinkAsync).WithSummary("Make a link by which the user chooses a new password");
        group.MapDelete("/{id:guid}/two-factor", RemoveTwoFactorAsync).WithSummary("Turn two-factor sign-in off for a user who has lost his app");
        group.MapGet("/{id:guid}/sessions", SessionsAsync).WithSummary("Where a user is signed in");
        group.MapDelete("/{id:guid}/sessions", EndAllAsync).WithSummary("Sign a user out everywhere");
        group.MapDelete("/{id:guid}/sessions/{session:guid}", EndAsync).WithSummary("Sign a user out in one place");
        return group;
    }

    private static async Task<Ok<UserList>> ListAsync(string? q, Role? role, [AsParameters] Paging paging, UserQueries users, CancellationToken cancellationToken)
    {
        var (items, total) = await users.ListAsync(q, role, paging.Number, paging.Size, cancellationToken);
        return TypedResults.Ok(new UserList(items, total, paging.Number, paging.Size));
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> GetAsync(Guid id, UserQueries users, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await users.GetAsync(id, cancellationToken), "user", id);

    private static async Task<Results<Created<CreatedUserResponse>, ProblemHttpResult>> CreateAsync(
        UserRequest request, UserCommands commands, UserQueries users, UserLinkDelivery delivery, HttpContext context, CancellationToken cancellationToken)
    {
        if (!IsInReach(context.User, request.Role)) return OutOfReach();
        var made = await commands.CreateAsync(new() { Email = request.Email, Name = request.Name, Role = request.Role, Password = request.Password }, cancellationToken);
        if (made.Value is not { User: var user } created) return ApiProblems.From(made.Refusal!, context);
        var link = created.Link is null ? null : await delivery.DeliverAsync(user, created.Link, request.SendMail, cancellationToken);
        return TypedResults.Created($"/api/users/{user.Id}", new CreatedUserResponse((await users.GetAsync(user.Id, cancellationToken))!, link));
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> ChangeAsync(
        Guid id, UserChange change, UserCommands commands, UserQueries users, ClaimsPrincipal actor, HttpContext context, CancellationToken cancellationToken)
        => change.Role is { } role && !IsInReach(actor, role) ? OutOfReach() : await ShowAsync(await commands.ChangeAsync(id, change, actor.UserId(), cancellationToken), users, context, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, UserCommands commands, ClaimsPrincipal actor, HttpContext context, CancellationToken cancellationToken)
        => (await commands.DeleteAsync(id, actor.UserId(), cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> LockAsync(Guid id, UserCommands commands, UserQueries users, ClaimsPrincipal actor, HttpContext context, CancellationToken cancellationToken)
        => await ShowAsync(await commands.LockAsync(id, actor.UserId(), cancellationToken), users, context, cancellationToken);

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> UnlockAsync(Guid id, UserCommands commands, UserQueries users, HttpContext context, CancellationToken cancellationToken)
        => await ShowAsync(await commands.UnlockAsync(id, cancellationToken), users, context, cancellationToken);

    private static async Task<Results<Ok<LinkResponse>, ProblemHttpResult>> LinkAsync(
        Guid id, LinkRequest? request, UserCommands commands, UserLinkDelivery delivery, HttpContext context, CancellationToken cancellationToken)
    {
        var made = await commands.MakeLinkAsync(id, cancellationToken);
        if (made.Value is not { User: var user, Link: { } link }) return ApiProblems.From(made.Refusal!, context);
        return TypedResults.Ok(await delivery.DeliverAsync(user, link, request?.SendMail ?? false, cancellationToken));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveTwoFactorAsync(Guid id, UserCommands commands, HttpContext context, CancellationToken cancellationToken)
        => (await commands.RemoveTwoFactorAsync(id, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<IReadOnlyList<SignedInPlace>>, ProblemHttpResult>> SessionsAsync(Guid id, UserQueries users, SignedInPlaces places, ClaimsPrincipal actor, CancellationToken cancellationToken)
        => await users.FindAsync(id, cancellationToken) is null ? ApiProblems.NotFound("user", id) : TypedResults.Ok(await places.ListAsync(id, actor.SessionId(), cancellationToken));

    private static async Task<Results<Ok<EndedResponse>, ProblemHttpResult>> EndAllAsync(Guid id, UserQueries users, SignedInPlaces places, CancellationToken cancellationToken)
        => await users.FindAsync(id, cancellationToken) is { } user
            ? TypedResults.Ok(new EndedResponse(await places.EndAllAsync(user, null, "an administrator asked for it", cancellationToken)))
            : ApiProblems.NotFound("user", id);

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(Guid id, Guid session, UserQueries users, SignedInPlaces places, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } user) return ApiProblems.NotFound("user", id);
        return await places.EndAsync(user, session, cancellationToken) ? TypedResults.NoContent() : ApiProblems.NotFound("session", session);
    }

    private static async Task<Results<Ok<UserView>, ProblemHttpResult>> ShowAsync(CommandResult<User> result, UserQueries users, HttpContext context, CancellationToken cancellationToken)
    {
        if (result.Refusal is { } refusal) return ApiProblems.From(refusal, context);
        return ApiResults.OkOr404(await users.GetAsync(result.Value!.Id, cancellationToken), "user", result.Value.Id);
    }

    // A key with few scopes must not make itself a user, or take over one, who may do more than the key
    private static async ValueTask<object?> RefuseOutOfReachAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (HttpMethods.IsGet(context.Request.Method) || !Guid.TryParse(context.Request.RouteValues["id"]?.ToString(), out var id)) return await next(invocation);
        var user = await context.RequestServices.GetRequiredService<UserQueries>().FindAsync(id, context.RequestAborted);
        return user is null || IsInReach(context.User, user.Role) ? await next(invocation) : OutOfReach();
    }

    private static bool IsInReach(ClaimsPrincipal actor, Role role) => Permissions.All.Where(p => role.Allows(p.Name)).All(p => actor.May(p.Name));

    private static ProblemHttpResult OutOfReach()
        => ApiProblems.Problem(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", "This key may do less than the user's role, so it cannot make or change such a user. Take a key without scopes.");
}
