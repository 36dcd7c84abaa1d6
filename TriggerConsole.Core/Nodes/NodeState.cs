using System.Text.Json;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Nodes;

/// <summary>What a node reports of itself at each heartbeat; JSON in <see cref="Node.State"/>.</summary>
public sealed record NodeState
{
    /// <summary>Attempts under way.</summary>
    public int Running { get; init; }

    /// <summary>Executions in memory.</summary>
    public int Held { get; init; }

    /// <summary>Smallest number from 0 that no other node has. Names at brokers are made from it, so that they stay when nodes are replaced.</summary>
    public int Slot { get; init; }

    /// <summary>When its process started, in ticks of the operating system; null when it does not tell. With <see cref="Node.ProcessId"/> it names the process for good.</summary>
    public long? ProcessStart { get; init; }

    /// <summary>The database takes its writes.</summary>
    public bool IsWriting { get; init; } = true;

    /// <summary>Its connections to brokers.</summary>
    public IReadOnlyList<NodeBroker> Brokers { get; init; } = [];

    // A newer version may say more
    private static readonly JsonSerializerOptions s_lenient = new(CoreJson.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip };

    internal string Write() => JsonSerializer.Serialize(this, CoreJson.Options);

    /// <summary>What a row says; nothing when it is of a version that wrote something else.</summary>
    internal static NodeState Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<NodeState>(json, s_lenient) ?? new();
        }
        catch (JsonException)
        {
            return new();
        }
    }
}

/// <summary>The connection of one node to one broker.</summary>
/// <param name="Since">When it came up, while it is connected.</param>
/// <param name="Problem">Why it is away, in a sentence.</param>
public sealed record NodeBroker(TriggerKind Kind, Guid BrokerId, BrokerState State, DateTimeOffset? Since, string? Problem);

/// <summary>A node that lives, as this one knows it.</summary>
public sealed record NodeView(Guid Id, string Name, string? Host, int ProcessId, NodeRole Role, string Version, DateTimeOffset StartedAt, DateTimeOffset HeartbeatAt, int Workers, NodeState State)
{
    /// <summary>Whether it runs executions.</summary>
    public bool RunsWork => Role != NodeRole.Web;

    internal static NodeView Of(Node node)
        => new(node.Id, node.Name, node.Host, node.ProcessId, Enum.TryParse<NodeRole>(node.Role, ignoreCase: true, out var role) ? role : NodeRole.All,
            node.Version, node.StartedAt, node.HeartbeatAt, node.Workers, NodeState.Read(node.State));
}
