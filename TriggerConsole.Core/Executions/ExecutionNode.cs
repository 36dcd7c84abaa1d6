namespace TriggerConsole.Core.Executions;

/// <summary>This process as owner of executions. Each start is a new node.</summary>
public sealed class ExecutionNode(TimeProvider time)
{
    public Guid Id { get; } = Uuid7.New(time.GetUtcNow());
}
