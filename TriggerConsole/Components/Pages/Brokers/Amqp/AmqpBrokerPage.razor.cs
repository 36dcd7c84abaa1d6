using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>One AMQP broker.</summary>
public sealed partial class AmqpBrokerPage
{
    private const string ExchangesTabKey = "exchanges";
    private const string SentTabKey = "sent";

    /// <summary>What exchanges or messages are looked for.</summary>
    [SupplyParameterFromQuery] public string? Q { get; set; }

    [SupplyParameterFromQuery] public int? Page { get; set; }

    /// <summary>Of the messages that are shown.</summary>
    [SupplyParameterFromQuery] public string? Status { get; set; }

    /// <summary>The exchange to publish to.</summary>
    [SupplyParameterFromQuery] public string? Exchange { get; set; }

    [Inject] private AmqpBrokerQueries Queries { get; set; } = default!;

    [Inject] private AmqpBrokerCommands Brokers { get; set; } = default!;

    [Inject] private AmqpBrokerTester Tester { get; set; } = default!;

    private TabBar.TabLink[] Tabs => [
        new("", "Overview"),
        new(ExchangesTabKey, "Exchanges", Broker?.Exchanges is > 0 and var count ? Format.Number(count) : null, "Exchanges known here"),
        .. MayEdit ? [new TabBar.TabLink(PublishTab, "Publish")] : Array.Empty<TabBar.TabLink>(),
        new(SentTabKey, "Sent"),
        .. MayEdit ? [new TabBar.TabLink(SettingsTab, "Settings")] : Array.Empty<TabBar.TabLink>()];

    protected override Task<AmqpBrokerView?> FindAsync(CancellationToken cancellationToken) => Queries.FindAsync(Id, cancellationToken);

    protected override AmqpBrokerFormState FormOf(AmqpBrokerView broker) => AmqpBrokerFormState.Of(broker);

    protected override Task<CommandResult<AmqpBrokerView>> SwitchBrokerAsync(bool on) => Brokers.UpdateAsync(Id, new() { Enabled = on }, CancellationToken.None);

    protected override Task<CommandResult<AmqpBrokerView>>? SaveForm() => Form.ToInput() is { } input ? Brokers.UpdateAsync(Id, input, CancellationToken.None) : null;

    protected override Task<CommandResult<ConnectionTest>>? TestForm() => Form.ToInput() is { } input ? Tester.TestAsync(Id, input, CancellationToken.None) : null;

    protected override Task<CommandResult<bool>> DeleteBrokerAsync() => Brokers.DeleteAsync(Id, CancellationToken.None);
}
