using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TriggerConsole.Authentication;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>The way of someone who has just started TriggerConsole for the first time, on an empty data folder.</summary>
[Collection(nameof(Chromium))]
public sealed partial class NewcomerTests(Chromium chromium)
{
    private static readonly Dictionary<string, string?> s_noAccount = new() { ["TriggerConsole:Admin:Email"] = "" };

    [Fact]
    public async Task Newcomer_FromSetupToAReplayedDeadLetter_NeedsNothingButThePages()
    {
        await using var app = await TestApp.StartAsync(s_noAccount);
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await SetUpAsync(visit);
            var curl = await MakeCallbackAsync(visit);
            await MakeTriggerAsync(visit, $"{app.Address}echo/crm");
            await FireAndWatchAsync(visit, app, curl);
            await BreakTargetAsync(visit, $"{app.Address}echo/crm?status=503");
            await SeeDeadLetterAsync(visit, app, curl);
            await MendAndReplayAsync(visit, $"{app.Address}echo/crm");
        });
    }

    [Fact]
    public async Task Setup_FromAnotherMachine_WantsTheCodeOfTheLog()
    {
        await using var app = await TestApp.StartAsync(s_noAccount);
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.Page.GotoAsync("/");
            await FillAccountAsync(visit);
            await visit.Page.GetByLabel("Code from the server's log").FillAsync("00000000");
            await visit.Button("Make the account").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the one in the server's log");
            await FillAccountAsync(visit);
            await visit.Page.GetByLabel("Code from the server's log").FillAsync(app.Get<FirstStart>().Code);
            await visit.Button("Make the account").ClickAsync();
            await Expect(visit.Page.GetByText("Nothing has arrived yet")).ToBeVisibleAsync();
        }, new() { ExtraHTTPHeaders = new Dictionary<string, string> { ["X-Forwarded-For"] = "203.0.113.7" } });
    }

    private static async Task SetUpAsync(Visit visit)
    {
        await visit.Page.GotoAsync("/");
        await Expect(visit.Heading("Welcome")).ToBeVisibleAsync();
        await FillAccountAsync(visit);
        await visit.Button("Make the account").ClickAsync();
        await visit.ConnectedAsync();
        await Expect(visit.Page.GetByText("Nothing has arrived yet")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("[aria-current=step]")).ToContainTextAsync("Make a callback");
    }

    private static async Task FillAccountAsync(Visit visit)
    {
        await visit.Page.GetByLabel("E-mail").FillAsync(TestApp.Email);
        await visit.Page.GetByLabel("Password").FillAsync(TestApp.Password);
    }

    private static async Task<string> MakeCallbackAsync(Visit visit)
    {
        await visit.Link("Make a callback").ClickAsync();
        await visit.Page.GetByLabel("Name").FillAsync("Orders");
        await visit.Page.GetByLabel("Path").FillAsync("shop/orders");
        await Expect(visit.Page.GetByText("/api/trigger/custom/shop/orders")).ToBeVisibleAsync();
        await visit.Button("Make the callback").ClickAsync();
        await Expect(visit.Heading("Orders is ready")).ToBeVisibleAsync();
        var token = await CodeAsync(visit, "Token");
        var curl = await CodeAsync(visit, "Try it in a terminal");
        Assert.Contains(token, curl, StringComparison.Ordinal);
        await visit.Button("Copy the curl line").ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Status).GetByText("Copied")).ToBeAttachedAsync();
        return curl;
    }

    private static Task<string> CodeAsync(Visit visit, string section)
        => visit.Page.GetByRole(AriaRole.Region, new() { Name = section, Exact = true }).Locator("pre code").InnerTextAsync();

    private static async Task MakeTriggerAsync(Visit visit, string url)
    {
        await visit.Link("Add a trigger").ClickAsync();
        await visit.Link("HTTP trigger").ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Tell the CRM");
        await visit.Page.GetByLabel("URL").FillAsync(url);
        await visit.Button("Send test").ClickAsync();
        var answer = visit.Page.GetByRole(AriaRole.Complementary, new() { Name = "Try it" }).GetByRole(AriaRole.Tabpanel, new() { Name = "Answer to the test" });
        await Expect(answer.GetByText("Success")).ToBeVisibleAsync();
        await Expect(answer.GetByText("200 OK")).ToBeVisibleAsync();
        await Expect(answer.Locator("pre.text")).ToContainTextAsync("\"name\": \"crm\"");
        await visit.Button("Make the trigger").ClickAsync();
        await Expect(visit.Heading("Tell the CRM HTTP")).ToBeVisibleAsync();
    }

    private static async Task FireAndWatchAsync(Visit visit, TestApp app, string curl)
    {
        await visit.NavigateAsync("Executions");
        var rows = visit.Page.Locator("table.executions tbody tr");
        await Expect(rows).ToHaveCountAsync(1); // the test
        await visit.MarkAsync();
        using (var response = await CurlCommand.RunAsync(app.Anonymous, curl)) Assert.Equal(202, (int)response.StatusCode);
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.First).ToContainTextAsync("Orders → Tell the CRM");
        await Expect(rows.First.Locator(".chip")).ToHaveTextAsync("Succeeded");
        Assert.False(await visit.IsReloadedAsync());

        await rows.First.GetByRole(AriaRole.Link, new() { Name = "Orders → Tell the CRM" }).ClickAsync();
        await Expect(visit.Page.GetByLabel("Request of try 1").Locator("pre.text")).ToContainTextAsync("\"hello\": \"world\"");
        var answer = visit.Page.GetByLabel("Response of try 1");
        await Expect(answer.GetByText("200 OK")).ToBeVisibleAsync();
        await Expect(answer.Locator("pre.text")).ToContainTextAsync("\"name\": \"crm\"");
        Assert.False(await visit.IsReloadedAsync());
    }

    private static async Task BreakTargetAsync(Visit visit, string url)
    {
        await visit.NavigateAsync("Triggers");
        await visit.Link("Tell the CRM").ClickAsync();
        await visit.Page.GetByLabel("URL").FillAsync(url);
        await visit.Tab("Retries").ClickAsync();
        await visit.Page.GetByLabel("Tries in all").FillAsync("1");
        await SaveAsync(visit);
    }

    private static async Task SaveAsync(Visit visit)
    {
        await visit.Button("Save").ClickAsync();
        await Expect(visit.Page.GetByText("All changes are saved")).ToBeVisibleAsync();
    }

    private static async Task SeeDeadLetterAsync(Visit visit, TestApp app, string curl)
    {
        await visit.NavigateAsync("Dead letters");
        await Expect(visit.Heading("Dead letters")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "No dead letters" })).ToBeVisibleAsync();
        using (var response = await CurlCommand.RunAsync(app.Anonymous, curl)) Assert.Equal(202, (int)response.StatusCode);
        await Expect(visit.Page.GetByText("1 dead letter in 1 group")).ToBeVisibleAsync(); // by itself
        await visit.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link, new() { Name = "Tell the CRM" }).ClickAsync();
        var row = visit.Page.Locator("table.executions tbody tr");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync("503");
    }

    private static async Task MendAndReplayAsync(Visit visit, string url)
    {
        await visit.Link("Open the trigger").ClickAsync();
        await visit.Page.GetByLabel("URL").FillAsync(url);
        await SaveAsync(visit);
        await visit.NavigateAsync("Dead letters");
        await visit.Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link, new() { Name = "Tell the CRM" }).ClickAsync();
        await visit.Button("Send all 1 again…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Replay 1 execution" }).ClickAsync();
        await Expect(visit.Page.GetByText("Replayed 1 execution.")).ToBeVisibleAsync();

        await visit.NavigateAsync("Executions");
        var first = visit.Page.Locator("table.executions tbody tr").First;
        await Expect(first).ToContainTextAsync("replay");
        await Expect(first.Locator(".chip")).ToHaveTextAsync("Succeeded");
        await first.GetByRole(AriaRole.Link, new() { Name = "Orders → Tell the CRM" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(ExecutionUrl());
        await Expect(visit.Page.GetByText("It repeats that one")).ToBeVisibleAsync();
    }

    [GeneratedRegex("/executions/[0-9a-f-]{36}$")]
    private static partial Regex ExecutionUrl();
}
