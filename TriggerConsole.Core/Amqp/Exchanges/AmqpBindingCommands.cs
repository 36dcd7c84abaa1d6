using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>Binds queues to exchanges, at the broker first and then here. It needs a connection.</summary>
internal sealed class AmqpBindingCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, AmqpBrokerDirectory brokers, AmqpExchangeDirectory exchanges, AmqpConnections connections, TimeProvider time)
{
    private const int Most = 1000;

    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(5);

    /// <summary>The bindings made here, the oldest first; null when there is no such exchange.</summary>
    public async Task<IReadOnlyList<AmqpBindingView>?> ListAsync(Guid exchangeId, CancellationToken cancellationToken)
    {
        if (exchanges.Find(exchangeId) is null) return null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. (await context.AmqpBindings.AsNoTracking().Where(b => b.ExchangeId == exchangeId).OrderBy(b => b.Id).ToListAsync(cancellationToken)).Select(AmqpBindingRows.ToView)];
    }

    public async Task<CommandResult<AmqpBindingView>> CreateAsync(Guid exchangeId, AmqpBindingInput input, CancellationToken cancellationToken)
    {
        if (Find(exchangeId) is not var (exchange, broker)) return NoExchange(exchangeId);
        var (queue, routingKey) = (input.Queue ?? "", input.RoutingKey ?? "");
        var errors = new FieldErrors();
        Check(input, exchange, errors);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var arguments = AmqpArguments.Write(input.Arguments);
        if (!errors.Any && await context.AmqpBindings.CountAsync(b => b.ExchangeId == exchangeId, cancellationToken) >= Most) errors.Add("", $"An exchange has at most {Most:N0} bindings here.");
        if (errors.Any) return new Refusal.Invalid(errors.All);
        var (connection, whyNot) = await connections.UseAsync(broker, s_connectLimit, cancellationToken);
        if (connection is null) return new Refusal.Conflict($"{whyNot} A binding is made at the broker, so nothing was done.");
        var result = await AmqpTopology.BindAsync(connection.Client, exchange.Name, queue, routingKey, input.Arguments ?? [], input.CreateQueue, cancellationToken);
        if (result.Status != AmqpOperationStatus.Done) return RefusalOf(result, exchange.Name, queue, input.CreateQueue is not null, connection);
        if (await context.AmqpBindings.AsNoTracking().FirstOrDefaultAsync(b => b.ExchangeId == exchangeId && b.Queue == queue && b.RoutingKey == routingKey && b.Arguments == arguments, cancellationToken) is { } known)
            return AmqpBindingRows.ToView(known);
        var now = time.Now();
        var row = new AmqpBinding
        {
            Id = Uuid7.New(now),
            ExchangeId = exchangeId,
            Queue = queue,
            RoutingKey = routingKey,
            Arguments = arguments,
            QueueSettings = input.CreateQueue is { } create ? JsonSerializer.Serialize(create, CoreJson.Options) : null,
            CreatedAt = now,
        };
        context.AmqpBindings.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        return AmqpBindingRows.ToView(row);
    }

    /// <summary>Takes the binding away at the broker and here. The queue stays.</summary>
    public async Task<CommandResult<bool>> DeleteAsync(Guid exchangeId, Guid id, CancellationToken cancellationToken)
    {
        if (Find(exchangeId) is not var (exchange, broker)) return NoExchange(exchangeId);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AmqpBindings.SingleOrDefaultAsync(b => b.Id == id && b.ExchangeId == exchangeId, cancellationToken) is not { } row) return new Refusal.NotFound($"The exchange {exchange.Name} has no binding {id} here.");
        var (connection, whyNot) = await connections.UseAsync(broker, s_connectLimit, cancellationToken);
        if (connection is null) return new Refusal.Conflict($"{whyNot} A binding is taken away at the broker, so nothing was done.");
        var result = await connection.Client.RunAsync(
            (channel, token) => channel.QueueUnbindAsync(row.Queue, exchange.Name, row.RoutingKey, AmqpArguments.ToTable(AmqpArguments.Read(row.Arguments)), token), cancellationToken);
        // A queue or exchange that is gone has no bindings either
        if (result.Status != AmqpOperationStatus.Done && result is not { Status: AmqpOperationStatus.Refused, ReplyCode: 404 }) return RefusalOf(result, exchange.Name, row.Queue, false, connection);
        context.AmqpBindings.Remove(row);
        await context.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>What a binding may be, without asking the broker.</summary>
    internal static void Check(AmqpBindingInput input, RuntimeAmqpExchange exchange, FieldErrors errors)
    {
        if (AmqpNames.WhyNotName(input.Queue, "queue") is { } why) errors.Add("queue", why);
        else if (input.CreateQueue is not null && input.Queue!.StartsWith(AmqpNames.ReservedPrefix, StringComparison.Ordinal)) errors.Add("queue", "Names that begin with amq. are the broker's own and cannot be made. Choose another name.");
        if (input.RoutingKey is { } key && AmqpNames.WhyNotRoutingKey(key) is { } wrong) errors.Add("routingKey", wrong);
        AmqpArguments.Check(input.Arguments, errors, "arguments");
        AmqpArguments.Check(input.CreateQueue?.Arguments, errors, "createQueue.arguments");
        if (input.Arguments is { } arguments && arguments.TryGetValue("x-match", out var match) && exchange.Type == AmqpExchangeType.Headers
            && (match.ValueKind != JsonValueKind.String || match.GetString() is not ("all" or "any" or "all-with-x" or "any-with-x"))) errors.Add("arguments.x-match", "Choose all or any.");
    }

    private static Refusal RefusalOf(AmqpOperationResult result, string exchange, string queue, bool creates, AmqpConnection connection)
    {
        var said = result.ReplyText is { } text ? connection.Masker.MaskText(text) : "";
        return result switch
        {
            { Status: AmqpOperationStatus.Refused, ReplyCode: 404 } when !creates && said.Contains("queue", StringComparison.Ordinal)
                => new Refusal.Invalid("queue", $"There is no queue {queue} at the broker. Correct the name, or let it be made as well."),
            { Status: AmqpOperationStatus.Refused, ReplyCode: 404 } => new Refusal.Conflict($"There is no exchange {exchange} at the broker. Check the exchange again first. It said: {said}"),
            { Status: AmqpOperationStatus.Refused, ReplyCode: 403 } => new Refusal.Conflict($"The broker does not let this user do that: {said}"),
            { Status: AmqpOperationStatus.Refused, ReplyCode: 406 } => new Refusal.Conflict($"The broker does not make the queue {queue} like this: it has one of that name, made otherwise, or an argument is wrong. It said: {said}"),
            { Status: AmqpOperationStatus.Refused } => new Refusal.Conflict($"The broker refused: {said}"),
            _ => new Refusal.Unavailable("The connection to the broker broke before it answered. Try again in a moment.", TimeSpan.FromSeconds(5)),
        };
    }

    private (RuntimeAmqpExchange Exchange, RuntimeAmqpBroker Broker)? Find(Guid exchangeId)
        => exchanges.Find(exchangeId) is { } exchange && brokers.Find(exchange.BrokerId) is { } broker ? (exchange, broker) : null;

    private static Refusal.NotFound NoExchange(Guid id) => new($"There is no exchange {id}.");
}
