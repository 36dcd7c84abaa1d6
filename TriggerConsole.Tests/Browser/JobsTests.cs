using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>An administrator on the Jobs pages, with a server that really runs jobs.</summary>
[Collection(nameof(Chromium))]
public sealed class JobsTests(Chromium chromium)
{
    [Fact]
    public async Task Counters_JobsComeAndGo_MoveWithoutAReload()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await MakeAsync(app, "echo/down?status=503", tries: 1);
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync("/jobs");
            await visit.MarkAsync();
            await Expect(Counter(visit, "failed")).ToHaveTextAsync("0");

            var dead = (await app.FireAsync(callback, new { n = 1 }))[0];
            await app.WaitForAsync(dead, "DeadLettered");

            await Expect(Counter(visit, "failed")).ToHaveTextAsync("1 failed");
            await Expect(visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByTitle("1 failed")).ToBeVisibleAsync();
            await Expect(visit.Page.Locator("figure").Filter(new() { HasText = "Realtime" }).Locator("rect.failed")).ToHaveCountAsync(1);
            Assert.False(await visit.IsReloadedAsync());
        });
    }

    [Fact]
    public async Task Failed_AllThatMatchRequeuedThenDeleted_ShowsTheResultOfEach()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await MakeAsync(app, "echo/down?status=400", tries: 1); // says nothing against the target, so no circuit opens
        for (var i = 0; i < 25; i++) await app.FireAsync(callback, new { n = i, text = i < 24 ? "needle" : "other" });
        await Eventually.TrueAsync(async () => (await app.SendAsync(HttpMethod.Get, "/api/jobs?state=Failed")).GetProperty("total").GetInt32() == 25, "all to have failed");
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync("/jobs/failed?q=needle&size=10");
            await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(10);
            await visit.Page.GetByLabel("Select all on this page").CheckAsync();
            await Expect(visit.Page.Locator("#selected")).ToHaveTextAsync("10 selected.");
            await visit.Page.Locator("#select-all-matching").ClickAsync();
            await visit.Button("Requeue").ClickAsync();
            await visit.Button("Requeue: 24 jobs").ClickAsync();
            await Expect(visit.Page.GetByText("Requeued 24 jobs.")).ToBeVisibleAsync();
            await visit.Page.GetByText("What came of each").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Table, new() { Name = "What came of each job" }).Locator("tr")).ToHaveCountAsync(24);

            // They fail again; now all of the state are given up
            await Eventually.TrueAsync(async () => (await app.SendAsync(HttpMethod.Get, "/api/jobs?state=Failed")).GetProperty("total").GetInt32() == 25, "all to have failed again");
            await visit.Page.GotoAsync("/jobs/failed");
            await visit.ConnectedAsync();
            await visit.Page.GetByLabel("Select all on this page").CheckAsync();
            await visit.Page.Locator("#select-all-matching").ClickAsync();
            await visit.Button("Delete").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("count as deleted from then on");
            await visit.Button("Delete 25 jobs").ClickAsync();
            await Expect(visit.Page.GetByText("Deleted 25 jobs.")).ToBeVisibleAsync();
            await Expect(visit.Page.GetByText("No job has failed")).ToBeVisibleAsync();
            await Expect(Counter(visit, "deleted")).ToHaveTextAsync("25");
        });
    }

    [Fact]
    public async Task Queue_PausedOnThePage_HoldsUntilResumed()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await MakeAsync(app, "echo/ok", tries: 1, priority: 9);
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync("/jobs/queues?all=true");
            await visit.Button("Pause http-9").ClickAsync();
            await Expect(visit.Button("Resume http-9")).ToBeVisibleAsync();
            var id = (await app.FireAsync(callback, new { n = 1 }))[0];

            await Expect(visit.Page.Locator("#queue-http-9 [data-length]")).ToContainTextAsync("1");
            await Expect(visit.Page.Locator("#queue-http-9")).ToContainTextAsync($"Paused by {TestApp.Email}");
            Assert.Equal("Queued", (await app.SendAsync(HttpMethod.Get, $"/api/executions/{id}")).GetProperty("execution").GetProperty("status").GetString());

            await visit.Button("Resume http-9").ClickAsync();
            await app.WaitForAsync(id, "Succeeded");
            await Expect(visit.Page.Locator("#queue-http-9 [data-length]")).ToContainTextAsync("0");
        });
    }

    [Fact]
    public async Task Job_CancelledAndRequeued_TellsItsHistory()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await MakeAsync(app, "echo/later?status=500", tries: 2);
        var id = (await app.FireAsync(callback, new { n = 1 }))[0];
        await app.WaitForAsync(id, "Retrying");
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync($"/jobs/{id}");
            var history = visit.Page.Locator("ol.history > li");
            await Expect(history.First).ToContainTextAsync("Awaiting retry");
            await visit.Button("Delete").ClickAsync();
            await visit.Button("Delete the job").ClickAsync();
            await Expect(history.First).ToContainTextAsync("Deleted");
            await Expect(history.First).ToContainTextAsync(TestApp.Email);

            await visit.Button("Requeue").ClickAsync();
            await Expect(history.First).ToContainTextAsync("Failed");
            await Expect(history.Filter(new() { HasText = "Requeued" })).ToContainTextAsync(TestApp.Email);
            await Expect(history.Last).ToContainTextAsync("Created");
        });
    }

    [Fact]
    public async Task Jobs_NoAdministrator_AreNotShown()
    {
        await using var app = await TestApp.StartAsync();
        await using (var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync())
        {
            (await context.Users.SingleAsync()).Role = Role.Editor;
            await context.SaveChangesAsync();
        }
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Jobs" })).ToHaveCountAsync(0);
            visit.Faults.ExpectedStatus = 403;
            await visit.Page.GotoAsync("/jobs/failed");
            await Expect(visit.Page.Locator("nav.side")).ToHaveCountAsync(0);
        });
    }

    private static ILocator Counter(Visit visit, string key) => visit.Page.Locator($"nav.side [data-counter={key}]");

    private static Task<TestCallback> MakeAsync(TestApp app, string target, int tries, int priority = 5) => app.CreateCallbackAsync("", new
    {
        name = "Target",
        priority,
        settings = new { method = "POST", url = $"{app.Address}{target}" },
        retry = new { maxAttempts = tries, strategy = "fixed", delaySeconds = tries > 1 ? 600 : 1 },
    });
}
