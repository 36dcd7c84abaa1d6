using System.Diagnostics;
using TriggerConsole.Core;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Bench;

/// <summary>What a full history costs: throughput and first page on an empty file, and with many finished executions in it.</summary>
internal static class GrowthBenchmark
{
    public static async Task RunAsync(int rows)
    {
        Table.Heading($"Growth to {rows:N0} finished executions (SQLite)", "", "finished", "first page", "dead letters", "one trigger", "file");
        await using var engine = await EngineUnderTest.StartAsync();
        await engine.LoadAsync(20_000, 64); // warm
        var empty = await MeasureAsync(engine, "nearly empty");
        Fill(engine, rows);
        var full = await MeasureAsync(engine, $"{rows:N0} executions");
        Table.Row("throughput kept", Table.Ratio(full / empty));
    }

    private static async Task<double> MeasureAsync(EngineUnderTest engine, string label)
    {
        const int events = 30_000;
        var rates = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var goal = engine.Kind.Count + events;
            var watch = Stopwatch.StartNew();
            await engine.LoadAsync(events, 64);
            while (engine.Kind.Count < goal) await Task.Delay(1);
            rates.Add(events / watch.Elapsed.TotalSeconds);
        }
        rates.Sort();
        Table.Row(label, Table.PerSecond(rates[1]), await PageAsync(engine, new()), await PageAsync(engine, new() { Statuses = [ExecutionStatus.DeadLettered] }),
            await PageAsync(engine, new() { TriggerId = engine.Trigger.Id, Statuses = [ExecutionStatus.DeadLettered, ExecutionStatus.Retrying] }), $"{engine.FileSize >> 20:N0} MB");
        return rates[1];
    }

    private static async Task<string> PageAsync(EngineUnderTest engine, ExecutionFilter filter)
    {
        var slowest = 0.0;
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await engine.Queries.ListAsync(filter, null, 50, CancellationToken.None);
            if (i > 0) slowest = Math.Max(slowest, watch.Elapsed.TotalMilliseconds); // the first one compiles the query
        }
        return Table.Milliseconds(slowest);
    }

    // Finished a while ago, one in a thousand dead
    private static readonly Guid s_node = Guid.NewGuid();

    private static void Fill(EngineUnderTest engine, int rows)
    {
        var start = TimeProvider.System.Now().AddDays(-3);
        for (var done = 0; done < rows;)
        {
            var batch = new List<JournalEntry>();
            for (var i = 0; i < 1000 && done < rows; i++, done++)
            {
                var at = start.AddSeconds(done * 0.2);
                var stored = EngineUnderTest.Event(at);
                var execution = EventRouter.CreateExecution(engine.Trigger, stored.Id, at, at, 5);
                var dead = done % 1000 == 0;
                batch.Add(new AcceptEntry(stored, [execution]));
                batch.Add(new AttemptEntry(
                    new Attempt { ExecutionId = execution.Id, Number = 1, StartedAt = at, DurationMicroseconds = 900, Succeeded = !dead, Failure = dead ? FailureKind.Timeout : null, Code = dead ? "timeout" : "http_200", NodeId = execution.OwnerId = s_node, Request = new byte[700], Response = new byte[300] },
                    new ExecutionChange(engine.Trigger.Id, dead ? ExecutionStatus.DeadLettered : ExecutionStatus.Succeeded, at, at, "http://127.0.0.1:9901/sink")));
            }
            engine.Store.Write(batch, []);
        }
    }
}
