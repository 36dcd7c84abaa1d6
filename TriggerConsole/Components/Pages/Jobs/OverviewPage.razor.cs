using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Components.Pages.Jobs;

public sealed partial class OverviewPage
{
    private const int MostHours = 72;
    private static readonly IReadOnlyList<string> s_secondsAxis = ["60 s ago", "45 s", "30 s", "15 s", "now"];
    private static readonly IReadOnlyList<(string, string)> s_ranges = [("day", "Day"), ("week", "Week"), ("range", "From – to")];
    private static readonly TimeSpan s_historyIsFresh = TimeSpan.FromSeconds(30);

    private JobStatistics? _statistics;
    private IReadOnlyList<StackedBars.Bar> _seconds = [];
    private IReadOnlyList<StackedBars.Bar> _history = [];
    private IReadOnlyList<string> _historyAxis = [];
    private DateTimeOffset _historyAt;
    private TimeSpan _zone;
    private string? _rangeProblem;

    /// <summary><c>week</c> or <c>range</c>; null for the day.</summary>
    [SupplyParameterFromQuery] public string? History { get; set; }

    /// <summary>First and last day of a range, in the reader's time.</summary>
    [SupplyParameterFromQuery] public string? From { get; set; }

    [SupplyParameterFromQuery] public string? To { get; set; }

    [Inject] private JobCounters Counters { get; set; } = default!;

    [Inject] private RealtimeRates Rates { get; set; } = default!;

    [Inject] private FinishedSeries Series { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(1);

    private string Shown => History is "week" or "range" ? History : "day";

    private DateOnly Today => DateOnly.FromDateTime((Time.GetUtcNow() + _zone).DateTime);

    private DateOnly FromDate => DateOnly.TryParseExact(From, "yyyy-MM-dd", out var date) ? date : Today.AddDays(-30);

    private DateOnly ToDate => DateOnly.TryParseExact(To, "yyyy-MM-dd", out var date) ? date : Today;

    private string RealtimeSummary => $"Columns for each of the last 60 seconds: {Sums(_seconds)}.";

    private string HistorySummary => $"Columns for {(Shown == "day" ? "each of the last 24 hours" : Shown == "week" ? "each of the last 7 days" : $"the time from {FromDate:yyyy-MM-dd} to {ToDate:yyyy-MM-dd}")}: {Sums(_history)}. The table below has the figures.";

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        var zone = TimeSpan.FromMinutes(await Browser.InvokeAsync<int>("tc.zone"));
        if (zone == _zone) return;
        _zone = zone;
        await ReloadAsync();
        StateHasChanged();
    }

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        _statistics = await Counters.GetAsync(cancellationToken);
        var points = Rates.Points;
        _seconds = [.. Enumerable.Repeat(new StackedBars.Bar("not looked at", 0, 0, 0), Math.Max(0, RealtimeRates.Seconds - points.Count)), .. points.Select(p => new StackedBars.Bar((p.At + _zone).ToString("HH:mm:ss", Invariant), p.Succeeded, p.Failed, p.Deleted))];
        if (isRefresh && Time.GetUtcNow() - _historyAt < s_historyIsFresh) return;
        await LoadHistoryAsync(cancellationToken);
        _historyAt = Time.GetUtcNow();
    }

    private async Task LoadHistoryAsync(CancellationToken cancellationToken)
    {
        _rangeProblem = null;
        var now = Time.GetUtcNow();
        var (from, to) = Shown switch
        {
            "day" => (now.AddHours(-23), now),
            "week" => (now.AddDays(-6), now),
            _ => (Midnight(FromDate), Midnight(ToDate.AddDays(1)) is var end && end < now ? end : now),
        };
        if (from >= to) _rangeProblem = "Choose a first day before the last, and not in the future.";
        else if (to - from > FinishedSeries.Longest) _rangeProblem = "Choose at most a year.";
        if (_rangeProblem is not null) return;
        var byHour = to - from <= TimeSpan.FromHours(MostHours);
        var points = await Series.ReadAsync(from, to, byHour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1), _zone, cancellationToken);
        _history = [.. points.Select(p => new StackedBars.Bar((p.Start + _zone).ToString(byHour ? "ddd HH:mm" : "ddd yyyy-MM-dd", Invariant), p.Succeeded, p.Failed, p.Deleted))];
        var labels = points.Select(p => (p.Start + _zone).ToString(byHour ? "HH:mm" : Shown == "week" ? "ddd" : "d MMM", Invariant)).ToList();
        var step = Math.Max(1, (labels.Count - 1) / 6);
        _historyAxis = [.. labels.Where((_, i) => labels.Count <= 8 || i % step == 0)];
    }

    private DateTimeOffset Midnight(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) - _zone;

    private void SetDate(string name, object? value) => Navigation.SetQuery(new() { ["history"] = "range", [name] = value?.ToString() });

    private static string Sums(IReadOnlyList<StackedBars.Bar> bars)
        => $"{Format.Number(bars.Sum(b => b.Succeeded))} succeeded, {Format.Number(bars.Sum(b => b.Failed))} failed, {Format.Number(bars.Sum(b => b.Deleted))} deleted";
}
