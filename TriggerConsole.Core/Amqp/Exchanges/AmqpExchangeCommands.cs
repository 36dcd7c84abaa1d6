using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>
/// Makes, changes and deletes exchanges. What the broker refuses is not saved; while it is away exchanges are saved and made when it is
/// back.
/// </summary>
internal sealed class AmqpExchangeCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, AmqpBrokerDirectory brokers, AmqpExchangeDirectory directory, AmqpConnections connections, AmqpTopology topology,
    AmqpExchangeQueries queries, AmqpExchangeUses uses, TimeProvider time)
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(5);

    /// <summary>Fills the directory, and takes out what is gone.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = directory.All.Select(e => e.Id).ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.AmqpExchanges.AsNoTracking().ToListAsync(cancellationToken);
        foreach (var row in stored) directory.Set(ToRuntime(row));
        foreach (var gone in known.Except(stored.Select(e => e.Id))) Forget(gone);
    }

    /// <summary>Takes over what another node has made of an exchange, and looks what it is at the broker.</summary>
    public async Task ReloadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AmqpExchanges.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } row)
        {
            Forget(id);
            return;
        }
        var exchange = ToRuntime(row);
        directory.Set(exchange);
        if (connections.Find(exchange.BrokerId) is { IsPrepared: true } connection) await topology.SettleAsync(connection.Client, exchange, connection.Masker, cancellationToken);
    }

    private void Forget(Guid id)
    {
        directory.Remove(id);
        topology.Forget(id);
    }

    public async Task<CommandResult<AmqpExchangeView>> CreateAsync(AmqpExchangeInput input, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (input.BrokerId is null) errors.Add("brokerId", "Choose the broker that the exchange is at. Brokers are made under Brokers, or with POST /api/amqp/brokers.");
        else if (brokers.Find(input.BrokerId.Value) is null) errors.Add("brokerId", "There is no AMQP broker with this id.");
        if (AmqpNames.WhyNotName(input.Name, "exchange") is { } why) errors.Add("name", why);
        else if (input.Name!.StartsWith(AmqpNames.ReservedPrefix, StringComparison.Ordinal) && input.Declare != false)
            errors.Add("name", "Names that begin with amq. are the broker's own and cannot be made. Choose another name, or, to use one that is there, only check it (declare: false).");
        if (input.Type is null) errors.Add("type", "Choose direct, topic, fanout or headers.");
        var now = time.Now();
        var row = new AmqpExchange { Id = Uuid7.New(now), BrokerId = input.BrokerId ?? Guid.Empty, Name = input.Name ?? "", Arguments = AmqpArguments.None, CreatedAt = now, UpdatedAt = now };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!errors.Any && await context.AmqpExchanges.AnyAsync(e => e.BrokerId == row.BrokerId && e.Name == row.Name, cancellationToken))
            errors.Add("name", "This exchange is known here already. Change that one, or choose another name.");
        context.AmqpExchanges.Add(row);
        return await SaveAsync(context, row, input, errors, cancellationToken);
    }

    public async Task<CommandResult<AmqpExchangeView>> UpdateAsync(Guid id, AmqpExchangeInput input, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AmqpExchanges.SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } row) return NotFound(id);
        if (input.Version is { } version && version != row.Version)
            return new Refusal.Conflict("Someone else has changed this exchange since you opened it. Load it again and repeat your change.");
        var errors = new FieldErrors();
        if (input.BrokerId is { } broker && broker != row.BrokerId) errors.Add("brokerId", "An exchange stays at its broker. Make a new one at the other.");
        if (input.Name is { } name && name != row.Name) errors.Add("name", "A broker cannot rename an exchange. Make a new one with the other name.");
        if (input.Declare == true && row.Name.StartsWith(AmqpNames.ReservedPrefix, StringComparison.Ordinal)) errors.Add("declare", "Names that begin with amq. are the broker's own and cannot be made.");
        return await SaveAsync(context, row, input, errors, cancellationToken);
    }

    /// <summary>Looks again what the exchange is at its broker, and makes it when it is to be declared.</summary>
    public async Task<CommandResult<AmqpExchangeView>> CheckAsync(Guid id, CancellationToken cancellationToken)
    {
        if (directory.Find(id) is not { } exchange || brokers.Find(exchange.BrokerId) is not { } broker) return NotFound(id);
        var (connection, whyNot) = await connections.UseAsync(broker, s_connectLimit, cancellationToken);
        if (connection is null) return new Refusal.Conflict(whyNot!);
        await topology.SettleAsync(connection.Client, exchange, connection.Masker, cancellationToken);
        return await queries.FindAsync(id, cancellationToken) is { } view ? view : NotFound(id);
    }

    /// <summary>Forgets an exchange that no trigger uses.</summary>
    /// <param name="atBroker">Deletes it at the broker as well, with all its bindings.</param>
    public async Task<CommandResult<bool>> DeleteAsync(Guid id, bool atBroker, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AmqpExchanges.SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } row || brokers.Find(row.BrokerId) is not { } broker) return NotFound(id);
        if (uses.Of(id) is { Count: > 0 } users)
            return new Refusal.Conflict($"The exchange {row.Name} is used by {BrokerUses.Names(users)}. Delete {(users.Count == 1 ? "that trigger" : "those triggers")}, or choose another exchange there, first.");
        if (atBroker)
        {
            var (connection, whyNot) = await connections.UseAsync(broker, s_connectLimit, cancellationToken);
            if (connection is null) return new Refusal.Conflict($"{whyNot} Nothing was deleted.");
            var result = await connection.Client.RunAsync((channel, token) => channel.ExchangeDeleteAsync(row.Name, cancellationToken: token), cancellationToken);
            if (result.Status != Client.AmqpOperationStatus.Done) return new Refusal.Conflict($"The broker did not delete the exchange{(result.ReplyText is { } said ? $": {connection.Masker.MaskText(said)}" : "")}. Nothing was deleted here either.");
        }
        context.AmqpExchanges.Remove(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Changed();
        }
        Forget(id);
        return true;
    }

    private async Task<CommandResult<AmqpExchangeView>> SaveAsync(TriggerConsoleDbContext context, AmqpExchange row, AmqpExchangeInput input, FieldErrors errors, CancellationToken cancellationToken)
    {
        row.Type = input.Type ?? row.Type;
        row.Durable = input.Durable ?? row.Durable;
        row.AutoDelete = input.AutoDelete ?? row.AutoDelete;
        row.Internal = input.Internal ?? row.Internal;
        row.Declare = input.Declare ?? row.Declare;
        if (input.AlternateExchange is { } alternate)
        {
            row.AlternateExchange = alternate.Length == 0 ? null : alternate;
            if (alternate.Length > 0 && AmqpNames.WhyNotName(alternate, "exchange") is { } why) errors.Add("alternateExchange", why);
        }
        if (input.Arguments is { } arguments)
        {
            AmqpArguments.Check(arguments, errors, "arguments");
            if (arguments.ContainsKey("alternate-exchange")) errors.Add("arguments.alternate-exchange", "This has a field of its own: alternateExchange.");
            row.Arguments = AmqpArguments.Write(arguments);
        }
        if (row.Internal && uses.Of(row.Id) is { Count: > 0 } users) errors.Add("internal", $"An internal exchange takes nothing from publishers, and {BrokerUses.Names(users)} would publish to it.");
        if (errors.Any) return new Refusal.Invalid(errors.All);
        var exchange = ToRuntime(row);
        if (await TryAtBrokerAsync(exchange, errors, cancellationToken) is { } conflict) return conflict;
        if (errors.Any) return new Refusal.Invalid(errors.All);
        row.UpdatedAt = time.Now();
        row.Version++;
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Changed();
        }
        catch (DbUpdateException) when (row.Version == 1)
        {
            // The unique index: someone made it between our look and our write
            return new Refusal.Invalid("name", "This exchange has just been made known here by someone else. Change that one, or choose another name.");
        }
        directory.Set(exchange);
        return (await queries.FindAsync(row.Id, cancellationToken))!;
    }

    // While the broker is away it is saved all the same, and made when the broker is back
    private async Task<Refusal?> TryAtBrokerAsync(RuntimeAmqpExchange exchange, FieldErrors errors, CancellationToken cancellationToken)
    {
        var (connection, _) = await connections.UseAsync(brokers.Find(exchange.BrokerId)!, s_connectLimit, cancellationToken);
        if (connection is null) return null;
        var status = await topology.TryAsync(connection.Client, exchange, connection.Masker, cancellationToken);
        switch (status.State)
        {
            case AmqpExchangeState.Clash:
                return new AmqpExchangeClash(status.Detail!, exchange.Definition, status.Actual);
            case AmqpExchangeState.Refused:
                errors.Add("name", status.Detail!);
                return null;
            default:
                topology.Note(exchange.Id, status);
                return null;
        }
    }

    private static RuntimeAmqpExchange ToRuntime(AmqpExchange row) => new(row.Id, row.BrokerId, row.Name, row.Type, AmqpExchangeDefinition.Of(row), row.Declare);

    private static Refusal.Conflict Changed() => new("Someone else has changed this exchange at the same moment. Load it again and repeat your change.");

    private static Refusal.NotFound NotFound(Guid id) => new($"There is no exchange {id}.");
}
