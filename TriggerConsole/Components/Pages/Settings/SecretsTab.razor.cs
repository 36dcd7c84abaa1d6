using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>Named secrets: make, change, delete; never show.</summary>
public sealed partial class SecretsTab
{
    private IReadOnlyList<SecretView>? _secrets;
    private ILookup<string, SecretUse>? _uses;
    private IReadOnlyList<FieldError> _errors = [];
    private string _name = "";
    private string _value = "";
    private string _description = "";
    private string _hosts = "";
    private int _overlap;
    private string? _editing;
    private string? _problem;
    private string? _said;
    private bool _isBusy;

    [Inject] private SecretStore Secrets { get; set; } = default!;

    [Inject] private SecretUses Uses { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync() => (_secrets, _uses) = (await Secrets.ListAsync(CancellationToken.None), Uses.All());

    private string? ErrorOf(string field) => _errors.FirstOrDefault(e => e.Field == field || e.Field.StartsWith(field + "[", StringComparison.Ordinal))?.Message;

    private string Invalid(string field) => ErrorOf(field) is null ? "false" : "true";

    private async Task ChangeAsync(SecretView secret)
    {
        Clear();
        (_editing, _name, _description, _hosts) = (secret.Name, secret.Name, secret.Description, string.Join(", ", secret.AllowedHosts));
        // A callback that checks by it has senders that need time
        _overlap = Uses.Of(secret.Name).Any(u => u.CallbackId is not null) ? 24 : 0;
        StateHasChanged();
        await Browser.InvokeVoidAsync("tc.focusId", "secret-value");
    }

    private void Clear() => (_editing, _name, _value, _description, _hosts, _overlap, _errors, _problem, _said) = (null, "", "", "", "", 0, [], null, null);

    private void OnKey(KeyboardEventArgs e)
    {
        if (e.Key == "Escape" && _editing is not null) Clear();
    }

    private async Task SaveAsync()
    {
        var (name, isNew) = (_name.Trim(), _editing is null);
        (_isBusy, _errors, _problem, _said) = (true, [], null, null);
        if (isNew && _secrets!.Any(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            // Else a slip would replace a value that cannot be brought back
            _errors = [new("name", "There is a secret of this name already. Use Change beside it to give it a new value.")];
            _isBusy = false;
            return;
        }
        var value = _value.Length == 0 && !isNew ? null : _value;
        var change = new SecretChange
        {
            Value = value,
            Description = _description.Trim(),
            AllowedHosts = [.. _hosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            OverlapHours = value is null || isNew ? null : _overlap,
        };
        var result = await Commands.RunAsync(Permissions.ManageSecrets, _ => Secrets.SetAsync(name, change, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is Refusal.Invalid invalid)
        {
            _errors = invalid.Errors;
            await Browser.InvokeVoidAsync("tc.focusId", $"secret-{_errors[0].Field.Split('[')[0]}");
            return;
        }
        if (result.Refusal is { } refusal)
        {
            _problem = refusal.Message;
            return;
        }
        Clear();
        _said = isNew ? $"{name} is saved. Triggers use it as {{secret:{name}}}." : value is null ? $"{name} is changed." : $"{name} has its new value. Triggers send it from their next try on.{(change.OverlapHours > 0 ? " Senders may show the one before for a while." : "")}";
        await LoadAsync();
    }

    private async Task DeleteAsync(SecretView secret)
    {
        (_problem, _said) = (null, null);
        var used = Uses.Of(secret.Name).Select(u => u.Name).ToList();
        if (used.Count == 0 && !await Dialogs.AskAsync($"Delete the secret {secret.Name}?", "Its value is lost and cannot be brought back. Nothing uses it.", "Delete the secret", isDangerous: true)) return;
        _problem = (await Commands.RunAsync(Permissions.ManageSecrets, _ => Secrets.DeleteAsync(secret.Name, used, CancellationToken.None))).Refusal?.Message;
        if (_problem is null)
        {
            if (_editing == secret.Name) Clear();
            _said = $"{secret.Name} is deleted.";
        }
        await LoadAsync();
    }
}
