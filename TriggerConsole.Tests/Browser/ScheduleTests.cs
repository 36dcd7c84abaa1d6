using Microsoft.Playwright;
using TriggerConsole.Tests.Scheduling;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>The way of someone who lets something run by the clock, in a real browser.</summary>
[Collection(nameof(Chromium))]
public sealed class ScheduleTests(Chromium chromium)
{
    [Fact]
    public async Task Newcomer_MakesASchedule_WatchesItRun_PausesAndResumesIt()
    {
        await using var app = await TestApp.StartAsync();
        await app.TriggerAsync("Tell the CRM");
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync("/schedules");
            await visit.Link("Make the first schedule").ClickAsync();
            await Expect(visit.Heading("New schedule")).ToBeVisibleAsync();
            await MakeAsync(visit);

            // A run arrives while the page is open, and its outcome follows
            await visit.MarkAsync();
            var runs = visit.Page.Locator("table.runs tbody tr");
            await Expect(runs.Nth(1)).ToBeVisibleAsync();
            await Expect(runs.Last.Locator(".chip").First).ToHaveTextAsync("Succeeded");
            await Expect(runs.Last).ToContainTextAsync("Tell the CRM");

            await visit.Button("Pause").ClickAsync();
            await visit.Button("Pause it").ClickAsync();
            await Expect(visit.Page.Locator(".notice", new() { HasText = "Paused: nothing runs." })).ToBeVisibleAsync();
            var count = await runs.CountAsync();
            await visit.Button("Run now").ClickAsync();
            await Expect(runs).ToHaveCountAsync(count + 1);
            await Expect(runs.First).ToContainTextAsync("by hand");
            await visit.Button("Resume").ClickAsync();
            await Expect(visit.Page.Locator(".notice", new() { HasText = "Paused: nothing runs." })).ToHaveCountAsync(0);
            await Expect(runs.Nth(count + 2)).ToBeVisibleAsync();
            Assert.False(await visit.IsReloadedAsync());

            // Event and execution name it
            await runs.First.GetByText("Open the event").ClickAsync();
            await visit.Link("Every two seconds").ClickAsync();
            await visit.Page.Locator("table.runs tbody tr").First.GetByText("Tell the CRM").ClickAsync();
            await Expect(visit.Link("Every two seconds")).ToBeVisibleAsync();

            await visit.NavigateAsync("Schedules");
            await Expect(visit.Page.Locator("table.schedules")).ToContainTextAsync("Every 2 seconds");
        });
    }

    [Fact]
    public async Task Editor_CronTyped_ShowsWordsNextRunsAndFaultsWhileTyping()
    {
        await using var app = await TestApp.StartAsync();
        var id = (await app.ScheduleAsync(new { name = "Report", kind = "Cron", cron = "0 9 * * MON-FRI", timeZone = "Europe/Berlin", triggerId = await app.TriggerAsync() })).Id();
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync($"/schedules/{id}/edit");
            await Expect(visit.Page.GetByLabel("At", new() { Exact = true })).ToHaveValueAsync("09:00");
            var words = visit.Page.Locator("#words");
            await Expect(words).ToHaveTextAsync("At 09:00, Monday to Friday");
            await visit.Page.GetByText("Cron", new() { Exact = true }).ClickAsync();
            var cron = visit.Page.GetByLabel("Cron expression");
            await cron.FillAsync("0 25 * * *");
            await Expect(visit.Page.GetByText("At character 3. In hours: 25 is outside of 0 to 23.")).ToBeVisibleAsync();
            await cron.FillAsync("*/20 * * * * *");
            await Expect(words).ToHaveTextAsync("Every 20 seconds");
            await Expect(visit.Page.Locator("#next-runs li")).ToHaveCountAsync(5);
            await visit.Page.GetByLabel("Time zone").FillAsync("Europe/Berln");
            await Expect(visit.Page.GetByText("Did you mean Europe/Berlin?")).ToBeVisibleAsync();
            await visit.Button("Save").ClickAsync();
            await Expect(visit.Page.GetByLabel("Time zone")).ToBeFocusedAsync();
            await visit.Page.GetByLabel("Time zone").FillAsync("Europe/Lisbon");
            await visit.Button("Save").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Every 20 seconds" })).ToBeVisibleAsync();
        });
    }

    private static async Task MakeAsync(Visit visit)
    {
        await visit.Page.GetByLabel("Name").FillAsync("Every two seconds");
        await visit.Page.GetByLabel("Starts").SelectOptionAsync("Tell the CRM (HTTP)");
        await visit.Page.GetByLabel("Every", new() { Exact = true }).FillAsync("2");
        await visit.Page.GetByLabel("Unit").SelectOptionAsync("seconds");
        await Expect(visit.Page.Locator("#words")).ToHaveTextAsync("Every 2 seconds");
        await Expect(visit.Page.Locator("#next-runs li")).ToHaveCountAsync(5);
        await visit.Page.GetByText("JSON", new() { Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator("#payload")).ToHaveValueAsync("{ \"due\": \"{due_at}\" }");
        await visit.Button("Make the schedule").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Every two seconds", Level = 1 })).ToBeVisibleAsync();
    }
}
