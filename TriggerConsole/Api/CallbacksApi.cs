using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Api;

/// <summary>A callback as the API shows it.</summary>
/// <param name="LimitPerMinute">Requests in any minute from all senders together; null for the installation's limit.</param>
/// <param name="LimitPerSecond">Of these, how many within one second; null for any number.</param>
/// <param name="Verification">How senders are checked, secrets left out.</param>
/// <param name="AllowedNetworks">Networks that requests may come from; empty for all.</param>
/// <param name="Url">Where to send events.</param>
/// <param name="Token">The token, in the answer that made or rotated it and never again.</param>
internal sealed record CallbackResponse(
    Guid Id, string Name, string Description, string? Path, IReadOnlyList<string> Methods, bool Enabled, int? MaxBodyBytes, int? LimitPerMinute, int? LimitPerSecond, JsonElement Verification, IReadOnlyList<string> AllowedNetworks, string Url, string? Token, string TokenHint,
    DateTimeOffset? PreviousTokenExpiresAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static CallbackResponse Of(CallbackView callback, CallbackUrls urls, string? token = null) => new(
        callback.Id, callback.Name, callback.Description, callback.Path, callback.Methods, callback.Enabled, callback.MaxBodyBytes, callback.LimitPerMinute, callback.LimitPerSecond, callback.Verification, callback.AllowedNetworks, urls.Of(callback.Id, callback.Path), token, callback.TokenHint,
        callback.PreviousTokenExpiresAt, callback.CreatedAt, callback.UpdatedAt, callback.Version);
}

