using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Api;

/// <summary>A connection to try: a saved broker, settings, or a saved broker with changes.</summary>
internal sealed record AmqpTestRequest
{
    /// <summary>A saved broker; what <see cref="Settings"/> leave out, secrets included, is taken from it.</summary>
    public Guid? BrokerId { get; init; }

    /// <summary>The same fields as a broker has.</summary>
    public AmqpBrokerInput? Settings { get; init; }
}

/// <summary>Filters of the list of messages. <c>status</c> may be given several times or separated by commas; <c>q</c> is text in exchange, queue or routing key.</summary>
internal readonly record struct AmqpLogQuery(
    [FromQuery] Guid? BrokerId, [FromQuery] Guid? TriggerId, [FromQuery] string[]? Status, [FromQuery] DateTimeOffset? From, [FromQuery] DateTimeOffset? To,
    [FromQuery] string? Q, [FromQuery] string? Cursor, [FromQuery] int? PageSize);

/// <summary>The bindings of an exchange that were made here.</summary>
internal sealed record AmqpBindingList(IReadOnlyList<AmqpBindingView> Items);

internal static class AmqpApi
{
    public static RouteGroupBuilder MapAmqp(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/amqp").WithTags("AMQP");
        group.WithDefaultPermission(Permissions.Read);
        group.MapGet("/brokers", ListBrokersAsync).WithSummary("List and search brokers, each with the state of its connection");
        group.MapPost("/brokers", CreateBrokerAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Make a broker; its connection is made in the background");
        group.MapGet("/brokers/{id:guid}", FindBrokerAsync).WithSummary("One broker with the state of its connection");
        group.MapPut("/brokers/{id:guid}", UpdateBrokerAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Change a broker; what is left out stays, secrets included");
        group.MapDelete("/brokers/{id:guid}", DeleteBrokerAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Delete a broker; 409 while triggers or exchanges use it");
        group.MapGet("/brokers/{id:guid}/queue", FindQueueAsync).WithSummary("Whether the broker has a queue, and what waits in it");
        group.MapGet("/exchanges", ListExchangesAsync).WithSummary("List and search exchanges, each with what is known of it at its broker");
        group.MapPost("/exchanges", CreateExchangeAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Make an exchange known, and make it at the broker; 409 when the broker has another one of that name");
        group.MapGet("/exchanges/{id:guid}", FindExchangeAsync).WithSummary("One exchange with what is known of it at its broker");
        group.MapPut("/exchanges/{id:guid}", UpdateExchangeAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Change an exchange; what is left out stays");
        group.MapDelete("/exchanges/{id:guid}", DeleteExchangeAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Forget an exchange, and with atBroker=true delete it at the broker; 409 while triggers use it");
        group.MapPost("/exchanges/{id:guid}/check", CheckExchangeAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Look again what the exchange is at its broker, and make it when it is to be declared");
        group.MapGet("/exchanges/{id:guid}/bindings", ListBindingsAsync).WithSummary("List the bindings made here");
        group.MapPost("/exchanges/{id:guid}/bindings", CreateBindingAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Bind a queue to the exchange, and make the queue when asked to");
        group.MapDelete("/exchanges/{id:guid}/bindings/{bindingId:guid}", DeleteBindingAsync).RequireAuthorization(Permissions.EditBrokers).WithSummary("Take a binding away, here and at the broker; the queue stays");
        // Both send stored secrets, or messages of the caller's choice, to the broker
        group.MapPost("/test-connection", TestAsync).RequireAuthorization(Permissions.Test).WithSummary("Connect once, with a saved broker or with settings, and say how it went");
        group.MapPost("/publish", PublishAsync).RequireAuthorization(Permissions.Test).WithSummary("Publish one message without a trigger, and answer the recorded execution");
        group.MapGet("/logs", LogsAsync).WithSummary("List the messages sent, newest first, page by cursor");
        return group;
    }

    private static async Task<Ok<PageOf<AmqpBrokerView>>> ListBrokersAsync([AsParameters] Paging paging, AmqpBrokerQueries brokers, string? q, bool? enabled, CancellationToken cancellationToken)
        => TypedResults.Ok(await brokers.ListAsync(q, enabled, paging.Number, paging.Size, cancellationToken));

    private static async Task<Results<Created<AmqpBrokerView>, ProblemHttpResult>> CreateBrokerAsync(AmqpBrokerInput input, AmqpBrokerCommands brokers, HttpContext context, CancellationToken cancellationToken)
        => (await brokers.CreateAsync(input, cancellationToken)).ToCreated(context, b => $"/api/amqp/brokers/{b.Id}", b => b);

    private static async Task<Results<Ok<AmqpBrokerView>, ProblemHttpResult>> FindBrokerAsync(Guid id, AmqpBrokerQueries brokers, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await brokers.FindAsync(id, cancellationToken), "AMQP broker", id);

    private static async Task<Results<Ok<AmqpBrokerView>, ProblemHttpResult>> UpdateBrokerAsync(Guid id, AmqpBrokerInput input, AmqpBrokerCommands brokers, HttpContext context, CancellationToken cancellationToken)
        => (await brokers.UpdateAsync(id, input, cancellationToken)).ToOk(context);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteBrokerAsync(Guid id, AmqpBrokerCommands brokers, HttpContext context, CancellationToken cancellationToken)
        => (await brokers.DeleteAsync(id, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<AmqpQueueView>, ProblemHttpResult>> FindQueueAsync(Guid id, string? name, AmqpQueues queues, HttpContext context, CancellationToken cancellationToken)
        => (await queues.FindAsync(id, name ?? "", cancellationToken)).ToOk(context);

    private static async Task<Ok<PageOf<AmqpExchangeView>>> ListExchangesAsync([AsParameters] Paging paging, AmqpExchangeQueries exchanges, Guid? brokerId, string? q, CancellationToken cancellationToken)
        => TypedResults.Ok(await exchanges.ListAsync(brokerId, q, paging.Number, paging.Size, cancellationToken));

    private static async Task<Results<Created<AmqpExchangeView>, ProblemHttpResult>> CreateExchangeAsync(AmqpExchangeInput input, AmqpExchangeCommands exchanges, HttpContext context, CancellationToken cancellationToken)
        => (await exchanges.CreateAsync(input, cancellationToken)).ToCreated(context, e => $"/api/amqp/exchanges/{e.Id}", e => e);

    private static async Task<Results<Ok<AmqpExchangeView>, ProblemHttpResult>> FindExchangeAsync(Guid id, AmqpExchangeQueries exchanges, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await exchanges.FindAsync(id, cancellationToken), "exchange", id);

    private static async Task<Results<Ok<AmqpExchangeView>, ProblemHttpResult>> UpdateExchangeAsync(Guid id, AmqpExchangeInput input, AmqpExchangeCommands exchanges, HttpContext context, CancellationToken cancellationToken)
        => (await exchanges.UpdateAsync(id, input, cancellationToken)).ToOk(context);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteExchangeAsync(Guid id, bool? atBroker, AmqpExchangeCommands exchanges, HttpContext context, CancellationToken cancellationToken)
        => (await exchanges.DeleteAsync(id, atBroker ?? false, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<AmqpExchangeView>, ProblemHttpResult>> CheckExchangeAsync(Guid id, AmqpExchangeCommands exchanges, HttpContext context, CancellationToken cancellationToken)
        => (await exchanges.CheckAsync(id, cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<AmqpBindingList>, ProblemHttpResult>> ListBindingsAsync(Guid id, AmqpBindingCommands bindings, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await bindings.ListAsync(id, cancellationToken) is { } found ? new AmqpBindingList(found) : null, "exchange", id);

    private static async Task<Results<Created<AmqpBindingView>, ProblemHttpResult>> CreateBindingAsync(Guid id, AmqpBindingInput input, AmqpBindingCommands bindings, HttpContext context, CancellationToken cancellationToken)
        => (await bindings.CreateAsync(id, input, cancellationToken)).ToCreated(context, b => $"/api/amqp/exchanges/{id}/bindings", b => b);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteBindingAsync(Guid id, Guid bindingId, AmqpBindingCommands bindings, HttpContext context, CancellationToken cancellationToken)
        => (await bindings.DeleteAsync(id, bindingId, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<ConnectionTest>, ProblemHttpResult>> TestAsync(AmqpTestRequest request, AmqpBrokerTester tester, HttpContext context, CancellationToken cancellationToken)
        => (await tester.TestAsync(request.BrokerId, request.Settings ?? new(), cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ExecutionDetails>, ProblemHttpResult>> PublishAsync(
        AmqpPublishInput input, AmqpPublisher publisher, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await publisher.PublishAsync(input, user.Actor(), cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<MessageLogPage<AmqpLogEntry>>, ProblemHttpResult>> LogsAsync([AsParameters] AmqpLogQuery query, AmqpLogQueries logs, CancellationToken cancellationToken)
    {
        var statuses = new List<ExecutionStatus>();
        if (ListFilters.ReadStatuses(query.Status, statuses) is { } problem) return problem;
        if (ListFilters.CheckCursor(query.Cursor) is { } wrong) return wrong;
        var filter = new AmqpLogFilter { BrokerId = query.BrokerId, TriggerId = query.TriggerId, Statuses = statuses, From = query.From, To = query.To, Q = query.Q };
        return TypedResults.Ok(await logs.ListAsync(filter, query.Cursor, Paging.Limit(query.PageSize), cancellationToken));
    }
}
