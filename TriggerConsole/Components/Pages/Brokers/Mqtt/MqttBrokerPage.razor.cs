using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>One MQTT broker.</summary>
public sealed partial class MqttBrokerPage
{
    private const int MostMessages = 20;

    private IReadOnlyList<MqttLogEntry> _messages = [];
    private DateTimeOffset? _freshAfter;

    [Inject] private MqttBrokerQueries Queries { get; set; } = default!;

    [Inject] private MqttBrokerCommands Brokers { get; set; } = default!;

    [Inject] private MqttBrokerTester Tester { get; set; } = default!;

    [Inject] private MqttLogQueries Log { get; set; } = default!;

    private TabBar.TabLink[] Tabs => [
        new("", "Overview"),
        .. MayEdit ? [new TabBar.TabLink(PublishTab, "Publish"), new TabBar.TabLink(SettingsTab, "Settings")] : Array.Empty<TabBar.TabLink>()];

    // Of a broker that is away it is known only when it was fixed
    private bool SpeaksOld => Row is { } row && (row.Status.ProtocolVersion ?? (Broker?.ProtocolVersion == MqttProtocolVersion.V311 ? "3.1.1" : null)) == "3.1.1";

    protected override Task<MqttBrokerView?> FindAsync(CancellationToken cancellationToken) => Queries.FindAsync(Id, cancellationToken);

    protected override MqttBrokerFormState FormOf(MqttBrokerView broker) => MqttBrokerFormState.Of(broker);

    protected override async Task LoadTabAsync(BrokerRow row, bool isRefresh, CancellationToken cancellationToken)
    {
        if (Shown.Length > 0) return;
        _freshAfter = isRefresh && _messages is [var newest, ..] ? newest.CreatedAt : null;
        _messages = (await Log.ListAsync(new() { BrokerId = Id }, null, MostMessages, cancellationToken)).Items;
    }

    protected override Task<CommandResult<MqttBrokerView>> SwitchBrokerAsync(bool on) => Brokers.UpdateAsync(Id, new() { Enabled = on }, CancellationToken.None);

    protected override Task<CommandResult<MqttBrokerView>>? SaveForm() => Form.ToInput() is { } input ? Brokers.UpdateAsync(Id, input, CancellationToken.None) : null;

    protected override Task<CommandResult<ConnectionTest>>? TestForm() => Form.ToInput() is { } input ? Tester.TestAsync(Id, input, CancellationToken.None) : null;

    protected override Task<CommandResult<bool>> DeleteBrokerAsync() => Brokers.DeleteAsync(Id, CancellationToken.None);
}
