using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Api;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>API keys: make, look at, revoke.</summary>
public sealed partial class KeysTab
{
    private IReadOnlyList<ApiKey>? _keys;
    private CreatedApiKey? _created;
    private string _name = "";
    private string? _fault;
    private string? _problem;
    private bool _isBusy;

    [Inject] private ApiKeys Keys { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private CallbackUrls Urls { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private TimeProvider Time { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override Task OnInitializedAsync() => LoadAsync();

    // Those in use first, the newest at the top
    private async Task LoadAsync() => _keys = [.. (await Keys.ListAsync(CancellationToken.None)).OrderBy(k => k.RevokedAt is not null)];

    private string CurlOf(string key) => $"curl {Urls.PublicOr(Navigation.BaseUri)}/api/executions -H \"X-Api-Key: {key}\"";

    private async Task MakeAsync()
    {
        (_isBusy, _fault, _problem) = (true, null, null);
        var result = await Commands.RunAsync(Policies.Administrator, user => Keys.CreateAsync(_name, user.Actor() ?? "", CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is Refusal.Invalid invalid) _fault = invalid.Errors[0].Message;
        else _problem = result.Refusal?.Message;
        if (result.Value is not { } created) return;
        (_created, _name) = (created, "");
        await LoadAsync();
    }

    private async Task RevokeAsync(ApiKey key)
    {
        var used = key.LastUsedAt is { } at ? $"It was last used {Format.Relative(at, Time.GetUtcNow())}." : "It has never been used.";
        if (!await Dialogs.AskAsync($"Revoke the key “{key.Name}”?", $"Programs that show it are refused from now on. This cannot be undone. {used}", "Revoke the key", isDangerous: true)) return;
        _problem = (await Commands.RunAsync(Policies.Administrator, _ => Keys.RevokeAsync(key.Id, CancellationToken.None))).Refusal?.Message;
        if (_created?.Key.Id == key.Id) _created = null;
        await LoadAsync();
    }
}
