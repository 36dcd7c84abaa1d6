using TriggerConsole.Components.Controls.Records;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>A message that was published by hand.</summary>
/// <param name="Message">What was sent.</param>
public sealed record AmqpSentMessage(ExecutionView Execution, RecordedAmqpRequest Message) : ISentMessage
{
    public string Where => AmqpRecordWords.Short(Message);

    public string? How => Message.Queue is null ? $"to {Message.Exchange}" : "straight to the queue";

    public string Body => SentWords.Short(Message.Body, Message.BodyEncoding, Message.BodySize);

    public bool CanBeUsedAgain => Message is { BodyTruncated: false, HeadersTruncated: false };
}

/// <summary>What was published by hand, from this page or the API: the history of the publish panel.</summary>
internal sealed class AmqpSentMessages(SentMessages sent)
{
    public Task<IReadOnlyList<AmqpSentMessage>> ListAsync(Guid brokerId, int most, CancellationToken cancellationToken)
        => sent.ListAsync(TriggerKind.Amqp, RecordWords.ReadAmqpRequest, m => m.BrokerId == brokerId, (execution, message) => new AmqpSentMessage(execution, message), most, cancellationToken);
}
