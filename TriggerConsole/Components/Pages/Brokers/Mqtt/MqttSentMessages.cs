using System.Text.Json;
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
internal sealed class MqttSentMessages(ExecutionQueries executions)
{
    // Those to other brokers are among them
    private const int Looked = 200;

    public async Task<IReadOnlyList<MqttSentMessage>> ListAsync(Guid brokerId, int most, CancellationToken cancellationToken)
    {
        var rows = await executions.WithLastAttemptAsync(new() { Kind = TriggerKind.Mqtt, TriggerIds = [null] }, null, Looked, cancellationToken);
        return [.. rows.Select(r => (r.View, Message: Read(r.Last?.Request))).Where(r => r.Message?.BrokerId == brokerId).Take(most).Select(r => new MqttSentMessage(r.View, r.Message!))];
    }

    private static RecordedMqttRequest? Read(byte[]? record)
    {
        if (record is null) return null;
        try { return RecordWords.ReadMqttRequest(JsonSerializer.Deserialize<JsonElement>(record)); }
        catch (JsonException) { return null; } // of another version
    }
}
