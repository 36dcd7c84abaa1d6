namespace TriggerConsole.Core.Nodes;

/// <summary>
/// One process that works on this database, from its start to its end. Its row is its lease: while the heartbeat is fresh, the
/// executions it owns are its own; when it is not, another node takes them over and deletes the row.
/// </summary>
public sealed class Node
{
    public const int MaxNameLength = 200;
    public const int MaxHostLength = 200;
    public const int MaxRoleLength = 10;
    public const int MaxVersionLength = 50;

    /// <summary>As <c>owner_id</c> of the executions it holds.</summary>
    public required Guid Id { get; init; }

    /// <summary>For people: <c>Node:Name</c>, or machine and process.</summary>
    public required string Name { get; init; }

    /// <summary>What makes process ids comparable: two nodes with the same one run on the same machine and see the same processes. Null when it cannot be known.</summary>
    public string? Host { get; init; }

    public required int ProcessId { get; init; }

    /// <summary><c>all</c>, <c>web</c> or <c>worker</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Of the program.</summary>
    public required string Version { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>By the database's clock, where it has one.</summary>
    public required DateTimeOffset HeartbeatAt { get; set; }

    /// <summary>Executions it runs at once at most; 0 when it runs none.</summary>
    public required int Workers { get; set; }

    /// <summary>JSON of what it reports of itself at each heartbeat, for the pages.</summary>
    public string State { get; set; } = "{}";
}
