using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>A broker of any protocol, as lists and hints show it.</summary>
/// <param name="Protocol">Protocol and version: <c>MQTT 5.0</c>; the one in use while it is connected, else the one that is set.</param>
/// <param name="TargetKey">By which triggers name it (<see cref="PreparedTrigger.TargetKey"/>).</param>
public sealed record BrokerRow(TriggerKind Kind, Guid Id, string Name, string Url, string Protocol, string TargetKey, BrokerStatus Status)
{
    public string Page => $"/brokers/{Kind.ToString().ToLowerInvariant()}/{Id}";

    public BrokerHealth Health => BrokerWords.HealthOf(Status);

    /// <summary>There is a connection, whether or not the broker takes messages on it.</summary>
    public bool IsConnected => Health is BrokerHealth.Connected or BrokerHealth.Blocked;

    /// <summary>Someone has to look: nothing gets through, and not because it was switched off.</summary>
    public bool IsAway => Health is BrokerHealth.Down or BrokerHealth.Blocked;
}

/// <summary>The brokers of one protocol, from memory. A new protocol adds its own.</summary>
internal interface IBrokerSource
{
    TriggerKind Kind { get; }

    IEnumerable<BrokerRow> All { get; }
}
