using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Components.Pages.Jobs;

/// <summary>What pages say of a queue.</summary>
internal static class QueueWords
{
    public static string Paused(QueueView queue)
        => $"Paused{(queue.PausedBy is { } by ? $" by {by}" : "")}{(queue.PausedAt is { } at ? $" at {at:yyyy-MM-dd HH:mm} UTC" : "")}: what waits in it stays until someone resumes it.";
}
