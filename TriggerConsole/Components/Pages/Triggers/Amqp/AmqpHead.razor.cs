using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Triggers.Amqp;

public sealed partial class AmqpHead
{
    private static readonly (bool, string)[] s_ways = [(false, "To an exchange"), (true, "Straight to a queue")];

    private IReadOnlyList<RuntimeAmqpExchange> _exchanges = [];

    [Parameter, EditorRequired] public required AmqpForm Form { get; set; }

    [Parameter, EditorRequired] public required EditorState State { get; set; }

    protected override TriggerKind Kind => TriggerKind.Amqp;

    // An exchange may have been made in another tab
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(3);

    [Inject] private AmqpExchangeDirectory Exchanges { get; set; } = default!;

    [Inject] private AmqpTopology Topology { get; set; } = default!;

    private RuntimeAmqpExchange? Chosen => _exchanges.FirstOrDefault(e => e.Id == Form.ExchangeId);

    private BrokerRow? Broker => Brokers.FirstOrDefault(b => b.Id == (Form.ToQueue ? Form.BrokerId : Chosen?.BrokerId));

    private bool UsesKey => Chosen is not { Type: AmqpExchangeType.Fanout or AmqpExchangeType.Headers };

    private string NewUrl => Brokers.Count switch
    {
        0 => "/brokers/amqp/new",
        1 => $"/brokers/amqp/{Brokers[0].Id}/exchanges/new",
        _ => Form.BrokerId is { } at ? $"/brokers/amqp/{at}/exchanges/new" : "/brokers?kind=Amqp",
    };

    private string KeyHelp => Chosen?.Type switch
    {
        AmqpExchangeType.Direct => "Exactly what the queues are bound with. Type { to put a value from the event into it.",
        AmqpExchangeType.Topic => "Words parted by dots, which patterns such as orders.# are compared with. Type { to put a value from the event into it.",
        AmqpExchangeType.Fanout => "This exchange passes everything on to every queue, whatever stands here.",
        AmqpExchangeType.Headers => "This exchange does not look at it: set headers under Properties.",
        _ => "A short text that the message carries, such as orders.eu.new. Type { to put a value from the event into it.",
    };

    protected override void OnParametersSet()
    {
        base.OnParametersSet();
        if (State.IsDirty) return;
        // With only one there is nothing to choose
        if (Form is { ExchangeId: null, ToQueue: false } && _exchanges.Where(e => !e.Definition.Internal && (Form.BrokerId is not { } at || e.BrokerId == at)).ToList() is [var only]) Form.ExchangeId = only.Id;
        if (Form.BrokerId is null && Brokers is [var broker]) Form.BrokerId = broker.Id;
    }

    protected override void Load()
    {
        base.Load();
        _exchanges = [.. Brokers.SelectMany(b => Exchanges.Of(b.Id))];
    }

    private void SetWay(bool toQueue)
    {
        Form.ToQueue = toQueue;
        State.Touch(toQueue ? "settings.queue" : "settings.exchangeId");
    }

    private void SetExchange(ChangeEventArgs e)
    {
        Form.ExchangeId = Guid.TryParse(e.Value?.ToString(), out var id) ? id : null;
        State.Touch("settings.exchangeId");
    }

    private void SetBroker(Guid? broker)
    {
        Form.BrokerId = broker;
        State.Touch("settings.brokerId");
    }

    private void SetQueue(string? queue)
    {
        Form.Queue = queue ?? "";
        State.Touch("settings.queue");
    }

    private void SetRoutingKey(string key)
    {
        Form.RoutingKey = key;
        State.Touch("settings.routingKey");
    }
}
