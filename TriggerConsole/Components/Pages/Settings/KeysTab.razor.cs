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
    private KeyFormState _form = new();
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

    private static string MayOf(ApiKey key) => key.ScopeList.Count switch
    {
        0 => "everything",
        1 or 2 => string.Join(", ", key.ScopeList),
        _ => $"{key.ScopeList.Count} things",
    };

    private async Task MakeAsync()
    {
        if (_form.ToInput(Time.GetUtcNow()) is not { } input) return;
        (_isBusy, _problem) = (true, null);
        var result = await Commands.RunAsync(Permissions.ManageKeys, user => Keys.CreateAsync(input, user.Actor() ?? "", user.May, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is Refusal.Invalid invalid) _form.Refuse(invalid.Errors);
        else _problem = result.Refusal?.Message;
        if (result.Value is not { } created) return;
        (_created, _form) = (created, new());
        await LoadAsync();
    }

    private async Task ChangeAsync(ApiKey key)
    {
        var saved = await Dialogs.OpenAsync<KeyDialog>($"The key “{key.Name}”", new() { [nameof(KeyDialog.Key)] = key }, new() { Width = "min(640px, calc(100vw - 24px))", CloseDialogOnEsc = true });
        if (saved is true) await LoadAsync();
    }

    private async Task RevokeAsync(ApiKey key)
    {
        var used = key.LastUsedAt is { } at ? $"It was last used {Format.Relative(at, Time.GetUtcNow())}." : "It has never been used.";
        if (!await Dialogs.AskAsync($"Revoke the key “{key.Name}”?", $"Programs that show it are refused from now on. This cannot be undone. {used}", "Revoke the key", isDangerous: true)) return;
        _problem = (await Commands.RunAsync(Permissions.ManageKeys, _ => Keys.RevokeAsync(key.Id, CancellationToken.None))).Refusal?.Message;
        if (_created?.Key.Id == key.Id) _created = null;
        await LoadAsync();
    }
}
