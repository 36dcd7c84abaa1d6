using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Scheduling;

/// <summary>Schedules run: with the real clock and Quartz, on SQLite.</summary>
public sealed class ScheduleRunTests
{
    [Fact]
    public async Task Cron_EverySecond_MakesEventsWithPayloadThatArrive()
    {
        await using var app = await TestApp.StartAsync();
        var trigger = await app.TriggerAsync();
        var id = (await app.ScheduleAsync(new { name = "Tick", kind = "Cron", cron = "* * * * * *", triggerId = trigger, payload = """{"due":"{due_at}","name":"{schedule_name}","id":"{uuid}"}""", priority = 8 })).Id();
        var runs = await app.WaitForRunsAsync(id, 3);
        var dues = runs.Select(r => r.Time("dueAt")).ToList();
        Assert.All(dues.Zip(dues.Skip(1)), p => Assert.Equal(TimeSpan.FromSeconds(1), p.Second - p.First));
        Assert.All(runs, r => Assert.InRange(r.Time("firedAt") - r.Time("dueAt"), TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        var execution = runs[0].GetProperty("executions")[0].Id();
        var details = await app.WaitForAsync(execution, "Succeeded");
        Assert.Equal(8, details.GetProperty("execution").GetProperty("priority").GetInt32());
        var stored = await app.SendAsync(HttpMethod.Get, $"/api/events/{runs[0].Text("eventId")}");
        Assert.Equal("Schedule", stored.GetProperty("event").Text("origin"));
        var body = JsonSerializer.Deserialize<JsonElement>(await app.Client.GetStringAsync($"/api/events/{runs[0].Text("eventId")}/body"));
        Assert.Equal((dues[0], "Tick"), (body.Time("due"), body.Text("name")));
        Assert.True(Guid.TryParse(body.Text("id"), out _));
    }

    [Fact]
    public async Task Callback_IsTarget_AllItsTriggersFire()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/a");
        await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Http", callbackId = callback.Id, name = "Second", settings = new { method = "POST", url = $"{app.Address}echo/b" } });
        var id = (await app.ScheduleAsync(new { name = "Tick", kind = "Interval", intervalSeconds = 1, callbackId = callback.Id })).Id();
        var run = (await app.WaitForRunsAsync(id, 1))[0];
        Assert.Equal(2, run.GetProperty("executions").GetArrayLength());
        var stored = (await app.SendAsync(HttpMethod.Get, $"/api/events/{run.Text("eventId")}")).GetProperty("event");
        Assert.Equal((callback.Id, 2), (stored.GetProperty("callbackId").GetGuid(), stored.GetProperty("verdicts").GetArrayLength()));
    }

    [Fact]
    public async Task Once_RunsOnceAndHasEnded()
    {
        await using var app = await TestApp.StartAsync();
        var trigger = await app.TriggerAsync();
        var at = Clock.Truncate(DateTimeOffset.UtcNow.AddSeconds(4));
        var id = (await app.ScheduleAsync(new { name = "Once", kind = "Once", at, triggerId = trigger })).Id();
        var run = Assert.Single(await app.WaitForRunsAsync(id, 1));
        Assert.Equal(at, run.Time("dueAt"));
        Assert.Equal("Ended", (await app.SendAsync(HttpMethod.Get, $"/api/schedules/{id}")).Text("state"));
        // Not again, although Quartz is asked anew
        await app.Get<ScheduleEngine>().SyncAsync(id, CancellationToken.None);
        await app.SendAsync(HttpMethod.Put, $"/api/schedules/{id}", new { name = "Renamed" });
        Assert.Null(await NextInQuartzAsync(app, id));
        Assert.Single(await app.RunsAsync(id));
    }

    [Fact]
    public async Task RunNow_MakesARunThatSaysWhoAskedForIt_PausedOrNot()
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "Manual", kind = "Interval", intervalSeconds = 3600, triggerId = await app.TriggerAsync(), paused = true })).Id();
        var receipt = await app.SendAsync(HttpMethod.Post, $"/api/schedules/{id}/run");
        Assert.Equal("Fired", receipt.Text("outcome"));
        var run = Assert.Single(await app.RunsAsync(id));
        Assert.True(run.GetProperty("isManual").GetBoolean());
        Assert.False(string.IsNullOrEmpty(run.Text("actor")));
        await app.WaitForAsync(run.GetProperty("executions")[0].Id(), "Succeeded");
    }

    [Fact]
    public async Task Target_SwitchedOff_IsAFailedRunThatSaysWhy()
    {
        await using var app = await TestApp.StartAsync();
        var trigger = await app.TriggerAsync("CRM");
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Interval", intervalSeconds = 3600, triggerId = trigger })).Id();
        await app.SendAsync(HttpMethod.Put, $"/api/triggers/{trigger}", new { enabled = false });
        var receipt = await app.SendAsync(HttpMethod.Post, $"/api/schedules/{id}/run");
        Assert.Equal(("Failed", "The trigger CRM is switched off."), (receipt.Text("outcome"), receipt.Text("detail")));
        Assert.Equal("x", (await app.SendAsync(HttpMethod.Get, "/api/schedules?failed=true")).GetProperty("items")[0].Text("name"));
    }

    [Fact]
    public async Task Overlap_SkipWhileTheRunBeforeIsNotFinished_LeavesOutAndSaysSo()
    {
        await using var app = await TestApp.StartAsync();
        var trigger = await app.TriggerAsync(echo: "echo/slow?delayMs=20000");
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Interval", intervalSeconds = 1, triggerId = trigger, overlap = "Skip" })).Id();
        await app.WaitForRunsAsync(id, 1);
        var left = (await app.WaitForRunsAsync(id, 2, "SkippedOverlap"))[0];
        Assert.Equal("An execution of the run before was not finished.", left.Text("detail"));
        Assert.Equal(409, (await app.TryAsync(HttpMethod.Post, $"/api/schedules/{id}/run")).Status);
        Assert.Single(await app.RunsAsync(id), r => r.Text("outcome") == "Fired");
    }

    [Fact]
    public async Task Pause_StopsIt_AndItResumesByItselfWithoutMakingUp()
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Cron", cron = "* * * * * *", triggerId = await app.TriggerAsync(), misfire = "RunEach" })).Id();
        await app.WaitForRunsAsync(id, 1);
        var resumeAt = Clock.Truncate(DateTimeOffset.UtcNow.AddSeconds(6));
        var paused = await app.SendAsync(HttpMethod.Post, $"/api/schedules/{id}/pause", new { resumeAt });
        Assert.Equal(("Paused", resumeAt), (paused.Text("state"), paused.Time("resumeAt")));
        Assert.Equal(resumeAt, await NextInQuartzAsync(app, id));
        await Eventually.TrueAsync(async () => (await app.SendAsync(HttpMethod.Get, $"/api/schedules/{id}")).Text("state") == "Active", "it to go on by itself");
        var last = await Eventually.GetAsync(async () =>
        {
            var runs = await app.RunsAsync(id);
            return (runs[^1].Time("dueAt") > resumeAt, runs);
        }, "a run after the pause");
        Assert.DoesNotContain(last, r => r.Time("dueAt") > paused.Time("updatedAt").AddSeconds(1) && r.Time("dueAt") <= resumeAt);
        Assert.DoesNotContain(last, r => r.Text("outcome") != "Fired");
    }

    [Fact]
    public async Task Pause_UntilAPastTime_IsRefused()
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Interval", intervalSeconds = 600, triggerId = await app.TriggerAsync() })).Id();
        var errors = await app.RefusedAsync(new { resumeAt = DateTimeOffset.UtcNow.AddMinutes(-1) }, path: $"/api/schedules/{id}/pause");
        Assert.Contains("has passed", errors["resumeAt"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MisfirePolicy.RunOnce, "Fired")]
    [InlineData(MisfirePolicy.Skip, "SkippedMissed")]
    public async Task Once_ThatPassedWhilePaused_FollowsItsMisfirePolicyOnResume(MisfirePolicy policy, string outcome)
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Once", at = DateTimeOffset.UtcNow.AddDays(1), triggerId = await app.TriggerAsync(), misfire = policy.ToString(), paused = true })).Id();
        await SetAsync(app, id, s => s.At = Clock.Truncate(DateTimeOffset.UtcNow.AddHours(-1)));
        await app.SendAsync(HttpMethod.Post, $"/api/schedules/{id}/resume");
        Assert.Single(await app.WaitForRunsAsync(id, 1, outcome));
    }

    [Theory]
    [InlineData(MisfirePolicy.RunOnce, 1, "one later run makes up for all")]
    [InlineData(MisfirePolicy.RunEach, 3, null)]
    [InlineData(MisfirePolicy.Skip, 0, "left out, as this schedule asks")]
    public async Task Missed_WhileNothingRan_FollowsThePolicyAndHistorySaysSo(MisfirePolicy policy, int fired, string? detail)
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Interval", intervalSeconds = 3600, triggerId = await app.TriggerAsync(), misfire = policy.ToString() })).Id();
        var now = DateTimeOffset.UtcNow;
        // As if the server had been down for three and a half hours
        await app.SendAsync(HttpMethod.Post, $"/api/schedules/{id}/pause");
        await SetAsync(app, id, s => (s.Paused, s.StartAt, s.UpdatedAt) = (false, Clock.Truncate(now.AddHours(-2.5)), now.AddHours(-4)));
        await app.Get<ScheduleEngine>().SyncAsync(id, CancellationToken.None);
        if (detail is not null) Assert.Contains(detail, (await app.WaitForRunsAsync(id, 1, "SkippedMissed"))[0].Text("detail"), StringComparison.Ordinal);
        Assert.Equal(fired, (await app.WaitForRunsAsync(id, fired)).Count);
        Assert.True(await NextInQuartzAsync(app, id) > now);
    }

    [Fact]
    public async Task Quartz_LostItsTables_IsHealedAndNothingRunsTwice()
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Interval", intervalSeconds = 1, triggerId = await app.TriggerAsync() })).Id();
        await app.WaitForRunsAsync(id, 2);
        await using (var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync())
        {
            // As after a crash between our row and Quartz's
            await context.Database.ExecuteSqlRawAsync("DELETE FROM qrtz_simprop_triggers");
            await context.Database.ExecuteSqlRawAsync("DELETE FROM qrtz_triggers");
        }
        await app.Get<ScheduleEngine>().SyncChangedAsync(DateTimeOffset.UtcNow.AddMinutes(-1), CancellationToken.None);
        var runs = await app.WaitForRunsAsync(id, 6);
        Assert.Equal(runs.Count, runs.Select(r => r.Time("dueAt")).Distinct().Count());
        Assert.Equal(runs.Count, runs.Select(r => r.Text("eventId")).Distinct().Count());
    }

    [Fact]
    public async Task RunDue_ForATimeThatIsStored_StoresNothingMore()
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Cron", cron = "* * * * * *", triggerId = await app.TriggerAsync() })).Id();
        var due = (await app.WaitForRunsAsync(id, 1))[0].Time("dueAt");
        await app.SendAsync(HttpMethod.Delete, $"/api/schedules/{id}");
        await SetAsync(app, id, s => s.DeletedAt = null);
        var before = await app.RunsAsync(id);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.Get<ScheduleRunner>().RunDueAsync(id, due, due.AddSeconds(1), CancellationToken.None)));
        Assert.Equal(before.Count, (await app.RunsAsync(id)).Count);
    }

    [Fact]
    public async Task RunDue_AfterTheScheduleWasChanged_DoesNothingAndAsksForQuartzToBeTold()
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "x", kind = "Cron", cron = "0 0 1 1 *", triggerId = await app.TriggerAsync() })).Id();
        Assert.False(await app.Get<ScheduleRunner>().RunDueAsync(id, new(2026, 11, 3, 12, 0, 0, TimeSpan.Zero), null, CancellationToken.None));
        Assert.Empty(await app.RunsAsync(id));
    }

    internal static async Task SetAsync(TestApp app, Guid id, Action<Schedule> change)
    {
        await using var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        var row = await context.Schedules.SingleAsync(s => s.Id == id);
        change(row);
        await context.SaveChangesAsync();
    }

    private static async Task<DateTimeOffset?> NextInQuartzAsync(TestApp app, Guid id) => await app.Get<ScheduleEngine>().NextInQuartzAsync(id);
}
