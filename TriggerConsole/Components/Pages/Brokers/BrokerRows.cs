using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>The brokers of all protocols with what they are doing, and who needs them. All but the count of what waits comes from memory.</summary>
internal sealed class BrokerRows(IEnumerable<IBrokerSource> sources, TriggerDirectory triggers, ExecutionQueries executions)
{
    public const int PageSize = 50;

    /// <summary>Counting stops here: what is more is "or more".</summary>
    public const int MostCounted = 10_000;

    private static readonly ExecutionStatus[] s_waiting = [ExecutionStatus.Queued, ExecutionStatus.Retrying];

    /// <summary>By name.</summary>
    public IEnumerable<BrokerRow> All => sources.SelectMany(s => s.All).OrderBy(b => b.Name, StringComparer.OrdinalIgnoreCase).ThenBy(b => b.Id);

    /// <summary>The protocols that have brokers.</summary>
    public IEnumerable<TriggerKind> Kinds => sources.Select(s => s.Kind).Order();

    public BrokerRow? Find(Guid id) => All.FirstOrDefault(b => b.Id == id);

    /// <summary>The broker that a trigger leads to; null for a trigger that leads elsewhere.</summary>
    public BrokerRow? Of(RuntimeTrigger trigger)
    {
        foreach (var source in sources)
            if (source.Kind == trigger.Kind.Kind) return source.All.FirstOrDefault(b => b.TargetKey == trigger.Prepared.TargetKey);
        return null;
    }

    /// <summary>The triggers that lead to it, by name.</summary>
    public IReadOnlyList<RuntimeTrigger> TriggersOf(BrokerRow broker)
        => [.. triggers.All.Where(t => t.Prepared.TargetKey == broker.TargetKey).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase)];

    /// <param name="q">Text in name or address; case does not count.</param>
    /// <param name="state"><c>connected</c>, <c>down</c>, <c>blocked</c> or <c>off</c>; anything else for all.</param>
    public PageOf<BrokerRow> List(TriggerKind? kind, string? q, string? state, int page)
    {
        var text = q?.Trim() ?? "";
        var found = All.Where(b => (kind is null || b.Kind == kind) && Matches(b.Health, state)
            && (b.Name.Contains(text, StringComparison.OrdinalIgnoreCase) || b.Url.Contains(text, StringComparison.OrdinalIgnoreCase))).ToList();
        return new([.. found.Skip((page - 1) * PageSize).Take(PageSize)], found.Count, page, PageSize);
    }

    /// <summary>Executions that wait for this broker, up to <see cref="MostCounted"/>.</summary>
    public async Task<int> WaitingAsync(BrokerRow broker, CancellationToken cancellationToken)
    {
        var ids = TriggersOf(broker).Select(t => (Guid?)t.Id).ToList();
        return ids.Count == 0 ? 0 : await executions.CountUpToAsync(new() { TriggerIds = ids, Statuses = s_waiting }, MostCounted, cancellationToken);
    }

    private static bool Matches(BrokerHealth health, string? state) => state switch
    {
        "connected" => health == BrokerHealth.Connected,
        "down" => health is BrokerHealth.Down or BrokerHealth.Connecting,
        "blocked" => health == BrokerHealth.Blocked,
        "off" => health == BrokerHealth.Off,
        _ => true,
    };
}