internal static class CallbacksApi
{
    public static RouteGroupBuilder MapCallbacks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/callbacks").WithTags("Callbacks");
        group.WithDefaultPermission(Permissions.Read);
        group.MapGet("/", ListAsync).WithSummary("List and search callbacks");
        group.MapPost("/", CreateAsync).RequireAuthorization(Permissions.EditCallbacks).WithSummary("Make a callback; its token is shown this once");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("One callback");
        group.MapPut("/{id:guid}", UpdateAsync).RequireAuthorization(Permissions.EditCallbacks).WithSummary("Change a callback; what is left out stays");
        group.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Permissions.EditCallbacks).WithSummary("Delete a callback and its triggers");
        group.MapPost("/{id:guid}/rotate-token", RotateAsync).RequireAuthorization(Permissions.EditCallbacks).WithSummary("New token; the old one works for a day more");
        group.MapDelete("/{id:guid}/previous-token", RevokePreviousAsync).RequireAuthorization(Permissions.EditCallbacks).WithSummary("End the old token now");
        group.MapGet("/{id:guid}/rejections", RejectionsAsync).WithSummary("Newest refused requests");
        foreach (var kind in routes.ServiceProvider.GetRequiredService<TriggerKinds>().All) MapTriggerOfKind(group, kind.Kind);
        return group;
    }

    // /api/callbacks/{id}/http, /mqtt, /amqp: the callback's trigger of that kind
    private static void MapTriggerOfKind(RouteGroupBuilder callbacks, TriggerKind kind)
    {
        var group = callbacks.MapGroup($"/{{id:guid}}/{kind.ToString().ToLowerInvariant()}").WithTags($"{Word(kind)} triggers");
        group.MapGet("/", (Guid id, TriggerQueries triggers, CancellationToken cancellationToken) => FindTriggerAsync(id, kind, triggers, cancellationToken))
            .WithSummary($"The callback's {Word(kind)} trigger");
        group.MapPost("/", (Guid id, TriggerInput input, TriggerQueries queries, TriggerCommands commands, HttpContext context, CancellationToken cancellationToken)
            => CreateTriggerAsync(id, kind, input, queries, commands, context, cancellationToken)).RequireAuthorization(Permissions.EditTriggers)
            .WithSummary($"Give the callback an {Word(kind)} trigger; 409 when it has one");
        group.MapPut("/", (Guid id, TriggerInput input, TriggerQueries queries, TriggerCommands commands, HttpContext context, CancellationToken cancellationToken)
            => UpdateTriggerAsync(id, kind, input, queries, commands, context, cancellationToken)).RequireAuthorization(Permissions.EditTriggers)
            .WithSummary($"Change the callback's {Word(kind)} trigger");
        group.MapDelete("/", (Guid id, TriggerQueries queries, TriggerCommands commands, HttpContext context, CancellationToken cancellationToken)
            => DeleteTriggerAsync(id, kind, queries, commands, context, cancellationToken)).RequireAuthorization(Permissions.EditTriggers)
            .WithSummary($"Delete the callback's {Word(kind)} trigger");
    }

    private static async Task<Ok<PageOf<CallbackResponse>>> ListAsync(
        [AsParameters] Paging paging, CallbackQueries callbacks, CallbackUrls urls, string? q, bool? enabled, CancellationToken cancellationToken)
    {
        var page = await callbacks.ListAsync(q, enabled, paging.Number, paging.Size, cancellationToken);
        return TypedResults.Ok(new PageOf<CallbackResponse>([.. page.Items.Select(c => CallbackResponse.Of(c, urls))], page.Total, page.Page, page.PageSize));
    }

    private static async Task<Results<Created<CallbackResponse>, ProblemHttpResult>> CreateAsync(
        CallbackInput input, CallbackCommands callbacks, CallbackUrls urls, HttpContext context, CancellationToken cancellationToken)
        => (await callbacks.CreateAsync(input, cancellationToken)).ToCreated(context, c => $"/api/callbacks/{c.Callback.Id}", c => CallbackResponse.Of(c.Callback, urls, c.Token));

    private static async Task<Results<Ok<CallbackResponse>, ProblemHttpResult>> FindAsync(Guid id, CallbackQueries callbacks, CallbackUrls urls, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await callbacks.FindAsync(id, cancellationToken) is { } callback ? CallbackResponse.Of(callback, urls) : null, "callback", id);

    private static async Task<Results<Ok<CallbackResponse>, ProblemHttpResult>> UpdateAsync(
        Guid id, CallbackInput input, CallbackCommands callbacks, CallbackUrls urls, HttpContext context, CancellationToken cancellationToken)
        => (await callbacks.UpdateAsync(id, input, cancellationToken)).ToOk(context, c => CallbackResponse.Of(c, urls));

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, CallbackCommands callbacks, HttpContext context, CancellationToken cancellationToken)
        => (await callbacks.DeleteAsync(id, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<CallbackResponse>, ProblemHttpResult>> RotateAsync(
        Guid id, CallbackCommands callbacks, CallbackUrls urls, HttpContext context, CancellationToken cancellationToken)
        => (await callbacks.RotateTokenAsync(id, cancellationToken)).ToOk(context, c => CallbackResponse.Of(c.Callback, urls, c.Token));

    private static async Task<Results<Ok<CallbackResponse>, ProblemHttpResult>> RevokePreviousAsync(
        Guid id, CallbackCommands callbacks, CallbackUrls urls, HttpContext context, CancellationToken cancellationToken)
        => (await callbacks.RevokePreviousTokenAsync(id, cancellationToken)).ToOk(context, c => CallbackResponse.Of(c, urls));

    private static async Task<Ok<IReadOnlyList<Rejection>>> RejectionsAsync(Guid id, CallbackQueries callbacks, int? limit, CancellationToken cancellationToken)
        => TypedResults.Ok(await callbacks.RejectionsAsync(id, Paging.Limit(limit), cancellationToken));

    private static async Task<Results<Ok<TriggerView>, ProblemHttpResult>> FindTriggerAsync(Guid id, TriggerKind kind, TriggerQueries triggers, CancellationToken cancellationToken)
        => await triggers.FindOfCallbackAsync(id, kind, cancellationToken) is { } trigger ? TypedResults.Ok(trigger) : NoTrigger(id, kind);

    private static async Task<Results<Created<TriggerView>, ProblemHttpResult>> CreateTriggerAsync(
        Guid id, TriggerKind kind, TriggerInput input, TriggerQueries queries, TriggerCommands commands, HttpContext context, CancellationToken cancellationToken)
    {
        if (await queries.FindOfCallbackAsync(id, kind, cancellationToken) is not null)
            return ApiProblems.Problem(StatusCodes.Status409Conflict, "conflict", "Not possible in the present state", $"This callback has an {Word(kind)} trigger already. Change it with PUT, or make more with POST /api/triggers.");
        var result = await commands.CreateAsync(input with { Kind = kind, CallbackId = id }, cancellationToken);
        return result.ToCreated(context, t => $"/api/triggers/{t.Id}", t => t);
    }

    private static async Task<Results<Ok<TriggerView>, ProblemHttpResult>> UpdateTriggerAsync(
        Guid id, TriggerKind kind, TriggerInput input, TriggerQueries queries, TriggerCommands commands, HttpContext context, CancellationToken cancellationToken)
        => await queries.FindOfCallbackAsync(id, kind, cancellationToken) is { } trigger
            ? (await commands.UpdateAsync(trigger.Id, input, cancellationToken)).ToOk(context)
            : NoTrigger(id, kind);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteTriggerAsync(
        Guid id, TriggerKind kind, TriggerQueries queries, TriggerCommands commands, HttpContext context, CancellationToken cancellationToken)
        => await queries.FindOfCallbackAsync(id, kind, cancellationToken) is { } trigger
            ? (await commands.DeleteAsync(trigger.Id, cancellationToken)).ToNoContent(context)
            : NoTrigger(id, kind);

    private static string Word(TriggerKind kind) => kind.ToString().ToUpperInvariant();

    private static ProblemHttpResult NoTrigger(Guid id, TriggerKind kind)
        => ApiProblems.Problem(StatusCodes.Status404NotFound, "not-found", "Not found", $"The callback {id} has no {Word(kind)} trigger.");
}
