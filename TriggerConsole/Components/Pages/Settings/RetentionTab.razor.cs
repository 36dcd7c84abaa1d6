using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>How long history is kept, how much there is, and cleaning at once.</summary>
public sealed partial class RetentionTab : IDisposable
{
    private RetentionForm? _form;
    private HistoryFigures? _figures;
    private CancellationTokenSource? _cleaning;
    private int _deleted;
    private string? _problem;
    private string? _said;
    private bool _isBusy;

    [Inject] private RetentionCommands Retention { get; set; } = default!;

    [Inject] private HistoryQueries History { get; set; } = default!;

    [Inject] private HistoryCleaner Cleaner { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    public void Dispose()
    {
        // Who leaves does not watch it any more; the background round does the rest
        _cleaning?.Cancel();
        _cleaning?.Dispose();
    }

    protected override async Task OnInitializedAsync() => _form = RetentionForm.Of(await Retention.GetAsync(CancellationToken.None));

    // Counting millions of rows takes a moment: the form is there before
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        await CountAsync();
        StateHasChanged();
    }

    private async Task CountAsync() => _figures = await History.FiguresAsync(CancellationToken.None);

    private HistoryFigure? FigureOf(string field) => field switch
    {
        "succeededDays" => _figures?.Succeeded,
        "deadLetteredDays" => _figures?.DeadLettered,
        "cancelledDays" => _figures?.Cancelled,
        "eventDays" => _figures?.Events,
        _ => _figures?.Statistics,
    };

    private async Task SaveAsync()
    {
        (_problem, _said) = (null, null);
        if (_form!.ToInput() is not { } input)
        {
            await FocusFirstErrorAsync();
            return;
        }
        if (_form.IsShorter && !await Dialogs.AskAsync(
            "Keep history for a shorter time?", "What is older than the new limits is deleted within ten minutes, and cannot be brought back.", "Save and delete", isDangerous: true)) return;
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.ManageSettings, _ => Retention.SetAsync(input, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is Refusal.Invalid invalid)
        {
            _form.Refuse(invalid.Errors);
            await FocusFirstErrorAsync();
        }
        else if (result.Refusal is { } refusal)
        {
            _problem = refusal.Message;
        }
        else
        {
            _form = RetentionForm.Of(result.Value!);
            _said = "Saved.";
        }
    }

    private async Task FocusFirstErrorAsync()
    {
        if (_form!.Lines.FirstOrDefault(l => l.Error is not null) is { } line) await Browser.InvokeVoidAsync("tc.focusId", line.Field);
    }

    private async Task CleanAsync()
    {
        if (!await Dialogs.AskAsync("Clean the history now?", "What is older than the limits above is deleted at once instead of within ten minutes.", "Clean now", isDangerous: true)) return;
        (_problem, _said, _deleted) = (null, null, 0);
        using var cleaning = _cleaning = new();
        var result = await Commands.RunAsync<int>(Permissions.ManageSettings, async _ =>
        {
            try
            {
                return await Cleaner.RunOnceAsync(new Progress<int>(Deleted), cleaning.Token);
            }
            catch (OperationCanceledException) when (cleaning.IsCancellationRequested)
            {
                return _deleted;
            }
        });
        var wasStopped = cleaning.IsCancellationRequested;
        _cleaning = null;
        _problem = result.Refusal?.Message;
        if (_problem is null) _said = wasStopped ? $"Stopped. {Format.Count(result.Value, "row")} deleted; the rest follows by itself." : result.Value == 0 ? "Nothing was older than the limits." : $"{Format.Count(result.Value, "row")} deleted.";
        await CountAsync();
    }

    private void Deleted(int rows)
    {
        _deleted = rows;
        StateHasChanged();
    }
}
