using System.Data.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>The editor of one trigger, new or saved, with its preview and test; and what the trigger has done.</summary>
public sealed partial class TriggerPage : IDisposable
{
    private static readonly TabStrip.TabItem[] s_views = [new("", "Settings"), new("activity", "Activity")];
    private static readonly EditorTab[] s_commonTabs = [new("retries", "Retries"), new("limits", "Limits")];

    private readonly TemplateHelp _help = new();
    private readonly SampleState _sample = new();
    private EditorSession? _session; // null until something is loaded
    private TriggerEditor? _editor;
    private string? _loaded;
    private string? _error;
    private string? _problem;
    private string _said = "";
    private string? _focus;
    private bool _canEdit;
    private bool _isMissing;
    private bool _isSaving;
    private bool _isConflict;
    private bool _isRestored;
    private bool _mayHaveDraft;

    [Inject] private EditorSession Session { get; set; } = default!;

    [Inject] private CallbackDirectory Callbacks { get; set; } = default!;

    [Inject] private DraftStore Drafts { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    [CascadingParameter] private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Parameter] public string? KindName { get; set; }

    [Parameter] public Guid? Id { get; set; }

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    [SupplyParameterFromQuery(Name = "callbackId")] public string? ForCallback { get; set; }

    /// <summary>The trigger to make this one after.</summary>
    [SupplyParameterFromQuery] public string? From { get; set; }

    private EditorState State => _session!.State;

    private bool IsDirty => _session is { State.IsDirty: true };

    private bool IsActivity => Tab == "activity" && _session?.Saved is not null;

    private string Title => _session?.Saved?.Name ?? (_editor is null ? "Trigger" : $"New {_editor.Title}");

    private string Sentence => TriggerSentence.Of(State.Form, _session!.Kind, State.Form.CallbackId is { } id ? Callbacks.Find(id)?.Name : null);

    private string DraftKey => Id?.ToString() ?? $"new:{KindName}:{ForCallback}:{From}";

    private IReadOnlyList<TabStrip.TabItem> Tabs
        => [.. State.Form.Settings.Tabs.Concat(s_commonTabs)
            .Select(t => new TabStrip.TabItem(t.Key, t.Title, State.Form.Settings.BadgeOf(t.Key), State.ErrorCountOf(t.Key)))];

    private string TabKey => Tabs.Any(t => t.Key == Tab) ? Tab! : Tabs[0].Key;

    private int ShownErrors => State.IsSubmitted ? State.Errors.Count : 0;

    private string SaveState => ShownErrors switch
    {
        1 => "One field needs attention",
        > 1 => $"{ShownErrors} fields need attention",
        _ when State.IsDirty => "Unsaved changes",
        _ when _session!.Saved is null => "Not saved yet",
        _ => "All changes are saved",
    };

    public void Dispose()
    {
        if (_session is not null) State.Changed -= OnChanged;
        StopPreview();
    }

