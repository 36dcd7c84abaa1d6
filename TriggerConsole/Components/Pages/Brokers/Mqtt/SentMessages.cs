using System.Text.Json;
using TriggerConsole.Components.Controls.Records;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>A message that was published by hand.</summary>
/// <param name="Message">What was sent.</param>
internal sealed record SentMessage(ExecutionView Execution, RecordedMqttRequest Message)
{
    /// <summary>Whether all of it is known, so that it can be sent again from a form.</summary>
    public bool CanBeUsedAgain => Message is { BodyTruncated: false, BodyEncoding: not "base64", Properties.UserPropertiesTruncated: false };
}

/// <summary>What was published by hand, from this page or the API: the history of the publish panel.</summary>
internal sealed class SentMessages(ExecutionQueries executions)
{
    // Those to other brokers are among them
    private const int Looked = 200;

    public async Task<IReadOnlyList<SentMessage>> ListAsync(Guid brokerId, int most, CancellationToken cancellationToken)
    {
        var rows = await executions.WithLastAttemptAsync(new() { Kind = TriggerKind.Mqtt, TriggerIds = [null] }, null, Looked, cancellationToken);
        return [.. rows.Select(r => (r.View, Message: Read(r.Last?.Request))).Where(r => r.Message?.BrokerId == brokerId).Take(most).Select(r => new SentMessage(r.View, r.Message!))];
    }

    private static RecordedMqttRequest? Read(byte[]? record)
    {
        if (record is null) return null;
        try { return RecordWords.ReadMqttRequest(JsonSerializer.Deserialize<JsonElement>(record)); }
        catch (JsonException) { return null; } // of another version
    }
}
