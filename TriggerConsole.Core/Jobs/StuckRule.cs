using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>
/// When an attempt under way is called stuck. Each kind keeps the limit of an attempt itself, so one that outlasts it by more than
/// the margin is held up where the limit cannot reach: in a library, in the runtime, or on a machine that stands still.
/// </summary>
internal static class StuckRule
{
    public static TimeSpan Margin { get; } = TimeSpan.FromSeconds(10);

    /// <summary>For attempts whose trigger is gone, so that their own limit is not known: the longest that can be set.</summary>
    public static TimeSpan Unknown { get; } = TimeSpan.FromMinutes(10);

    public static bool IsStuck(RuntimeTrigger? trigger, DateTimeOffset startedAt, DateTimeOffset now) => now - startedAt > (trigger?.Prepared.Timeout ?? Unknown) + Margin;
}
