using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Api;

/// <summary>An event with headers, payload and executions.</summary>
/// <param name="Body">As text when it is UTF-8, else in base64: <see cref="BodyEncoding"/> says which.</param>
internal sealed record EventResponse(EventView Event, IReadOnlyList<string[]> Headers, string Body, string BodyEncoding, IReadOnlyList<ExecutionView> Executions)
{
    public static EventResponse Of(EventDetails details)
    {
        var isText = System.Text.Unicode.Utf8.IsValid(details.Body);
        return new(details.Event, [.. details.Headers.Select(h => new[] { h.Key, h.Value })],
            isText ? System.Text.Encoding.UTF8.GetString(details.Body) : Convert.ToBase64String(details.Body), isText ? "text" : "base64", details.Executions);
    }
}

internal static class EventsApi
{
    public static RouteGroupBuilder MapEvents(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/events").WithTags("Events");
        group.WithDefaultPermission(Permissions.Read);
        group.MapGet("/", ListAsync).WithSummary("List events, newest first, page by cursor");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("One event with verdicts and executions");
        group.MapGet("/{id:guid}/body", BodyAsync).WithSummary("The payload, byte for byte");
        return group;
    }

    private static async Task<Results<Ok<EventPage>, ProblemHttpResult>> ListAsync(
        EventQueries events, Guid? callbackId, DateTimeOffset? from, DateTimeOffset? to, string? cursor, int? pageSize, CancellationToken cancellationToken)
        => cursor is not null && !Guid.TryParse(cursor, out _)
            ? ApiProblems.Invalid("cursor", "Give the nextCursor of the page before.")
            : TypedResults.Ok(await events.ListAsync(callbackId, from, to, cursor, Paging.Limit(pageSize), cancellationToken));

    private static async Task<Results<Ok<EventResponse>, ProblemHttpResult>> FindAsync(Guid id, EventQueries events, CancellationToken cancellationToken)
        => await events.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(EventResponse.Of(found)) : ApiProblems.NotFound("event", id);

    // Always as a download: a stored payload must never be rendered as a page of ours
    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> BodyAsync(Guid id, EventQueries events, CancellationToken cancellationToken)
        => await events.FindAsync(id, cancellationToken) is { } found
            ? TypedResults.File(found.Body, "application/octet-stream", $"event-{id}.bin")
            : ApiProblems.NotFound("event", id);
}
