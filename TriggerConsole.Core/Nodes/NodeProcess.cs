using System.Globalization;

namespace TriggerConsole.Core.Nodes;

/// <summary>
/// Whether a node's process is surely gone, told without waiting for its lease: only when it ran on this very machine, where we
/// would see it.
/// </summary>
internal static class NodeProcess
{
    /// <summary>
    /// Two processes with the same one see each other by their numbers: boot of the machine and namespace of process numbers (each
    /// container has its own). Null where that cannot be known, that is, anywhere but on Linux.
    /// </summary>
    public static string? Host { get; } = FindHost();

    /// <summary>When this process started; null where it cannot be known.</summary>
    public static long? Start { get; } = StartOf(Environment.ProcessId);

    public static bool IsSurelyGone(NodeView node)
        => Host is not null && node.Host == Host && node.State.ProcessStart is { } start && node.ProcessId != Environment.ProcessId && StartOf(node.ProcessId) != start;

    /// <summary>Ticks from the boot to the start of a process; null when there is none with this number, or it has ended and waits to be taken note of.</summary>
    private static long? StartOf(int processId)
    {
        if (Host is null && !OperatingSystem.IsLinux()) return null;
        try
        {
            // "42 (name, may hold anything) S 1 …": state is field 3, start is field 22 (proc(5))
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static string? FindHost()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            return new FileInfo("/proc/self/ns/pid").LinkTarget is { } space ? $"{boot} {space}" : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
