using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>Reads brokers, each with what its connection is doing, for pages and API.</summary>
internal sealed class MqttBrokerQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, MqttBrokerRows rows, MqttBrokerUses uses, MqttConnections connections)
{
    /// <param name="q">Text in name or address; case does not count.</param>
    public async Task<PageOf<MqttBrokerView>> ListAsync(string? q, bool? enabled, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var brokers = context.MqttBrokers.AsNoTracking();
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
        return new([.. found.Select(View)], total, page, pageSize);
    }

    public async Task<MqttBrokerView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.MqttBrokers.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is { } row ? View(row) : null;
    }

    private MqttBrokerView View(MqttBroker row) => MqttBrokerView.Of(row, rows.Read(row), connections.StatusOf(row.Id), uses.Of(row.Id).Count);
}
