using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;

namespace TriggerConsole.Core.Nodes;

/// <summary>Does for other nodes what only the node that holds an execution can do.</summary>
internal sealed class NodeRequests(INodeMessages messages, NodeDirectory nodes, ExecutionNode node, Dispatcher dispatcher) : IDisposable
{
    private IDisposable? _subscription;

    public void Start() => _subscription = messages.Subscribe(NodeTopics.Cancel, Hear);

    public void Dispose() => _subscription?.Dispose();

    /// <summary>Asks the node that holds an execution to cancel it. False when that is no other node that lives.</summary>
    public bool TryAskToCancel(Guid owner, Guid execution, string? actor)
    {
        if (owner == node.Id || nodes.Find(owner) is null) return false;
        messages.Publish(NodeTopics.Cancel, $"{execution:N} {actor}");
        return true;
    }

    private void Hear(NodeMessage message)
    {
        var space = message.Payload.IndexOf(' ', StringComparison.Ordinal);
        if (!Guid.TryParseExact(message.Payload.AsSpan(0, space), "N", out var execution)) return;
        var actor = message.Payload[(space + 1)..];
        dispatcher.CancelHeld(execution, actor.Length == 0 ? null : actor); // whoever asked looks at the row
    }
}
