using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Api;

[JsonConverter(typeof(CamelCaseEnum<ExecuteMode>))]
internal enum ExecuteMode
{
    Async,
    Sync,
}

/// <summary>A call of one trigger by name.</summary>
internal sealed record ExecuteRequest
{
    public JsonElement? Payload { get; init; }

    public Dictionary<string, string>? Variables { get; init; }

    public ExecuteMode Mode { get; init; }

    public int? Priority { get; init; }

    public double? DelaySeconds { get; init; }

    public DateTimeOffset? ScheduledAt { get; init; }

    public string? IdempotencyKey { get; init; }
}

/// <summary>An accepted execution.</summary>
/// <param name="Duplicate">The idempotency key had been accepted before; this is the execution it made then.</param>
internal sealed record ExecuteResponse(Guid ExecutionId, ExecutionStatus Status, string StatusUrl, bool Duplicate);

internal static class ExecuteApi
{
    public static void MapExecute(this IEndpointRouteBuilder routes)
    {
        foreach (var kind in routes.ServiceProvider.GetRequiredService<TriggerKinds>().All)
            Map(routes, $"/api/triggers/{kind.Kind.ToString().ToLowerInvariant()}/{{id:guid}}/{(kind.Kind == TriggerKind.Http ? "execute" : "publish")}", kind.Kind);
    }

    private static void Map(IEndpointRouteBuilder routes, string pattern, TriggerKind kind)
        => routes.MapPost(pattern, (Guid id, ExecuteRequest request, TriggerDirectory triggers, TriggerExecutor executor, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
                => ExecuteAsync(id, kind, request, triggers, executor, user, context, cancellationToken))
            .RequireAuthorization(Permissions.Run).WithTags("Executions").WithSummary($"Run an {kind.ToString().ToUpperInvariant()} trigger now, later or on schedule; async (202) or sync (200 with the finished execution)");

    private static async Task<Results<Accepted<ExecuteResponse>, Ok<ExecutionDetails>, ProblemHttpResult>> ExecuteAsync(
        Guid id, TriggerKind kind, ExecuteRequest request, TriggerDirectory triggers, TriggerExecutor executor, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (triggers.Find(id)?.Kind.Kind != kind)
            return ApiProblems.Problem(StatusCodes.Status404NotFound, "not-found", "Not found", $"There is no {kind.ToString().ToUpperInvariant()} trigger {id}.");
        var input = new ExecuteInput
        {
            Payload = request.Payload,
            Variables = request.Variables,
            Priority = request.Priority,
            DelaySeconds = request.DelaySeconds,
            ScheduledAt = request.ScheduledAt,
            IdempotencyKey = request.IdempotencyKey,
        };
        var path = context.Request.Path.ToString();
        if (request.Mode == ExecuteMode.Async)
        {
            var result = await executor.ExecuteAsync(id, input, user.Actor(), path, cancellationToken);
            if (result.Refusal is { } refused) return ApiProblems.From(refused, context);
            return Accepted(result.Value!);
        }
        var (receipt, finished) = await executor.ExecuteAndWaitAsync(id, input, user.Actor(), path, cancellationToken);
        if (receipt.Refusal is { } refusal) return ApiProblems.From(refusal, context);
        if (finished is not null) return TypedResults.Ok(finished);
        context.Response.Headers.Location = StatusUrl(receipt.Value!.ExecutionId);
        return ApiProblems.Problem(StatusCodes.Status504GatewayTimeout, "not-finished", "Not finished in time",
            $"The execution {receipt.Value!.ExecutionId} was accepted and goes on; it had not finished within the limit. Ask {StatusUrl(receipt.Value!.ExecutionId)} for its state.");
    }

    private static Accepted<ExecuteResponse> Accepted(ExecuteReceipt receipt)
        => TypedResults.Accepted(StatusUrl(receipt.ExecutionId), new ExecuteResponse(receipt.ExecutionId, receipt.Status, StatusUrl(receipt.ExecutionId), receipt.IsDuplicate));

    private static string StatusUrl(Guid id) => $"/api/executions/{id}";
}
