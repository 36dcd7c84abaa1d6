using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>Reads exchanges, each with what is known of it at its broker, for pages and API.</summary>
internal sealed class AmqpExchangeQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, AmqpBrokerDirectory brokers, AmqpTopology topology, AmqpExchangeUses uses)
{
    /// <param name="q">Text in the name; case does not count.</param>
    public async Task<PageOf<AmqpExchangeView>> ListAsync(Guid? brokerId, string? q, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var exchanges = context.AmqpExchanges.AsNoTracking();
        if (brokerId is { } broker) exchanges = exchanges.Where(e => e.BrokerId == broker);
        if (!string.IsNullOrWhiteSpace(q))
        {
            var text = q.Trim().ToLowerInvariant();
            // ToLower is the database's
#pragma warning disable CA1304, CA1311, CA1862
            exchanges = exchanges.Where(e => e.Name.ToLower().Contains(text));
#pragma warning restore CA1304, CA1311, CA1862
        }
        var total = await exchanges.CountAsync(cancellationToken);
        var found = await WithBindings(context, exchanges.OrderBy(e => e.Name).ThenBy(e => e.Id).Skip((page - 1) * pageSize).Take(pageSize)).ToListAsync(cancellationToken);
        return new([.. found.Select(f => View(f.Exchange, f.Bindings))], total, page, pageSize);
    }

    public async Task<AmqpExchangeView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await WithBindings(context, context.AmqpExchanges.AsNoTracking().Where(e => e.Id == id)).SingleOrDefaultAsync(cancellationToken) is { } found ? View(found.Exchange, found.Bindings) : null;
    }

    private static IQueryable<Found> WithBindings(TriggerConsoleDbContext context, IQueryable<AmqpExchange> exchanges)
        => exchanges.Select(e => new Found { Exchange = e, Bindings = context.AmqpBindings.Count(b => b.ExchangeId == e.Id) });

    private AmqpExchangeView View(AmqpExchange row, int bindings) => new()
    {
        Id = row.Id,
        BrokerId = row.BrokerId,
        Broker = brokers.Find(row.BrokerId)?.Name ?? "",
        Name = row.Name,
        Type = row.Type,
        Durable = row.Durable,
        AutoDelete = row.AutoDelete,
        Internal = row.Internal,
        AlternateExchange = row.AlternateExchange,
        Arguments = AmqpArguments.Read(row.Arguments),
        Declare = row.Declare,
        Status = topology.StatusOf(row.Id),
        Triggers = uses.Of(row.Id).Count,
        Bindings = bindings,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        Version = row.Version,
    };

    private sealed class Found
    {
        public required AmqpExchange Exchange { get; init; }

        public required int Bindings { get; init; }
    }
}
