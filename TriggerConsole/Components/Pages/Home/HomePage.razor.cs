using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Events;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Statistics;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Home;

public sealed partial class HomePage
{
    private const int MostRanked = 5;
    private static readonly TimeSpan s_dayIsFresh = TimeSpan.FromSeconds(30);

    private HomeNow? _now;
    private HomeDay? _day;
    private HomeMood _mood;
    private IDisposable? _watching;
    private Callback? _first;
    private DateTimeOffset? _freshAfter;
    private TimeSpan _zone;
    private string _sentence = "";
    private string? _said;
    private bool _firstFires;
    private bool _isEmpty;
    private bool _isBusy;
    private bool _mayEdit;
    private bool _mayOperate;

    [CascadingParameter] public Task<AuthenticationState>? User { get; set; }

    [Inject] private HomeFigures Figures { get; set; } = default!;

    [Inject] private BrokerFeed Brokers { get; set; } = default!;

    [Inject] private EventQueries Events { get; set; } = default!;

    [Inject] private CallbackDirectory CallbackDirectory { get; set; } = default!;

    [Inject] private TriggerDirectory TriggerDirectory { get; set; } = default!;

    [Inject] private CallbackCommands Callbacks { get; set; } = default!;

    [Inject] private TriggerCommands Triggers { get; set; } = default!;

    [Inject] private CallbackSender Sender { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(10);

    private string MoodIcon => _mood switch { HomeMood.Good => "check_circle", HomeMood.Attention => "info", _ => "error" };

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _watching = Brokers.OnChanged(_ => Signal());
    }

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        var zone = TimeSpan.FromMinutes(await Browser.InvokeAsync<int>("tc.zone"));
        if (zone == _zone) return;
        _zone = zone;
        StateHasChanged();
    }

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var user = User is null ? null : (await User).User;
        (_mayEdit, _mayOperate) = (user?.May(Permissions.EditCallbacks) == true, user?.May(Permissions.Run) == true);
        _isEmpty = !await Events.AnyAsync(cancellationToken);
        if (_isEmpty) FindFirst();
        _freshAfter = isRefresh && _now?.Latest is [var newest, ..] ? newest.CreatedAt : null;
        _now = await Figures.NowAsync(cancellationToken);
        (_sentence, _mood) = (HomeSentence.Of(_now.Facts, _now.LastHour, _now.Hour.Accepted), HomeSentence.MoodOf(_now.Facts, _now.LastHour));
        if (!isRefresh || _day is null || Time.GetUtcNow() - _day.At > s_dayIsFresh) _day = await Figures.DayAsync(cancellationToken);
    }

    // The one to try things with: the demo, else the oldest that can do the most
    private void FindFirst()
    {
        _first = CallbackDirectory.All.OrderBy(c => !c.Enabled).ThenBy(c => !Fires(c)).ThenBy(c => c.Path != "demo").ThenBy(c => c.Id).FirstOrDefault();
        _firstFires = _first is not null && Fires(_first);

        bool Fires(Callback callback) => TriggerDirectory.OfCallback(callback.Id).Any(t => t.Enabled);
    }

    private async Task FireAsync()
    {
        if (_first is not { } callback) return;
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.Run, user => Sender.SendJsonAsync(callback.Id, SampleEvent.Body(Time.GetUtcNow()), user.Actor()));
        _isBusy = false;
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else Navigation.NavigateTo(result.Value!.Executions is [var one] ? $"/executions/{one.Id}" : $"/events/{result.Value.EventId}");
    }

    private async Task DoStepAsync(AttentionStep step)
    {
        switch (step.Kind)
        {
            case AttentionStepKind.Resume:
                var resumed = await Commands.RunAsync(Permissions.Pause, _ => Triggers.SetPausedAsync(step.Id, paused: false, CancellationToken.None));
                if (resumed.Refusal is { } refused) Notifications.Refused(refused);
                else _said = $"{resumed.Value!.Name} goes on with what waited.";
                break;
            case AttentionStepKind.SwitchOn:
                var switched = await Commands.RunAsync(Permissions.EditCallbacks, _ => Callbacks.UpdateAsync(step.Id, new() { Enabled = true }, CancellationToken.None));
                if (switched.Refusal is { } refusal) Notifications.Refused(refusal);
                else _said = $"{switched.Value!.Name} takes events now.";
                break;
        }
        await ReloadAsync();
    }

    private static List<TriggerStatistic> Failing(HomeDay day)
        => [.. day.Triggers.Where(t => t.FailedAttempts > 0).OrderByDescending(t => t.FailedAttempts).Take(MostRanked)];

    private static List<TriggerStatistic> Slowest(HomeDay day)
        => [.. day.Triggers.Where(t => t.Attempts > 0).OrderByDescending(t => t.MeanMs).Take(MostRanked)];

    private static string FailedFigure(TriggerStatistic trigger) => $"{Format.Number(trigger.FailedAttempts)} of {Format.Count(trigger.Attempts, "try", "tries")} failed";

    private static string SlowFigure(TriggerStatistic trigger) => $"{Format.Duration(trigger.MeanMs)} on average, longest {Format.Duration(trigger.LongestMs)}";
}
