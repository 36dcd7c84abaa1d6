using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>
/// Makes exchanges, queues and bindings at brokers, or looks whether they are there, and knows what came of it. What was made here is
/// made again on each connect: a broker that lost its data gets it back before anything is published.
/// </summary>
internal sealed class AmqpTopology(IDbContextFactory<TriggerConsoleDbContext> contexts, AmqpExchangeDirectory directory, TimeProvider time)
{
    /// <summary>A definition has fewer properties than this, and the broker names one at a time.</summary>
    private const int MostQuestions = 16;

    private const ushort NotFound = 404;
    private const ushort PreconditionFailed = 406;

    private readonly ConcurrentDictionary<Guid, AmqpExchangeStatus> _statuses = new();

    public AmqpExchangeStatus StatusOf(Guid exchangeId) => _statuses.GetValueOrDefault(exchangeId, AmqpExchangeStatus.Unknown);

    public void Forget(Guid exchangeId) => _statuses.TryRemove(exchangeId, out _);

    /// <summary>All exchanges and bindings of one broker, on a connection that has just come up.</summary>
    public async Task RestoreAsync(IAmqpClient client, RuntimeAmqpBroker broker, SecretMasker masker)
    {
        foreach (var exchange in directory.Of(broker.Id))
        {
            var status = await SettleAsync(client, exchange, masker, CancellationToken.None);
            if (exchange.Declare && status.State == AmqpExchangeState.Present) await RestoreBindingsAsync(client, exchange);
        }
    }

    /// <summary>Makes the exchange, or looks for it, as it says, and notes what came of it.</summary>
    public async Task<AmqpExchangeStatus> SettleAsync(IAmqpClient client, RuntimeAmqpExchange exchange, SecretMasker masker, CancellationToken cancellationToken)
    {
        var status = await TryAsync(client, exchange, masker, cancellationToken);
        Note(exchange.Id, status);
        return status;
    }

    /// <summary>What was found out last; a question without an answer changes nothing.</summary>
    public void Note(Guid exchangeId, AmqpExchangeStatus status)
    {
        if (status.State != AmqpExchangeState.Unknown) _statuses[exchangeId] = status;
    }

    /// <summary>The same, without a note: for an exchange that is not saved.</summary>
    public async Task<AmqpExchangeStatus> TryAsync(IAmqpClient client, RuntimeAmqpExchange exchange, SecretMasker masker, CancellationToken cancellationToken)
    {
        var result = exchange.Declare
            ? await DeclareAsync(client, exchange.Name, exchange.Definition, cancellationToken)
            : await client.RunAsync((channel, token) => channel.ExchangeDeclarePassiveAsync(exchange.Name, token), cancellationToken);
        var now = time.Now();
        if (result.Status == AmqpOperationStatus.Done) return new(AmqpExchangeState.Present, null, null, now);
        if (result.Status != AmqpOperationStatus.Refused) return new(AmqpExchangeState.Unknown, "The connection to the broker broke before it answered.", null, null);
        var said = result.ReplyText is { } text ? masker.MaskText(text) : "";
        return result.ReplyCode switch
        {
            NotFound => new(AmqpExchangeState.Missing, $"There is no exchange {exchange.Name} at the broker. Make it there, or let it be declared from here.", null, now),
            PreconditionFailed => await ExplainClashAsync(client, exchange, said, now, cancellationToken),
            _ => new(AmqpExchangeState.Refused, $"The broker refused: {said}. Check what this user may configure.", null, now),
        };
    }

    /// <summary>Binds a queue, and makes it before when asked to.</summary>
    public static Task<AmqpOperationResult> BindAsync(
        IAmqpClient client, string exchange, string queue, string routingKey, IReadOnlyDictionary<string, System.Text.Json.JsonElement> arguments, AmqpQueueInput? create, CancellationToken cancellationToken)
        => client.RunAsync(async (channel, token) =>
        {
            if (create is not null) await channel.QueueDeclareAsync(queue, create.Durable, exclusive: false, create.AutoDelete, AmqpArguments.ToTable(create.Arguments), cancellationToken: token);
            await channel.QueueBindAsync(queue, exchange, routingKey, AmqpArguments.ToTable(arguments), cancellationToken: token);
        }, cancellationToken);

    private async Task RestoreBindingsAsync(IAmqpClient client, RuntimeAmqpExchange exchange)
    {
        await using var context = await contexts.CreateDbContextAsync();
        foreach (var row in await context.AmqpBindings.AsNoTracking().Where(b => b.ExchangeId == exchange.Id).OrderBy(b => b.Id).ToListAsync())
        {
            // One whose queue is gone for good takes nothing from the others
            await BindAsync(client, exchange.Name, row.Queue, row.RoutingKey, AmqpArguments.Read(row.Arguments), AmqpBindingRows.QueueOf(row), CancellationToken.None);
        }
    }

    private static Task<AmqpOperationResult> DeclareAsync(IAmqpClient client, string name, AmqpExchangeDefinition definition, CancellationToken cancellationToken)
        => client.RunAsync((channel, token) => channel.ExchangeDeclareAsync(
            name, definition.Type.ToString().ToLowerInvariant(), definition.Durable, definition.AutoDelete, definition.ToTable(), cancellationToken: token), definition.Internal, cancellationToken);

    private static async Task<AmqpExchangeStatus> ExplainClashAsync(IAmqpClient client, RuntimeAmqpExchange exchange, string said, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var actual = await FindActualAsync(client, exchange, said, cancellationToken);
        var there = actual is null ? said : $"It is: {actual.InWords()}";
        return new(AmqpExchangeState.Clash,
            $"The broker has an exchange {exchange.Name} already, and it is another one. Wanted here: {exchange.Definition.InWords()}. {there}. Take over its definition, delete it at the broker, or choose another name.", actual, now);
    }

    /// <summary>
    /// The broker tells one difference at a time. Each is taken over and asked again, which makes nothing, because the exchange is there;
    /// in the end the definitions agree, and it is known.
    /// </summary>
    private static async Task<AmqpExchangeDefinition?> FindActualAsync(IAmqpClient client, RuntimeAmqpExchange exchange, string said, CancellationToken cancellationToken)
    {
        var guess = exchange.Definition;
        for (var i = 0; i < MostQuestions; i++)
        {
            if (InequivalentArgument.Read(said) is not { } difference || guess.With(difference) is not { } better || better == guess) return null;
            guess = better;
            var result = await DeclareAsync(client, exchange.Name, guess, cancellationToken);
            if (result.Status == AmqpOperationStatus.Done) return guess;
            if (result is not { Status: AmqpOperationStatus.Refused, ReplyCode: PreconditionFailed }) return null;
            said = result.ReplyText ?? "";
        }
        return null;
    }
}
