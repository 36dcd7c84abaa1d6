using System.Globalization;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>One line of the retention settings.</summary>
/// <param name="field">As the API names it.</param>
internal sealed class RetentionLine(string field, string text, string help, int savedDays)
{
    public string Field { get; } = field;

    public string Text { get; } = text;

    public string Help { get; } = help;

    /// <summary>What is stored.</summary>
    public int SavedDays { get; } = savedDays;

    /// <summary>What is typed.</summary>
    public string Days { get; set; } = savedDays.ToString(CultureInfo.InvariantCulture);

    public string? Error { get; set; }

    /// <summary>Null when it is no whole number.</summary>
    public int? Value => int.TryParse(Days.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : null;

    /// <summary>History that is kept now would go.</summary>
    public bool IsShorter => Value is > 0 and var days && (SavedDays == 0 || days < SavedDays);
}

/// <summary>What someone has typed into the retention settings.</summary>
internal sealed class RetentionForm
{
    private RetentionForm(IReadOnlyList<RetentionLine> lines) => Lines = lines;

    public IReadOnlyList<RetentionLine> Lines { get; }

    public bool IsDirty => Lines.Any(l => l.Value != l.SavedDays);

    /// <summary>Saving deletes history that is kept now.</summary>
    public bool IsShorter => Lines.Any(l => l.IsShorter);

    public static RetentionForm Of(RetentionSettings settings) => new(
    [
        new("succeededDays", "Succeeded executions", "With their tries: what was sent and answered.", settings.SucceededDays),
        new("deadLetteredDays", "Dead letters", "As long as you may still want to send them again.", settings.DeadLetteredDays),
        new("cancelledDays", "Cancelled executions", "", settings.CancelledDays),
        new("eventDays", "Events", "Those that no execution needs any more, and refused requests.", settings.EventDays),
        new("statisticDays", "Figures", "For charts and rates, one row per minute and trigger.", settings.StatisticDays),
    ]);

    /// <summary>Null when something is no number; the lines say which.</summary>
    public RetentionInput? ToInput()
    {
        foreach (var line in Lines) line.Error = line.Value is null ? "Give a whole number of days, for example 14, or 0 to keep them for ever." : null;
        if (Lines.Any(l => l.Error is not null)) return null;
        return new() { SucceededDays = Lines[0].Value, DeadLetteredDays = Lines[1].Value, CancelledDays = Lines[2].Value, EventDays = Lines[3].Value, StatisticDays = Lines[4].Value };
    }

    public void Refuse(IReadOnlyList<FieldError> errors)
    {
        foreach (var line in Lines) line.Error = errors.FirstOrDefault(e => e.Field == line.Field)?.Message;
    }
}
