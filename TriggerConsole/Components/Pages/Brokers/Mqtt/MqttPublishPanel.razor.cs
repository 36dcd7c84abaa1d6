using Microsoft.AspNetCore.Components;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

public sealed partial class MqttPublishPanel
{
    private static readonly (MessageFormat, string)[] s_formats = [(MessageFormat.Json, "JSON"), (MessageFormat.Xml, "XML"), (MessageFormat.Text, "Text")];

    [Inject] private MqttPublisher Publisher { get; set; } = default!;

    [Inject] private MqttSentMessages Messages { get; set; } = default!;

    /// <summary>The broker speaks 3.1.1, which has no properties.</summary>
    [Parameter] public bool SpeaksOld { get; set; }

    protected override Task<CommandResult<ExecutionDetails>>? Publish(string? actor)
        => Form.ToInput(Broker.Id) is { } input ? Publisher.PublishAsync(input, actor, CancellationToken.None) : null;

    protected override Task<IReadOnlyList<MqttSentMessage>> FindSentAsync(CancellationToken cancellationToken) => Messages.ListAsync(Broker.Id, MostSent, cancellationToken);

    protected override MqttPublishForm FormOf(MqttSentMessage sent) => MqttPublishForm.Of(sent.Message);
}
