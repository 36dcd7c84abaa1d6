using Microsoft.AspNetCore.Components;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

public sealed partial class AmqpPublishPanel
{
    private const string DefaultKey = "default";
    private const string NamedKey = "named";

    private static readonly (bool, string)[] s_encodings = [(false, "String"), (true, "Base64")];

    private bool _hasBegun;

    /// <summary>The exchange that the link names.</summary>
    [Parameter] public string? ForExchange { get; set; }

    [Inject] private AmqpPublisher Publisher { get; set; } = default!;

    [Inject] private AmqpSentMessages Messages { get; set; } = default!;

    [Inject] private AmqpExchangeDirectory Directory { get; set; } = default!;

    private IReadOnlyList<RuntimeAmqpExchange> Exchanges => Directory.Of(Broker.Id);

    private string Chosen => Form.ExchangeId?.ToString() ?? (Form.IsNamed ? NamedKey : DefaultKey);

    private string KeyHelp => Form.ToQueue
        ? "The name of the queue, which is its routing key at the default exchange."
        : Exchanges.FirstOrDefault(e => e.Id == Form.ExchangeId)?.Type switch
        {
            AmqpExchangeType.Fanout => "This exchange passes everything on to every queue, whatever stands here.",
            AmqpExchangeType.Headers => "This exchange does not look at it, but at the headers.",
            _ => "By it the exchange finds the queues. Upper and lower case differ.",
        };

    protected override void OnParametersSet()
    {
        if (_hasBegun) return;
        _hasBegun = true;
        var usable = Exchanges.Where(e => !e.Definition.Internal).ToList();
        Form.ExchangeId = (usable.Find(e => e.Id.ToString() == ForExchange) ?? usable.FirstOrDefault())?.Id;
    }

    protected override Task<CommandResult<ExecutionDetails>>? Publish(string? actor)
        => Form.ToInput(Broker.Id) is { } input ? Publisher.PublishAsync(input, actor, CancellationToken.None) : null;

    protected override Task<IReadOnlyList<AmqpSentMessage>> FindSentAsync(CancellationToken cancellationToken) => Messages.ListAsync(Broker.Id, MostSent, cancellationToken);

    protected override AmqpPublishForm FormOf(AmqpSentMessage sent) => AmqpPublishForm.Of(sent.Message, sent.Execution.Id);

    private void Choose(ChangeEventArgs e)
    {
        var chosen = e.Value?.ToString();
        Form.ExchangeId = Guid.TryParse(chosen, out var id) ? id : null;
        Form.IsNamed = chosen == NamedKey;
    }
}
