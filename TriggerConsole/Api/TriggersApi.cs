using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Api;

internal static class TriggersApi
{
    public static RouteGroupBuilder MapTriggers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/triggers").WithTags("Triggers");
        group.WithDefaultPermission(Permissions.Read);
        group.MapGet("/", ListAsync).WithSummary("List and search triggers");
        group.MapPost("/", CreateAsync).RequireAuthorization(Permissions.EditTriggers).WithSummary("Make a trigger");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("One trigger");
        group.MapPut("/{id:guid}", UpdateAsync).RequireAuthorization(Permissions.EditTriggers).WithSummary("Change a trigger; what is left out stays, secrets included");
        group.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Permissions.EditTriggers).WithSummary("Delete a trigger and cancel what waits for it");
        group.MapPost("/{id:guid}/pause", PauseAsync).RequireAuthorization(Permissions.Pause).WithSummary("Pause: events are accepted and held");
        group.MapPost("/{id:guid}/resume", ResumeAsync).RequireAuthorization(Permissions.Pause).WithSummary("Resume: what was held runs");
        // Tests send real requests with settings of the caller's choice, stored secrets included
        group.MapPost("/test", TestAsync).RequireAuthorization(Permissions.Test).WithSummary("Run settings once, saved or not, and answer the attempt");
        group.MapPost("/preview", PreviewAsync).RequireAuthorization(Permissions.EditTriggers).WithSummary("Show what would be sent, secrets masked, without sending");
        return group;
    }

    private static async Task<Ok<PageOf<TriggerView>>> ListAsync(
        [AsParameters] Paging paging, TriggerQueries triggers, TriggerKind? kind, Guid? callbackId, string? q, CancellationToken cancellationToken)
        => TypedResults.Ok(await triggers.ListAsync(kind, callbackId, q, paging.Number, paging.Size, cancellationToken));

    private static async Task<Results<Created<TriggerView>, ProblemHttpResult>> CreateAsync(TriggerInput input, TriggerCommands triggers, HttpContext context, CancellationToken cancellationToken)
        => (await triggers.CreateAsync(input, cancellationToken)).ToCreated(context, t => $"/api/triggers/{t.Id}", t => t);

    private static async Task<Results<Ok<TriggerView>, ProblemHttpResult>> FindAsync(Guid id, TriggerQueries triggers, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await triggers.FindAsync(id, cancellationToken), "trigger", id);

    private static async Task<Results<Ok<TriggerView>, ProblemHttpResult>> UpdateAsync(Guid id, TriggerInput input, TriggerCommands triggers, HttpContext context, CancellationToken cancellationToken)
        => (await triggers.UpdateAsync(id, input, cancellationToken)).ToOk(context);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, TriggerCommands triggers, HttpContext context, CancellationToken cancellationToken)
        => (await triggers.DeleteAsync(id, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<TriggerView>, ProblemHttpResult>> PauseAsync(Guid id, TriggerCommands triggers, HttpContext context, CancellationToken cancellationToken)
        => (await triggers.SetPausedAsync(id, paused: true, cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<TriggerView>, ProblemHttpResult>> ResumeAsync(Guid id, TriggerCommands triggers, HttpContext context, CancellationToken cancellationToken)
        => (await triggers.SetPausedAsync(id, paused: false, cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ExecutionDetails>, ProblemHttpResult>> TestAsync(
        TestInput input, TriggerTester tester, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await tester.TestAsync(input, user.Actor(), cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<PreviewResponse>, ProblemHttpResult>> PreviewAsync(
        TestInput input, TriggerTester tester, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await tester.PreviewAsync(input, user.Actor(), cancellationToken)).ToOk(context, PreviewResponse.Of);
}

/// <summary>What would be sent.</summary>
/// <param name="Request">The same shape as the request recorded with an attempt; null when it cannot be rendered.</param>
/// <param name="Error">Why not.</param>
internal sealed record PreviewResponse(System.Text.Json.JsonElement? Request, string? Error)
{
    public static PreviewResponse Of(TriggerPreview preview)
        => new(preview.Request is { } json ? System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(json) : null, preview.Error);
}