    protected override async Task OnParametersSetAsync()
    {
        var wanted = DraftKey;
        if (_loaded == wanted) return;
        // Just made here: nothing has to be read again
        if (Id is not null && _session?.Saved?.Id == Id) _loaded = wanted;
        else await LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_mayHaveDraft && _session is not null)
        {
            _mayHaveDraft = false;
            await RestoreDraftAsync();
            await PreviewNowAsync();
        }
        if (_focus is { } id)
        {
            _focus = null;
            await Browser.InvokeVoidAsync("tc.focusId", id);
        }
    }

    private async Task LoadAsync()
    {
        _loaded = DraftKey;
        (_error, _problem, _isMissing, _isConflict, _isRestored) = (null, null, false, false, false);
        _canEdit = (await Authentication).User.May(Permissions.EditTriggers);
        if (_session is not null) State.Changed -= OnChanged;
        _session = null;
        try
        {
            if (!await BeginAsync())
            {
                _isMissing = true;
                return;
            }
            _editor = TriggerEditors.Find(Session.Form.Settings.Kind);
            Session.State.Changed += OnChanged;
            _session = Session;
            await LoadHelpAsync();
            _mayHaveDraft = RendererInfo.IsInteractive;
        }
        catch (DbException)
        {
            _error = "The database does not answer. Nothing is lost; try again in a moment.";
        }
    }

    private async Task<bool> BeginAsync()
    {
        if (Id is { } id) return await Session.LoadAsync(id, CancellationToken.None);
        if (Guid.TryParse(From, out var from)) return await Session.BeginCopyAsync(from, CancellationToken.None);
        if (TriggerEditors.Find(KindName) is not { } editor) return false;
        var form = editor.NewForm();
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(Navigation.Uri).Query);
        form.Begin(name => query[name]);
        Session.Begin(form, Guid.TryParse(ForCallback, out var callback) && Callbacks.Find(callback) is not null ? callback : null);
        return true;
    }

    private async Task RestoreDraftAsync()
    {
        if (!_canEdit || await Drafts.FindAsync(DraftKey) is not { } draft || TriggerForm.FromDraft(draft.Form) is not { } form || form.Settings.Kind != State.Form.Settings.Kind) return;
        if (draft.Sample is { } sample) _sample.SetText(sample);
        State.Restore(form);
        _isRestored = State.IsDirty;
        // It is a change of what was there then: saving it over something newer has to be said
        _isConflict = _isRestored && draft.Version != _session!.Saved?.Version;
    }

    private Task SaveAsync() => SaveAsync(overwrite: false);

    private async Task SaveAsync(bool overwrite)
    {
        if (_isSaving || _isConflict && !overwrite) return;
        var (isNew, draft) = (_session!.Saved is null, DraftKey);
        _isSaving = true;
        try
        {
            switch (await GuardedAsync(() => Session.SaveAsync(overwrite, CancellationToken.None)))
            {
                case { } refusal: Show(refusal); return;
                case null when _problem is not null: return;
            }
        }
        finally
        {
            _isSaving = false;
        }
        (_isConflict, _isRestored, _said) = (false, false, isNew ? "The trigger is made." : "Saved.");
        // Before anything is waited for: a link that is followed meanwhile must not be overruled by this
        if (isNew) Navigation.NavigateTo($"/triggers/{Session.Saved!.Id}{(Tab is null ? "" : $"?tab={Tab}")}", replace: true);
        await Drafts.ForgetAsync(draft);
        await PreviewNowAsync();
    }

    private void Show(Refusal refusal)
    {
        switch (refusal)
        {
            case Refusal.Conflict: _isConflict = true; break;
            case Refusal.Invalid { Errors: [var first, ..] } invalid:
                _said = invalid.Errors.Count == 1 ? "Not saved: one field has an error." : $"Not saved: {invalid.Errors.Count} fields have errors.";
                if (State.TabOf(first.Field) is { } tab) SelectTab(tab);
                _focus = EditorState.IdOf(first.Field);
                break;
            default: _problem = refusal.Message; break;
        }
    }

    private async Task DiscardAsync()
    {
        // Where others have saved something newer, the button itself says what is lost
        if (!_isConflict && !await Dialogs.AskAsync("Discard your changes?", "What you have changed since it was last saved is lost.", "Discard my changes", isDangerous: true, stay: "Keep editing")) return;
        await Drafts.ForgetAsync(DraftKey);
        await LoadAsync();
    }

    private async Task TogglePausedAsync()
    {
        var pause = !_session!.Saved!.Paused;
        if (await GuardedAsync(() => Session.SetPausedAsync(pause, CancellationToken.None)) is { } refusal) Show(refusal);
        else _said = pause ? "Paused: events are accepted and held." : "Resumed: what was held runs now.";
    }

    private async Task DeleteAsync()
    {
        var waiting = await Session.CountWaitingAsync(CancellationToken.None);
        var message = (waiting == 0 ? "Nothing waits for it. " : $"{Format.Count(waiting, "execution")} that {(waiting == 1 ? "waits" : "wait")} for it will be cancelled. ") + "Its stored secrets are erased; what it has done stays in the history.";
        if (!await Dialogs.AskAsync($"Delete “{_session!.Saved!.Name}”?", message, "Delete the trigger", isDangerous: true, stay: "Keep it")) return;
        var refusal = await GuardedAsync(() => Session.DeleteAsync(CancellationToken.None));
        if (refusal is not null) Show(refusal);
        if (refusal is not null || _problem is not null) return;
        State.MarkSaved();
        await Drafts.ForgetAsync(DraftKey);
        Navigation.NavigateTo("/triggers");
    }

    /// <summary>Runs a command; what hinders it is shown in <see cref="_problem"/>.</summary>
    private async Task<Refusal?> GuardedAsync(Func<Task<Refusal?>> command)
    {
        _problem = null;
        try
        {
            return await command();
        }
        catch (NotAllowedException exception)
        {
            _problem = exception.Message;
        }
        catch (DbException)
        {
            _problem = "The database does not answer, so nothing was changed. Try again in a moment.";
        }
        return null;
    }

    // Tabs and filters are the same page; anything else would lose what is typed
    private async Task GuardAsync(LocationChangingContext context)
    {
        if (!IsDirty || Navigation.ToAbsoluteUri(context.TargetLocation).AbsolutePath == new Uri(Navigation.Uri).AbsolutePath) return;
        if (await Dialogs.AskAsync("Leave without saving?", "What you have changed in this trigger is not saved.", "Leave and lose it", isDangerous: true, stay: "Stay"))
            await Drafts.ForgetAsync(DraftKey);
        else
            context.PreventNavigation();
    }

    private void SelectTab(string tab) => Navigation.SetQuery(new() { ["tab"] = tab });

    private Dictionary<string, object> KindParameters(string? tab = null)
    {
        var parameters = new Dictionary<string, object> { ["Form"] = State.Form.Settings, ["State"] = State };
        if (tab is not null) parameters["Tab"] = tab;
        return parameters;
    }

}
