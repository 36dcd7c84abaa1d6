using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Authentication;
using TriggerConsole.Core;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
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

/// <summary>Replays many: by ids or by filter. With <c>dryRun</c> only counts.</summary>
internal sealed record BulkReplayRequest
{
    public IReadOnlyList<Guid>? Ids { get; init; }

    public ExecutionFilter? Filter { get; init; }

    public bool DryRun { get; init; }

    public JsonElement? Payload { get; init; }

    public double? RatePerSecond { get; init; }
}

/// <param name="Count">Executions that are meant.</param>
/// <param name="Replay">The replay under way; null for a dry run.</param>
internal sealed record BulkReplayResponse(int Count, bool DryRun, BulkReplayView? Replay, string? StatusUrl);

internal static class ExecutionsApi
{
    private static readonly TimeSpan s_bulkPatience = TimeSpan.FromSeconds(2);

    public static RouteGroupBuilder MapExecutions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/executions").WithTags("Executions");
        group.RequireAuthorization(Policies.Viewer);
        group.MapGet("/", ListAsync).WithSummary("List and search executions, newest first, page by cursor");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("One execution with its attempts");
        group.MapPost("/{id:guid}/retry", RetryAsync).RequireAuthorization(Policies.Operator).WithSummary("Try the same execution again now");
        group.MapPost("/{id:guid}/cancel", CancelAsync).RequireAuthorization(Policies.Operator).WithSummary("Cancel an execution that is not finished");
        group.MapPost("/{id:guid}/replay", ReplayAsync).RequireAuthorization(Policies.Operator).WithSummary("New execution from the stored event, optionally with an edited payload");
        group.MapPost("/replay", ReplayManyAsync).RequireAuthorization(Policies.Operator).WithSummary("Replay many by ids or filter; dryRun counts first");
        group.MapGet("/replays/{id:guid}", FindReplay).WithSummary("Progress of a bulk replay");
        group.MapPost("/replays/{id:guid}/stop", StopReplay).RequireAuthorization(Policies.Operator).WithSummary("Stop a bulk replay");
        return group;
    }

    private static async Task<Results<Ok<ExecutionPage>, ProblemHttpResult>> ListAsync([AsParameters] ExecutionListQuery query, ExecutionQueries executions, CancellationToken cancellationToken)
    {
        var statuses = new List<ExecutionStatus>();
        foreach (var word in (query.Status ?? []).SelectMany(s => s.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (!Enum.TryParse<ExecutionStatus>(word, ignoreCase: true, out var status) || int.TryParse(word, out _))
                return ApiProblems.Invalid("status", $"{word} is no status. Use {string.Join(", ", Enum.GetNames<ExecutionStatus>())}.");
            statuses.Add(status);
        }
        if (query.Cursor is not null && !Guid.TryParse(query.Cursor, out _)) return ApiProblems.Invalid("cursor", "Give the nextCursor of the page before.");
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
        => (await executions.RetryAsync(id, cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ExecutionDetails>, ProblemHttpResult>> CancelAsync(Guid id, ExecutionCommands executions, HttpContext context, CancellationToken cancellationToken)
        => (await executions.CancelAsync(id, cancellationToken)).ToOk(context);

    private static async Task<Results<Accepted<ExecuteResponse>, ProblemHttpResult>> ReplayAsync(
        Guid id, ReplayRequest? request, ReplayCommands replays, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var result = await replays.ReplayAsync(id, request?.Edited, user.Actor(), cancellationToken);
        if (result.Refusal is { } refusal) return ApiProblems.From(refusal, context);
        var url = $"/api/executions/{result.Value!.ExecutionId}";
        return TypedResults.Accepted(url, new ExecuteResponse(result.Value!.ExecutionId, result.Value!.Status, url, Duplicate: false));
    }

    private static async Task<Results<Ok<BulkReplayResponse>, Accepted<BulkReplayResponse>, ProblemHttpResult>> ReplayManyAsync(
        BulkReplayRequest request, BulkReplays replays, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (request.Filter is null == request.Ids is null) return ApiProblems.Invalid("ids", "Give either ids or a filter.");
        if (request.DryRun) return TypedResults.Ok(new BulkReplayResponse(await replays.CountAsync(request.Filter, request.Ids, cancellationToken), true, null, null));
        var edited = request.Payload is { } payload ? new EditedPayload(JsonSerializer.SerializeToUtf8Bytes(payload, CoreJson.Options), "application/json") : null;
        var started = await replays.StartAsync(request.Filter, request.Ids, edited, request.RatePerSecond, user.Actor(), cancellationToken);
        if (started.Refusal is { } refusal) return ApiProblems.From(refusal, context);
        var id = started.Value!.Id;
        var replay = (await replays.WaitAsync(id, s_bulkPatience))!;
        var response = new BulkReplayResponse(replay.Total, false, replay, $"/api/executions/replays/{id}");
        return replay.IsFinished ? TypedResults.Ok(response) : TypedResults.Accepted(response.StatusUrl, response);
    }

    private static Results<Ok<BulkReplayView>, ProblemHttpResult> FindReplay(Guid id, BulkReplays replays) => ApiResults.OkOr404(replays.Find(id), "bulk replay", id);

    private static Results<Ok<BulkReplayView>, ProblemHttpResult> StopReplay(Guid id, BulkReplays replays) => ApiResults.OkOr404(replays.Stop(id), "bulk replay", id);
}
