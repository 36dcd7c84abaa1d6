using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TriggerConsole.Tests.Testing;

/// <summary>Servers that tests start: none outlives the test run, even when a test forgets to end it.</summary>
internal static class ChildProcesses
{
    private static readonly ConcurrentDictionary<int, Process> s_running = new();

    static ChildProcesses() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in s_running.Values) Kill(process);
    };

    public static Process Start(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        s_running[process.Id] = process;
        return process;
    }

    /// <summary>Sends a signal (<c>TERM</c>, <c>STOP</c>, <c>CONT</c>).</summary>
    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Ends it without a word (SIGKILL) and waits until it has ended. Nothing happens when it has ended already.</summary>
    public static void Kill(Process process)
    {
        s_running.TryRemove(process.Id, out _);
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        catch (InvalidOperationException) { } // it has ended
    }

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    public static async Task StopAsync(Process process)
    {
        if (!process.HasExited) Signal(process, "TERM");
        await process.WaitForExitAsync().WaitAsync(Eventually.Limit);
        s_running.TryRemove(process.Id, out _);
    }
}
