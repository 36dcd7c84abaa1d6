using System.Diagnostics;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Bench;

/// <summary>Accepted, run by a trigger that does nothing, and recorded, all durably; beside one transaction per event.</summary>
internal static class EngineBenchmark
{
    public static async Task RunAsync()
    {
        Table.Heading("Engine on SQLite, synchronous=FULL, no-op trigger", "callers", "finished", "CPU per event", "allocated", "per commit", "vs one at a time");
        await using var engine = await EngineUnderTest.StartAsync();
        await engine.LoadAsync(10_000, 32); // warm
        var baseline = OneAtATime(engine, 2_000);
        Table.Row("one transaction per event, no attempt", Table.PerSecond(baseline), "", "", "1", Table.Ratio(1));
        foreach (var callers in (int[])[1, 8, 32, 128])
        {
            var events = callers == 1 ? 3_000 : 30_000;
            var (goal, commits, allocated) = (engine.Kind.Count + events, engine.Journal.Commits, GC.GetTotalAllocatedBytes());
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            await engine.LoadAsync(events, callers);
            while (engine.Kind.Count < goal) await Task.Delay(1);
            var rate = events / watch.Elapsed.TotalSeconds;
            var perEvent = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / events;
            Table.Row($"{callers}", Table.PerSecond(rate), $"{perEvent:0} µs", $"{(GC.GetTotalAllocatedBytes() - allocated) / events:N0} B",
                $"{(double)events / (engine.Journal.Commits - commits):0.0}", Table.Ratio(rate / baseline));
        }
    }

    private static double OneAtATime(EngineUnderTest engine, int events)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < events; i++) engine.Store.Write([new AcceptEntry(EngineUnderTest.Event(DateTimeOffset.UtcNow), [])], []);
        return events / watch.Elapsed.TotalSeconds;
    }
}
