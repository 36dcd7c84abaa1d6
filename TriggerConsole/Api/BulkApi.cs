using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Api;

/// <summary>Many executions: by ids or by filter. With <c>dryRun</c> they are only counted.</summary>
internal record BulkRequest
{
    public IReadOnlyList<Guid>? Ids { get; init; }

    public ExecutionFilter? Filter { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Left out: as fast as the engine accepts.</summary>
    public double? RatePerSecond { get; init; }
}

/// <summary>Replays many.</summary>
internal sealed record BulkReplayRequest : BulkRequest
{
    /// <summary>A JSON value that replaces the payload of each.</summary>
    public JsonElement? Payload { get; init; }
}

/// <param name="Count">Executions that are meant.</param>
/// <param name="Run">The run, under way or ended; null for a dry run.</param>
internal sealed record BulkResponse(int Count, bool DryRun, BulkRunView? Run, string? StatusUrl);

/// <summary>What is done with many executions at once: <c>/api/executions/replay</c> and <c>/retry</c> start a run, <c>/runs/{id}</c> tells how far it is.</summary>
internal static class BulkApi
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static RouteGroupBuilder MapBulk(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/executions").WithTags("Executions");
        group.WithDefaultPermission(Permissions.Read);
        group.MapPost("/replay", ReplayAsync).RequireAuthorization(Permissions.Run).WithSummary("Replay many by ids or filter; dryRun counts first");
        group.MapPost("/retry", RetryAsync).RequireAuthorization(Permissions.Run).WithSummary("Try many again in place, by ids or filter; dryRun counts first");
        group.MapGet("/runs/{id:guid}", Find).WithSummary("Progress of a bulk run");
        group.MapPost("/runs/{id:guid}/stop", Stop).RequireAuthorization(Permissions.Run).WithSummary("Stop a bulk run; what it did stays done");
        return group;
    }

    private static Task<Results<Ok<BulkResponse>, Accepted<BulkResponse>, ProblemHttpResult>> ReplayAsync(
        BulkReplayRequest request, BulkReplays replays, BulkRunner runner, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var edited = request.Payload is { } payload ? new EditedPayload(JsonSerializer.SerializeToUtf8Bytes(payload, CoreJson.Options), "application/json") : null;
        return StartAsync(request, runner, context, selection => replays.StartAsync(selection, edited, request.RatePerSecond, user.Actor(), cancellationToken), cancellationToken);
    }

    private static Task<Results<Ok<BulkResponse>, Accepted<BulkResponse>, ProblemHttpResult>> RetryAsync(
        BulkRequest request, BulkRetries retries, BulkRunner runner, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => StartAsync(request, runner, context, selection => retries.StartAsync(selection, request.RatePerSecond, user.Actor(), cancellationToken), cancellationToken);

    private static async Task<Results<Ok<BulkResponse>, Accepted<BulkResponse>, ProblemHttpResult>> StartAsync(
        BulkRequest request, BulkRunner runner, HttpContext context, Func<BulkSelection, Task<CommandResult<BulkRunView>>> start, CancellationToken cancellationToken)
    {
        if (request.Filter is null == request.Ids is null) return ApiProblems.Invalid("ids", "Give either ids or a filter.");
        var selection = new BulkSelection(request.Filter, request.Ids);
        if (request.DryRun) return TypedResults.Ok(new BulkResponse(await runner.CountAsync(selection, cancellationToken), true, null, null));
        var started = await start(selection);
        if (started.Refusal is { } refusal) return ApiProblems.From(refusal, context);
        var id = started.Value!.Id;
        var run = (await runner.WaitAsync(id, s_patience))!;
        var response = new BulkResponse(run.Total, false, run, $"/api/executions/runs/{id}");
        return run.IsFinished ? TypedResults.Ok(response) : TypedResults.Accepted(response.StatusUrl, response);
    }

    private static Results<Ok<BulkRunView>, ProblemHttpResult> Find(Guid id, BulkRunner runner) => ApiResults.OkOr404(runner.Find(id), "bulk run", id);

    private static Results<Ok<BulkRunView>, ProblemHttpResult> Stop(Guid id, BulkRunner runner) => ApiResults.OkOr404(runner.Stop(id), "bulk run", id);
}
