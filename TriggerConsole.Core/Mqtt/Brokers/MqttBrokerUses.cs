using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>Which triggers publish to which broker.</summary>
internal sealed class MqttBrokerUses(TriggerDirectory triggers)
{
    public IReadOnlyList<RuntimeTrigger> Of(Guid brokerId)
        => [.. triggers.All.Where(t => t.Settings is MqttTriggerSettings mqtt && mqtt.BrokerId == brokerId).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase)];
}
