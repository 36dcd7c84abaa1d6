using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Api;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Callbacks;

public sealed partial class CallbacksPage
{
    private const int PageSize = 50;
    private const int MostUnknown = 20;
    private static readonly TimeSpan s_lately = TimeSpan.FromDays(1);

    private PageOf<CallbackView> _page = new([], 0, 1, PageSize);
    private IReadOnlyDictionary<Guid, CallbackActivity> _activity = new Dictionary<Guid, CallbackActivity>();
    private IReadOnlyList<Rejection> _unknown = [];
    private string? _said;

    [SupplyParameterFromQuery] public string? Q { get; set; }

    /// <summary><c>on</c>, <c>off</c>, or nothing for both.</summary>
    [SupplyParameterFromQuery] public string? State { get; set; }

    [SupplyParameterFromQuery] public int? Page { get; set; }

    /// <summary>Given: the requests to unknown addresses are unfolded.</summary>
    [SupplyParameterFromQuery] public string? Unknown { get; set; }

    [Inject] private CallbackQueries Queries { get; set; } = default!;

    [Inject] private CallbackCommands Callbacks { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private CallbackUrls Urls { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(15);

    private bool HasFilter => !string.IsNullOrEmpty(Q) || !string.IsNullOrEmpty(State);

    protected override bool Concerns(FeedChange change) => change.EventsAccepted > 0;

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var enabled = State switch { "on" => true, "off" => false, _ => (bool?)null };
        var page = await Queries.ListAsync(Q, enabled, Math.Max(1, Page ?? 1), PageSize, cancellationToken);
        var since = Time.GetUtcNow() - s_lately;
        _activity = await Queries.ActivityAsync([.. page.Items.Select(c => c.Id)], since, cancellationToken);
        _unknown = [.. (await Queries.RejectionsAsync(null, MostUnknown, cancellationToken)).Where(r => r.At >= since)];
        _page = page;
    }

    private string UrlOf(CallbackView callback) => Urls.Of(callback.Id, callback.Path, Navigation.BaseUri);

    private async Task SwitchAsync((Guid Id, bool On) wanted)
    {
        var result = await Commands.RunAsync(Permissions.EditCallbacks, _ => Callbacks.UpdateAsync(wanted.Id, new() { Enabled = wanted.On }, CancellationToken.None));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else _said = wanted.On ? $"{result.Value!.Name} takes events now." : $"{result.Value!.Name} is switched off: requests are refused.";
        await ReloadAsync();
    }

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString(), ["page"] = null });
}
