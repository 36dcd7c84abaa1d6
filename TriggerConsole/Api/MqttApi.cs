using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Api;

/// <summary>A connection to try: a saved broker, settings, or a saved broker with changes.</summary>
internal sealed record MqttTestRequest
{
    /// <summary>A saved broker; what <see cref="Settings"/> leave out, secrets included, is taken from it.</summary>
    public Guid? BrokerId { get; init; }

    /// <summary>The same fields as a broker has.</summary>
    public MqttBrokerInput? Settings { get; init; }
}

/// <summary>Filters of the list of messages. <c>status</c> may be given several times or separated by commas.</summary>
internal readonly record struct MqttLogQuery(
    [FromQuery] Guid? BrokerId, [FromQuery] Guid? TriggerId, [FromQuery] string[]? Status, [FromQuery] DateTimeOffset? From, [FromQuery] DateTimeOffset? To,
    [FromQuery] string? Topic, [FromQuery] string? Cursor, [FromQuery] int? PageSize);

internal static class MqttApi
{
    public static RouteGroupBuilder MapMqtt(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/mqtt").WithTags("MQTT");
        group.WithDefaultPermission(Permissions.Read);
        group.MapGet("/brokers", ListAsync).WithSummary("List and search brokers, each with the state of its connection");
        group.MapPost("/brokers", CreateAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Make a broker; its connection is made in the background");
        group.MapGet("/brokers/{id:guid}", FindAsync).WithSummary("One broker with the state of its connection");
        group.MapPut("/brokers/{id:guid}", UpdateAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Change a broker; what is left out stays, secrets included");
        group.MapDelete("/brokers/{id:guid}", DeleteAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Delete a broker; 409 while triggers use it");
        // Both send stored secrets, or messages of the caller's choice, to the broker
        group.MapPost("/test-connection", TestAsync).RequireAuthorization(Permissions.Test).WithSummary("Connect once, with a saved broker or with settings, and say how it went");
        group.MapPost("/publish", PublishAsync).RequireAuthorization(Permissions.Test).WithSummary("Publish one message without a trigger, and answer the recorded execution");
        group.MapGet("/logs", LogsAsync).WithSummary("List the messages sent, newest first, page by cursor");
        return group;
    }

    private static async Task<Ok<PageOf<MqttBrokerView>>> ListAsync([AsParameters] Paging paging, MqttBrokerQueries brokers, string? q, bool? enabled, CancellationToken cancellationToken)
        => TypedResults.Ok(await brokers.ListAsync(q, enabled, paging.Number, paging.Size, cancellationToken));

    private static async Task<Results<Created<MqttBrokerView>, ProblemHttpResult>> CreateAsync(MqttBrokerInput input, MqttBrokerCommands brokers, HttpContext context, CancellationToken cancellationToken)
        => (await brokers.CreateAsync(input, cancellationToken)).ToCreated(context, b => $"/api/mqtt/brokers/{b.Id}", b => b);

    private static async Task<Results<Ok<MqttBrokerView>, ProblemHttpResult>> FindAsync(Guid id, MqttBrokerQueries brokers, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await brokers.FindAsync(id, cancellationToken), "MQTT broker", id);

    private static async Task<Results<Ok<MqttBrokerView>, ProblemHttpResult>> UpdateAsync(Guid id, MqttBrokerInput input, MqttBrokerCommands brokers, HttpContext context, CancellationToken cancellationToken)
        => (await brokers.UpdateAsync(id, input, cancellationToken)).ToOk(context);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, MqttBrokerCommands brokers, HttpContext context, CancellationToken cancellationToken)
        => (await brokers.DeleteAsync(id, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<ConnectionTest>, ProblemHttpResult>> TestAsync(MqttTestRequest request, MqttBrokerTester tester, HttpContext context, CancellationToken cancellationToken)
        => (await tester.TestAsync(request.BrokerId, request.Settings ?? new(), cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ExecutionDetails>, ProblemHttpResult>> PublishAsync(
        MqttPublishInput input, MqttPublisher publisher, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await publisher.PublishAsync(input, user.Actor(), cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<MessageLogPage<MqttLogEntry>>, ProblemHttpResult>> LogsAsync([AsParameters] MqttLogQuery query, MqttLogQueries logs, CancellationToken cancellationToken)
    {
        var statuses = new List<ExecutionStatus>();
        if (ListFilters.ReadStatuses(query.Status, statuses) is { } problem) return problem;
        if (ListFilters.CheckCursor(query.Cursor) is { } wrong) return wrong;
        var filter = new MqttLogFilter { BrokerId = query.BrokerId, TriggerId = query.TriggerId, Statuses = statuses, From = query.From, To = query.To, Topic = query.Topic };
        return TypedResults.Ok(await logs.ListAsync(filter, query.Cursor, Paging.Limit(query.PageSize), cancellationToken));
    }
}
