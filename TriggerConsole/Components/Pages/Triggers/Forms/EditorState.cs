using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>
/// What the editor knows beside the form itself: whether it differs from what is saved, and which faults are to be shown where.
/// A fault is shown once its field was touched, or after someone tried to save or send; before that, an empty form is no reproach.
/// </summary>
public sealed class EditorState(TriggerForm form)
{
    private readonly HashSet<string> _touched = [];
    private IReadOnlyList<FieldError> _errors = [];
    private string _saved = form.Snapshot();

    public TriggerForm Form { get; private set; } = form;

    public bool IsDirty { get; private set; }

    /// <summary>Someone tried to save or send: every fault is shown.</summary>
    public bool IsSubmitted { get; private set; }

    /// <summary>Raised when something was typed or chosen.</summary>
    public event Action? Changed;

    /// <summary>All faults of the form as it was last looked at, shown or not.</summary>
    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>Called by each field after its value changed.</summary>
    /// <param name="field">As the API names it: <c>settings.url</c>.</param>
    public void Touch(string field)
    {
        _touched.Add(field);
        IsDirty = Form.Snapshot() != _saved;
        Changed?.Invoke();
    }

    /// <summary>The outcome of looking the form over: replaces what was found before.</summary>
    public void SetErrors(IReadOnlyList<FieldError> errors) => _errors = errors;

    /// <summary>Someone tried to save or send, and this stood in the way.</summary>
    public void ShowErrors(IReadOnlyList<FieldError> errors) => (_errors, IsSubmitted) = (errors, true);

    /// <summary>The faults to show at a field: its own, and those of parts of it that have no field of their own (<c>retry.schedule[1]</c>).</summary>
    public IReadOnlyList<FieldError> ErrorsOf(string field)
        => [.. _errors.Where(e => (e.Field == field || e.Field.StartsWith(field + "[", StringComparison.Ordinal) && !e.Field.Contains("].", StringComparison.Ordinal)) && IsShown(e, field)).DistinctBy(e => (e.Message, e.Line, e.Column))];

    /// <summary>How many faults wait behind a tab.</summary>
    public int ErrorCountOf(string tab) => _errors.Count(e => TabOf(e.Field) == tab && IsShown(e, e.Field));

    /// <summary>The tab on which a field stands; null for what stands above them.</summary>
    public string? TabOf(string field)
    {
        if (field.StartsWith("retry", StringComparison.Ordinal)) return "retries";
        if (field.StartsWith("limits", StringComparison.Ordinal)) return "limits";
        return field.StartsWith("settings.", StringComparison.Ordinal) ? Form.Settings.TabOf(field["settings.".Length..]) : null;
    }

    /// <summary>The form is what is saved now.</summary>
    public void MarkSaved()
    {
        _saved = Form.Snapshot();
        (IsDirty, IsSubmitted) = (false, false);
        _touched.Clear();
    }

    /// <summary>Puts another form in place, as a change of the one that is saved.</summary>
    public void Restore(TriggerForm draft)
    {
        Form = draft;
        IsDirty = draft.Snapshot() != _saved;
        Changed?.Invoke();
    }

    /// <summary>The id of a field's element: errors and the focus find it by its name.</summary>
    public static string IdOf(string field) => "f-" + string.Concat(field.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    private bool IsShown(FieldError error, string field) => IsSubmitted || error.Line is not null || _touched.Contains(field) || _touched.Contains(error.Field);
}
