using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Authentication;
using TriggerConsole.Core;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Api;

/// <summary>Filters of the executions list. <c>status</c> may be given several times or separated by commas.</summary>
internal readonly record struct ExecutionListQuery(
    [FromQuery] string[]? Status, [FromQuery] TriggerKind? Kind, [FromQuery] Guid? TriggerId, [FromQuery] Guid? CallbackId, [FromQuery] DateTimeOffset? From,
    [FromQuery] DateTimeOffset? To, [FromQuery] string? Q, [FromQuery] string? Code, [FromQuery] bool? Test, [FromQuery] string? Cursor, [FromQuery] int? PageSize);

/// <summary>Replays one: without a payload the same event again.</summary>
internal sealed record ReplayRequest
{
    /// <summary>A JSON value that replaces the payload.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Text that replaces the payload, for payloads that are not JSON; with <see cref="ContentType"/>.</summary>
    public string? PayloadText { get; init; }

    public string? ContentType { get; init; }

    public EditedPayload? Edited => Payload is { } json
        ? new(JsonSerializer.SerializeToUtf8Bytes(json, CoreJson.Options), ContentType ?? "application/json")
        : PayloadText is { } text ? new(System.Text.Encoding.UTF8.GetBytes(text), ContentType) : null;
}

internal static class ExecutionsApi
{
    public static RouteGroupBuilder MapExecutions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/executions").WithTags("Executions");
        group.WithDefaultPermission(Permissions.Read);
        group.MapGet("/", ListAsync).WithSummary("List and search executions, newest first, page by cursor");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("One execution with its attempts");
        group.MapPost("/{id:guid}/retry", RetryAsync).RequireAuthorization(Permissions.Run).WithSummary("Try the same execution again now");
        group.MapPost("/{id:guid}/cancel", CancelAsync).RequireAuthorization(Permissions.Run).WithSummary("Cancel an execution that is not finished");
        group.MapPost("/{id:guid}/replay", ReplayAsync).RequireAuthorization(Permissions.Run).WithSummary("New execution from the stored event, optionally with an edited payload");
        return group;
    }

    private static async Task<Results<Ok<ExecutionPage>, ProblemHttpResult>> ListAsync([AsParameters] ExecutionListQuery query, ExecutionQueries executions, CancellationToken cancellationToken)
    {
        var statuses = new List<ExecutionStatus>();
        if (ListFilters.ReadStatuses(query.Status, statuses) is { } problem) return problem;
        if (ListFilters.CheckCursor(query.Cursor) is { } wrong) return wrong;
        var filter = new ExecutionFilter
        {
            Statuses = statuses,
            Kind = query.Kind,
            TriggerId = query.TriggerId,
            CallbackId = query.CallbackId,
            From = query.From,
            To = query.To,
            Q = query.Q,
            Code = query.Code,
            Test = query.Test,
        };
        return TypedResults.Ok(await executions.ListAsync(filter, query.Cursor, Paging.Limit(query.PageSize), cancellationToken));
    }

    private static async Task<Results<Ok<ExecutionDetails>, ProblemHttpResult>> FindAsync(Guid id, ExecutionQueries executions, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await executions.FindAsync(id, cancellationToken), "execution", id);

    private static async Task<Results<Ok<ExecutionDetails>, ProblemHttpResult>> RetryAsync(Guid id, ExecutionCommands executions, HttpContext context, CancellationToken cancellationToken)
        => (await executions.RetryAsync(id, context.User.Actor(), cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ExecutionDetails>, ProblemHttpResult>> CancelAsync(Guid id, ExecutionCommands executions, HttpContext context, CancellationToken cancellationToken)
        => (await executions.CancelAsync(id, context.User.Actor(), cancellationToken)).ToOk(context);

    private static async Task<Results<Accepted<ExecuteResponse>, ProblemHttpResult>> ReplayAsync(
        Guid id, ReplayRequest? request, ReplayCommands replays, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var result = await replays.ReplayAsync(id, request?.Edited, user.Actor(), cancellationToken);
        if (result.Refusal is { } refusal) return ApiProblems.From(refusal, context);
        var url = $"/api/executions/{result.Value!.ExecutionId}";
        return TypedResults.Accepted(url, new ExecuteResponse(result.Value!.ExecutionId, result.Value!.Status, url, Duplicate: false));
    }
}
