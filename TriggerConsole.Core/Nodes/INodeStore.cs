namespace TriggerConsole.Core.Nodes;

/// <summary>The table of nodes. Its clock is the database's, where several nodes share one.</summary>
internal interface INodeStore
{
    /// <summary>Whether several nodes may work on this database at once.</summary>
    bool IsShared { get; }

    /// <summary>Until the result is disposed, no other node of this database is inside: for what the first one makes.</summary>
    Task<IAsyncDisposable> EnterAloneAsync(CancellationToken cancellationToken);

    /// <summary>All rows, living or not; to find those whose process is gone.</summary>
    Task<IReadOnlyList<Node>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes the row of a new node, with the smallest free slot.</summary>
    /// <param name="preferredSlot">Kept when no other node has it.</param>
    /// <returns>The slot.</returns>
    Task<int> RegisterAsync(Node node, NodeState state, int? preferredSlot, CancellationToken cancellationToken);

    /// <summary>Says that a node is alive.</summary>
    /// <returns>All rows, each with whether it is within <paramref name="lease"/>; null when the row of <paramref name="node"/> is gone: it was taken for dead.</returns>
    Task<IReadOnlyList<(Node Node, bool IsAlive)>?> BeatAsync(Guid node, int workers, string state, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the rows of nodes that are silent for longer than <paramref name="lease"/> or known to be <paramref name="gone"/>, and
    /// gives back to the table what they held, marked as recovered, all in one transaction.
    /// </summary>
    /// <param name="withOrphans">Looks as well for what belongs to nodes that have no row.</param>
    Task<Rescue> RescueAsync(Guid rescuer, IReadOnlyCollection<Guid> gone, TimeSpan lease, bool withOrphans, CancellationToken cancellationToken);

    Task RemoveAsync(Guid node, CancellationToken cancellationToken);

    /// <summary>Triggers that have executions in the table that no node holds, each with when the first is due. Cheap however many wait.</summary>
    Task<IReadOnlyList<(Guid Trigger, DateTimeOffset Due)>> WaitingAsync(CancellationToken cancellationToken);
}

/// <summary>What was taken over from dead nodes.</summary>
/// <param name="Nodes">Names of the nodes whose rows were deleted.</param>
/// <param name="Triggers">Triggers that got executions back.</param>
internal sealed record Rescue(IReadOnlyList<string> Nodes, int Executions, IReadOnlyList<Guid> Triggers)
{
    public static Rescue Nothing { get; } = new([], 0, []);
}
