using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;

namespace TriggerConsole.Components.Pages.Audit;

public sealed partial class AuditPage
{
    private const int PageSize = 50;
    private const int MostShown = 200;
    private const string DefaultRange = "30d";

    private readonly LiveList<AuditEntryView, long> _list = new(e => e.Sequence);
    private AuditReport? _report;
    private IDisposable? _written;
    private string? _problem;
    private bool _isPaused;
    private bool _isLoadingMore;
    private bool _isVerifying;

    [SupplyParameterFromQuery] public string? Subject { get; set; }

    [SupplyParameterFromQuery] public string? Id { get; set; }

    [SupplyParameterFromQuery] public string? Action { get; set; }

    [SupplyParameterFromQuery] public string? Outcome { get; set; }

    [SupplyParameterFromQuery] public string? Actor { get; set; }

    [SupplyParameterFromQuery] public string? Address { get; set; }

    [SupplyParameterFromQuery] public string? Range { get; set; }

    [SupplyParameterFromQuery] public string? Q { get; set; }

    [Inject] private AuditQueries Queries { get; set; } = default!;

    [Inject] private AuditVerifier Verifier { get; set; } = default!;

    [Inject] private AuditFeed Written { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    protected override bool IsLive => !_isPaused;

    // What other nodes write
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(10);

    private bool HasFilter => Narrowed.Any() || new[] { Subject, Outcome, Actor, Range, Q }.Any(f => !string.IsNullOrEmpty(f));

    /// <summary>Filters that come from links and have no field of their own.</summary>
    private IEnumerable<(string Name, string Text)> Narrowed => new[] { ("id", Id, $"this one: {Id}"), ("action", Action, $"action {Action}"), ("address", Address, $"from {Address}") }
        .Where(f => !string.IsNullOrEmpty(f.Item2)).Select(f => (f.Item1, f.Item3));

    private AuditFilter Filter => new()
    {
        From = TimeRange.From(Range ?? DefaultRange, Time.GetUtcNow()),
        SubjectKind = Subject,
        SubjectId = Id,
        Action = Action,
        Outcome = Enum.TryParse<AuditOutcome>(Outcome, out var outcome) ? outcome : null,
        Actor = Actor,
        Address = Address,
        Q = Q,
    };

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _written = Written.OnWritten(() =>
        {
            if (IsLive) Signal();
        });
    }

    protected override bool Concerns(FeedChange change) => false;

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var page = await Queries.ListAsync(Filter, null, _list.Wanted(isRefresh, PageSize, MostShown), cancellationToken);
        var isReading = isRefresh && await Browser.IsReadingAsync();
        _list.Take(page.Items, page.NextCursor, isRefresh, isReading);
    }

    protected override void Dispose(bool disposing)
    {
        _written?.Dispose();
        base.Dispose(disposing);
    }

    private async Task LoadMoreAsync()
    {
        _isLoadingMore = true;
        var page = await Queries.ListAsync(Filter, _list.Items[^1].Sequence, PageSize, Disposed);
        _list.Add(page.Items, page.NextCursor);
        _isLoadingMore = false;
    }

    private async Task ShowNewAsync()
    {
        _list.Clear();
        await Browser.InvokeVoidAsync("tc.toTop");
        await ReloadAsync();
    }

    private async Task ToggleLiveAsync()
    {
        _isPaused = !_isPaused;
        if (!_isPaused) await ReloadAsync();
    }

    private async Task VerifyAsync()
    {
        (_isVerifying, _report, _problem) = (true, null, null);
        StateHasChanged();
        var result = await Commands.RunAsync<AuditReport>(Permissions.ReadAudit, async _ => await Verifier.VerifyAsync(null, Disposed));
        (_isVerifying, _report, _problem) = (false, result.IsRefused ? null : result.Value, result.Refusal?.Message);
    }

    private string ExportUrl(string format)
    {
        var filter = Filter;
        return QueryHelpers.AddQueryString("/api/audit/export", new Dictionary<string, string?>
        {
            ["format"] = format,
            ["from"] = filter.From?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["subjectKind"] = Subject,
            ["subjectId"] = Id,
            ["action"] = Action,
            ["outcome"] = Outcome,
            ["actor"] = Actor,
            ["address"] = Address,
            ["q"] = Q,
        }.Where(p => !string.IsNullOrEmpty(p.Value)));
    }

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString() });
}
