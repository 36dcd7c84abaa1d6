using Radzen;
using TriggerConsole.Core.Scheduling;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>Until when to pause.</summary>
/// <param name="Until">When it goes on by itself; null: when someone resumes it.</param>
internal sealed record PauseChoice(DateTimeOffset? Until);

/// <summary>Asks until when to pause.</summary>
internal static class Pausing
{
    /// <summary>Null when the reader cancelled.</summary>
    public static async Task<PauseChoice?> AskUntilAsync(this DialogService dialogs, ScheduleView schedule)
        => await dialogs.OpenAsync<PauseBox>($"Pause {schedule.Name}?", new() { [nameof(PauseBox.TimeZone)] = schedule.TimeZone },
            new() { Width = "min(480px, calc(100vw - 24px))", CloseDialogOnEsc = true, AutoFocusFirstElement = false }) as PauseChoice;
}
