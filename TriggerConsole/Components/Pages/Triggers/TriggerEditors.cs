using TriggerConsole.Components.Pages.Triggers.Amqp;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Components.Pages.Triggers.Http;
using TriggerConsole.Components.Pages.Triggers.Mqtt;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>
/// The part of the editor that one kind brings: three components, each with the parameters <c>Form</c> (the kind's
/// <see cref="KindForm"/>) and <c>State</c>; the tab's has <c>Tab</c> as well.
/// </summary>
/// <param name="Head">Above the tabs: where it goes.</param>
/// <param name="Tab">Each of <see cref="KindForm.Tabs"/>.</param>
/// <param name="Limits">The kind's share of the tab Limits; null when it has none.</param>
internal sealed record TriggerEditor(TriggerKind Kind, string Icon, string Title, string What, Func<KindForm> NewForm, Type Head, Type Tab, Type? Limits);

/// <summary>The kinds that can be edited. A new kind adds its line here and its folder beside <c>Http</c>.</summary>
internal static class TriggerEditors
{
    public static IReadOnlyList<TriggerEditor> All { get; } =
    [
        new(TriggerKind.Http, "language", "HTTP trigger", "Calls a URL with what arrived, in the form the other side wants.", () => new HttpForm(), typeof(HttpHead), typeof(HttpTab), typeof(HttpLimits)),
        new(TriggerKind.Mqtt, "sensors", "MQTT trigger", "Publishes a message to a broker, for devices, services and apps that listen there.", () => new MqttForm(), typeof(MqttHead), typeof(MqttTab), typeof(MessageLimits)),
        new(TriggerKind.Amqp, "swap_horiz", "AMQP trigger", "Publishes a message to an exchange or queue of a RabbitMQ, and says whether it got into a queue.", () => new AmqpForm(), typeof(AmqpHead), typeof(AmqpTab), typeof(MessageLimits)),
    ];

    public static TriggerEditor? Find(TriggerKind kind) => All.FirstOrDefault(e => e.Kind == kind);

    /// <summary>By its name in the URL: <c>http</c>.</summary>
    public static TriggerEditor? Find(string? name) => All.FirstOrDefault(e => e.Kind.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));

    public static KindForm? FormOf(TriggerKind kind) => Find(kind)?.NewForm();
}
