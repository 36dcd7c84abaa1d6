using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

public sealed partial class SentTab
{
    private const int PageSize = 50;
    private const int MostShown = 200;

    private readonly LiveList<AmqpLogEntry> _list = new(e => e.ExecutionId);
    private (Guid Broker, string? Status, string? Q)? _shown;
    private DateTimeOffset? _searchedTo;
    private bool _isLoadingMore;

    [Parameter] public string? Status { get; set; }

    /// <summary>Text in exchange, queue or routing key.</summary>
    [Parameter] public string? Q { get; set; }

    [Parameter, EditorRequired] public required BrokerRow Broker { get; set; }

    [Inject] private AmqpLogQueries Log { get; set; } = default!;

    [Inject] private TriggerDirectory Triggers { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    // A search reads records: too much work to repeat with every change
    protected override bool IsLive => string.IsNullOrEmpty(Q);

    private bool HasFilter => !string.IsNullOrEmpty(Status) || !string.IsNullOrEmpty(Q);

    private string Clear => $"/brokers/amqp/{Broker.Id}?tab=sent";

    private AmqpLogFilter Filter => new() { BrokerId = Broker.Id, Statuses = Enum.TryParse<ExecutionStatus>(Status, out var status) ? [status] : [], Q = Q };

    protected override bool Concerns(FeedChange change)
        => change.Truncated || change.Changes.Any(c => c.TriggerId is not { } trigger || Triggers.Find(trigger)?.Prepared.TargetKey == Broker.TargetKey);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        // The page around it is drawn anew every few seconds: that is no wish of the reader's
        var wanted = (Broker.Id, Status, Q);
        isRefresh |= wanted == _shown;
        _shown = wanted;
        var page = await Log.ListAsync(Filter, null, _list.Wanted(isRefresh, PageSize, MostShown), cancellationToken);
        _list.Take(page.Items, page.NextCursor, isRefresh, isRefresh && _list.Items.Count > 0 && await Browser.IsReadingAsync());
        if (!isRefresh) _searchedTo = page.SearchedTo;
    }

    private async Task LoadMoreAsync()
    {
        _isLoadingMore = true;
        var page = await Log.ListAsync(Filter, _list.Next, PageSize, Disposed);
        _list.Add(page.Items, page.NextCursor);
        (_searchedTo, _isLoadingMore) = (page.SearchedTo, false);
    }

    private async Task ShowNewAsync()
    {
        _list.Clear();
        await Browser.InvokeVoidAsync("tc.toTop");
        await ReloadAsync();
    }

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString() });
}
