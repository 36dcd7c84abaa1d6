using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Brokers;

/// <summary>The connections of one kind, as other nodes want to know of them.</summary>
internal interface IBrokerStatuses
{
    TriggerKind Kind { get; }

    /// <summary>This node connects only when someone tests or publishes by hand, and not for long.</summary>
    bool KeepsNone { get; set; }

    /// <summary>What all nodes' connections to a broker do; null while this one is alone.</summary>
    Func<Guid, IReadOnlyList<NodeBrokerStatus>>? Elsewhere { get; set; }

    /// <summary>What this node's connections do.</summary>
    IReadOnlyList<NodeBroker> Report();
}
