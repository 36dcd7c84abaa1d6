using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Scheduling.Engine;

/// <summary>A thousand schedules, a hundred due in the same second; and two nodes that watch the same ones.</summary>
[Collection(nameof(Alone))]
public sealed class ScheduleLoadTests(ITestOutputHelper output)
{
    private const int All = 1_000;
    private const int AtOnce = 100;

    [Fact]
    public async Task HundredOfAThousand_DueInTheSameSecond_FireWithinTwoSecondsOnSqlite() => await FireHundredAsync([]);

    [Fact]
    public async Task HundredOfAThousand_DueInTheSameSecond_FireWithinTwoSecondsOnPostgreSql()
    {
        await using var server = new OwnServer();
        await FireHundredAsync(await server.SettingsAsync());
    }

    [Fact]
    public async Task TwoNodes_OnePostgreSql_EachTimeFiresOnce()
    {
        await using var server = new OwnServer();
        var settings = await server.SettingsAsync();
        await using var one = await TestApp.StartAsync(settings);
        await using var two = await TestApp.StartAsync(settings);
        var trigger = await one.TriggerAsync();
        var ids = await MakeAsync(one, 20, i => "* * * * * *", trigger);
        await one.Get<ScheduleEngine>().SyncChangedAsync(DateTimeOffset.UtcNow.AddMinutes(-1), CancellationToken.None);
        var runs = await Eventually.GetAsync(async () =>
        {
            var all = await RunsAsync(one, ids);
            return (all.Count >= 20 * 6, all);
        }, "six runs of each schedule");
        foreach (var group in runs.GroupBy(r => r.ScheduleId))
        {
            var due = group.Select(r => r.DueAt).Order().ToList();
            Assert.Equal(due.Count, due.Distinct().Count());
            // None is left out either
            Assert.All(due.Zip(due.Skip(1)), p => Assert.Equal(TimeSpan.FromSeconds(1), p.Second - p.First));
        }
        await using var context = await one.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        var made = await context.Events.Where(e => e.Origin == Core.Events.EventOrigin.Schedule).Select(e => e.Id).ToListAsync();
        Assert.Equal(made.Count, await context.ScheduleRuns.CountAsync(r => r.EventId != null && made.Contains(r.EventId.Value)));
        output.WriteLine($"{runs.Count} runs, by node: {string.Join(", ", runs.GroupBy(r => r.NodeId).Select(g => g.Count()))}");
    }

    private async Task FireHundredAsync(Dictionary<string, string?> settings)
    {
        await using var app = await TestApp.StartAsync(settings);
        var trigger = await app.TriggerAsync();
        // Made at once, as on a start: the hundred are due some seconds from now
        var at = DateTimeOffset.UtcNow.AddSeconds(12);
        at = new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var ids = await MakeAsync(app, All, i => i < AtOnce ? $"{at.Second} {at.Minute} {at.Hour} * * *" : $"0 {i % 60} {(at.Hour + 12) % 24} 1 1 *", trigger);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await app.Get<ScheduleEngine>().SyncChangedAsync(DateTimeOffset.UtcNow.AddMinutes(-1), CancellationToken.None);
        output.WriteLine($"{All} schedules brought to Quartz in {watch.Elapsed.TotalSeconds:0.0} s");
        var runs = await Eventually.GetAsync(async () =>
        {
            var all = await RunsAsync(app, ids);
            return (all.Count >= AtOnce, all);
        }, "a hundred runs");
        Assert.Equal(AtOnce, runs.Count);
        var late = runs.Select(r => (r.FiredAt - at).TotalMilliseconds).Order().ToList();
        output.WriteLine($"fired after {late[0]:0} to {late[^1]:0} ms, half within {late[AtOnce / 2]:0} ms");
        Assert.All(runs, r => Assert.Equal((at, ScheduleRunOutcome.Fired), (r.DueAt, r.Outcome)));
        Assert.InRange(late[^1], 0, 2_000);
    }

    private static async Task<List<Guid>> MakeAsync(TestApp app, int count, Func<int, string> cron, Guid trigger)
    {
        await using var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        var now = Clock.Truncate(DateTimeOffset.UtcNow);
        var rows = Enumerable.Range(0, count).Select(i => new Schedule
        {
            Id = Uuid7.New(now),
            Name = $"Schedule {i}",
            Kind = ScheduleKind.Cron,
            Cron = cron(i),
            TimeZone = "Etc/UTC",
            TriggerId = trigger,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        }).ToList();
        context.Schedules.AddRange(rows);
        await context.SaveChangesAsync();
        return [.. rows.Select(r => r.Id)];
    }

    private static async Task<List<ScheduleRun>> RunsAsync(TestApp app, List<Guid> ids)
    {
        await using var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        return await context.ScheduleRuns.AsNoTracking().Where(r => ids.Contains(r.ScheduleId)).ToListAsync();
    }

    /// <summary>A server for one test: tests that run alone share none.</summary>
    private sealed class OwnServer : IAsyncDisposable
    {
        private readonly PostgreSqlServer _server = new();

        public async Task<Dictionary<string, string?>> SettingsAsync()
        {
            await _server.InitializeAsync();
            return new() { ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:TriggerConsole"] = await _server.CreateDatabaseAsync() };
        }

        public async ValueTask DisposeAsync() => await _server.DisposeAsync();
    }
}
