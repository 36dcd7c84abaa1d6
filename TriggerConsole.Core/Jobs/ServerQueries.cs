using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Jobs;

/// <summary>A node as the pages show it.</summary>
public sealed record ServerView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary><c>all</c>, <c>web</c> or <c>worker</c>.</summary>
    public required string Role { get; init; }

    public required string Version { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Executions it runs at once at most; 0 when it runs none.</summary>
    public required int Workers { get; init; }

    /// <summary>Queues with workers of their own, and those it has paused; what is not named shares the node's workers.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset HeartbeatAt { get; init; }

    public required NodeHealth Health { get; init; }

    /// <summary>Attempts under way, as it last said.</summary>
    public int? Running { get; init; }

    /// <summary>Executions in its memory, as it last said.</summary>
    public int? Held { get; init; }

    /// <summary>Executions that the database says it is processing.</summary>
    public required int Processing { get; init; }

    /// <summary>The one that answers.</summary>
    public required bool Current { get; init; }
}

/// <summary>Reads the nodes that work on this database.</summary>
internal sealed class ServerQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, NodeHealths healths, TimeProvider time)
{
    public async Task<IReadOnlyList<ServerView>> ListAsync(CancellationToken cancellationToken)
    {
        var now = time.Now();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var nodes = await context.Nodes.AsNoTracking().ToListAsync(cancellationToken);
        var processing = await context.Executions.Where(e => e.OwnerId != null && e.Status == Executions.ExecutionStatus.Running).GroupBy(e => e.OwnerId)
            .Select(g => new { Node = g.Key!.Value, Count = g.Count() }).ToDictionaryAsync(g => g.Node, g => g.Count, cancellationToken);
        return [.. nodes.Select(node => Of(node, processing.GetValueOrDefault(node.Id), now)).OrderBy(n => n.Name, StringComparer.OrdinalIgnoreCase).ThenBy(n => n.StartedAt)];
    }

    private ServerView Of(Node node, int processing, DateTimeOffset now)
    {
        var (running, held, queues) = Read(node.State);
        return new()
        {
            Id = node.Id,
            Name = node.Name,
            Role = node.Role,
            Version = node.Version,
            ProcessId = node.ProcessId,
            Workers = node.Workers,
            Queues = queues,
            StartedAt = node.StartedAt,
            HeartbeatAt = node.HeartbeatAt,
            Health = healths.Of(node.HeartbeatAt, now),
            Running = running,
            Held = held,
            Processing = processing,
            Current = node.Id == healths.Self,
        };
    }

    // Another version may write more, or less
    private static (int? Running, int? Held, IReadOnlyList<string> Queues) Read(string state)
    {
        try
        {
            using var document = JsonDocument.Parse(state);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return (null, null, []);
            IReadOnlyList<string> queues = root.TryGetProperty("queues", out var list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Where(q => q.ValueKind == JsonValueKind.String).Select(q => q.GetString()!)] : [];
            return (Number(root, "running"), Number(root, "held"), queues);
        }
        catch (JsonException)
        {
            return (null, null, []);
        }
    }

    private static int? Number(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
