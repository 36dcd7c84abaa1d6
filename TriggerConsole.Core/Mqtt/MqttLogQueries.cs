using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt;

internal sealed class MqttLogQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, ExecutionQueries executions, TriggerDirectory triggers, MqttBrokerDirectory brokers, TimeProvider time)
    : MessageLogQueries<MqttLogFilter, MqttLogEntry>(TriggerKind.Mqtt, contexts, executions, triggers, time)
{
    protected override bool LooksInside(MqttLogFilter filter) => !string.IsNullOrWhiteSpace(filter.Topic);

    protected override bool Matches(MqttLogEntry entry, MqttLogFilter filter) => Holds(entry.Topic, filter.Topic);

    protected override MqttLogEntry EntryOf(ExecutionView view, Attempt? last)
    {
        var request = Read(last?.Request, MqttRecordJson.Default.RecordedMqttRequest);
        var brokerId = request?.BrokerId ?? SettingsOf<MqttTriggerSettings>(view)?.BrokerId;
        return new(view, last, brokerId, (brokerId is { } id ? brokers.Find(id)?.Name : null) ?? request?.Broker)
        {
            Topic = request?.Topic,
            Qos = request?.Qos,
            Retain = request?.Retain,
            PayloadSize = request?.BodySize,
            Reason = Read(last?.Response, MqttRecordJson.Default.RecordedMqttResponse)?.Reason,
        };
    }
}
