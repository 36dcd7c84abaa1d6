using TriggerConsole.Components.Controls.Records;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>A message that was published by hand.</summary>
/// <param name="Message">What was sent.</param>
public sealed record MqttSentMessage(ExecutionView Execution, RecordedMqttRequest Message) : ISentMessage
{
    public string Where => Message.Topic;

    public string? How => $"QoS {Message.Qos}{(Message.Retain ? ", retained" : "")}";

    public string Body => SentWords.Short(Message.Body, Message.BodyEncoding, Message.BodySize);

    public bool CanBeUsedAgain => Message is { BodyTruncated: false, BodyEncoding: not "base64", Properties.UserPropertiesTruncated: false };
}

/// <summary>What was published by hand, from this page or the API: the history of the publish panel.</summary>
internal sealed class MqttSentMessages(SentMessages sent)
{
    public Task<IReadOnlyList<MqttSentMessage>> ListAsync(Guid brokerId, int most, CancellationToken cancellationToken)
        => sent.ListAsync(TriggerKind.Mqtt, RecordWords.ReadMqttRequest, m => m.BrokerId == brokerId, (execution, message) => new MqttSentMessage(execution, message), most, cancellationToken);
}
