using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Components.Pages.Jobs;

/// <summary>What pages say of a queue.</summary>
internal static class QueueWords
{
    public static string By(QueueView queue) => queue.PausedBy is { } by ? $"Paused by {by}" : "Paused";

    public static string Running(QueueView queue)
        => $"Attempts under way on this server{(queue.Workers is { } workers ? $", of at most {workers} (Execution:Workers)" : "; it shares the workers of the whole server")}. {queue.Processing} under way for half a second or more on all servers.";

    public static string Paused(QueueView queue)
        => $"Paused{(queue.PausedBy is { } by ? $" by {by}" : "")}{(queue.PausedAt is { } at ? $" at {at:yyyy-MM-dd HH:mm} UTC" : "")}: what waits in it stays until someone resumes it.";
}
