using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>The data key: its age, a new one, and how far that is.</summary>
public sealed partial class DataKeyCard : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private DataKeyStatus? _status;
    private ITimer? _timer;
    private string? _problem;
    private string? _said;
    private bool _isBusy;

    [Inject] private DataKeyRotation Rotation { get; set; } = default!;

    [Inject] private SecretKeeper Keeper { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private TimeProvider Time { get; set; } = default!;

    public void Dispose() => _timer?.Dispose();

    protected override async Task OnInitializedAsync()
    {
        _status = await Rotation.StatusAsync(CancellationToken.None);
        if (_status.IsRotating && RendererInfo.IsInteractive) Watch();
    }

    private async Task RotateAsync()
    {
        (_problem, _said) = (null, null);
        if (!await Dialogs.AskAsync("Change the data key?", "Everything goes on meanwhile. Stored secrets are encrypted anew within minutes, then the old key is destroyed. Backups made before keep their own key.", "Change the key")) return;
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.ManageSecrets, user => Rotation.BeginAsync(user.Actor() ?? "", CancellationToken.None));
        _isBusy = false;
        _problem = result.Refusal?.Message;
        Keeper.Wake();
        _status = await Rotation.StatusAsync(CancellationToken.None);
        Watch();
    }

    private void Watch() => _timer ??= Time.CreateTimer(_ => InvokeAsync(LookAsync), null, s_interval, s_interval);

    private async Task LookAsync()
    {
        if (_timer is null) return;
        _status = await Rotation.StatusAsync(CancellationToken.None);
        if (!_status.IsRotating)
        {
            _timer.Dispose();
            _timer = null;
            _said = "The data key is changed, and the old one is destroyed.";
        }
        StateHasChanged();
    }
}
