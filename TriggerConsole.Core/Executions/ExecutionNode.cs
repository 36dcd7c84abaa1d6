namespace TriggerConsole.Core.Executions;

/// <summary>
/// This process as owner of executions. Each start is a new node, and so is one that was taken for dead and goes on: ask for
/// <see cref="Id"/> each time instead of keeping it.
/// </summary>
public sealed class ExecutionNode(TimeProvider time)
{
    private volatile Identity _identity = new(Uuid7.New(time.GetUtcNow()));

    public Guid Id => _identity.Id;

    /// <summary>Other nodes may work on the same database: what they own is theirs while they live.</summary>
    public bool SharesDatabase { get; internal set; }

    /// <summary>Smallest number that no other node has; 0 when it is alone.</summary>
    public int Slot { get; internal set; }

    /// <summary>From here on it is another owner.</summary>
    internal void Become(Guid id) => _identity = new(id);

    private sealed record Identity(Guid Id);
}
