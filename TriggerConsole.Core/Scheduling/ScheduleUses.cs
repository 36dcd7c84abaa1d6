using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Scheduling;

/// <summary>Which schedules start a callback or a trigger, so that neither is deleted under them.</summary>
internal static class ScheduleUses
{
    private const int MostNamed = 5;

    /// <summary>Why a trigger cannot be deleted, in sentences; null when it can.</summary>
    public static Task<string?> WhyKeptAsync(TriggerConsoleDbContext context, Guid triggerId, string name, CancellationToken cancellationToken)
        => WhyAsync(context.Schedules.Where(s => s.TriggerId == triggerId), $"The trigger {name}", cancellationToken);

    /// <summary>The same of a callback, with which its triggers go.</summary>
    public static Task<string?> WhyCallbackKeptAsync(TriggerConsoleDbContext context, Guid callbackId, string name, CancellationToken cancellationToken)
        => WhyAsync(
            context.Schedules.Where(s => s.CallbackId == callbackId || s.TriggerId != null && context.Triggers.Any(t => t.Id == s.TriggerId && t.CallbackId == callbackId && t.DeletedAt == null)),
            $"The callback {name}, or a trigger of it,", cancellationToken);

    private static async Task<string?> WhyAsync(IQueryable<Schedule> schedules, string what, CancellationToken cancellationToken)
    {
        var names = await schedules.Where(s => s.DeletedAt == null).OrderBy(s => s.Name).Select(s => s.Name).ToListAsync(cancellationToken);
        if (names.Count == 0) return null;
        var named = string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
        return $"{what} is started by the {(names.Count == 1 ? "schedule" : "schedules")} {named}. Delete {(names.Count == 1 ? "that schedule" : "those schedules")}, or choose another target there, first.";
    }
}
