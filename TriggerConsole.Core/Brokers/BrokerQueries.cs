using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Brokers;

/// <summary>Reads brokers of one kind, each with what its connection is doing, for pages and API.</summary>
internal abstract class BrokerQueries<TRow, TSettings, TBroker, TView>(IDbContextFactory<TriggerConsoleDbContext> contexts, BrokerRows<TRow, TSettings, TBroker> rows)
    where TRow : StoredBroker
    where TSettings : class
    where TBroker : RuntimeBroker
    where TView : class
{
    /// <param name="q">Text in name or address; case does not count.</param>
    public async Task<PageOf<TView>> ListAsync(string? q, bool? enabled, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var brokers = rows.In(context).AsNoTracking();
        if (enabled is { } on) brokers = brokers.Where(b => b.Enabled == on);
        if (!string.IsNullOrWhiteSpace(q))
        {
            var text = q.Trim().ToLowerInvariant();
            // ToLower is the database's
#pragma warning disable CA1304, CA1311, CA1862
            brokers = brokers.Where(b => b.Name.ToLower().Contains(text) || b.Settings.ToLower().Contains(text));
#pragma warning restore CA1304, CA1311, CA1862
        }
        var total = await brokers.CountAsync(cancellationToken);
        var found = await brokers.OrderBy(b => b.Name).ThenBy(b => b.Id).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new([.. found.Select(r => View(r, rows.Read(r)))], total, page, pageSize);
    }

    public async Task<TView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await rows.In(context).AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is { } row ? View(row, rows.Read(row)) : null;
    }

    protected abstract TView View(TRow row, TSettings settings);
}
