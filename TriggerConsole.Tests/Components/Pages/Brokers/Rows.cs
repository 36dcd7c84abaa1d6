using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Tests.Components.Pages.Brokers;

/// <summary>Brokers as pages are given them.</summary>
internal static class Rows
{
    public static Guid Id { get; } = Guid.Parse("01a1fe27-2495-7000-bb9a-0e314e647b53");

    public static BrokerFailure Refused { get; } = new("connect_refused", "broker.example refused the connection: nothing listens on port 1883.");

    public static BrokerRow Blocked(string reason) => new(
        TriggerKind.Amqp, Id, "Workshop", "amqp://broker.example", "AMQP 0-9-1", $"amqp:{Id}", new() { State = BrokerState.Blocked, BlockedReason = reason });

    public static BrokerRow Broker(BrokerState state, BrokerFailure? failure = null, string name = "Workshop", DateTimeOffset? next = null) => new(
        TriggerKind.Mqtt, Id, name, "mqtt://broker.example:1883", "MQTT 5.0", $"mqtt:{Id}", new() { State = state, LastFailure = failure, NextTryAt = next });
}
