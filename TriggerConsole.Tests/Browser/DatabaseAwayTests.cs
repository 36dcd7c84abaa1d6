using System.Net;
using System.Net.Http.Json;
using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>A PostgreSQL of its own, because it goes away.</summary>
[Collection(nameof(Chromium))]
public sealed class DatabaseAwayTests(Chromium chromium)
{
    [Fact]
    public async Task OpenPage_DatabaseStoppedAndBack_SaysSoAndGoesOnWithoutAReload()
    {
        var server = new PostgreSqlServer();
        await server.InitializeAsync();
        try
        {
            await using var app = await TestApp.StartAsync(new()
            {
                ["Database:Provider"] = "PostgreSql",
                ["ConnectionStrings:TriggerConsole"] = await server.CreateDatabaseAsync(),
                ["Node:Heartbeat"] = "00:00:00.5",
            });
            var callback = await app.CreateCallbackAsync($"{app.Address}echo/x");
            await chromium.VisitAsync(app.Address, async visit =>
            {
                var notice = visit.Page.GetByRole(AriaRole.Alert).GetByText("The database does not answer.", new() { Exact = true });
                await visit.SignInAsync("/executions");
                await app.FireAsync(callback, new { n = 1 });
                await Expect(Rows(visit)).ToHaveCountAsync(1);
                await visit.MarkAsync();
                await Expect(notice).ToBeHiddenAsync();

                await server.StopAsync();
                await Expect(notice).ToBeVisibleAsync();
                await Expect(Rows(visit)).ToHaveCountAsync(1); // still readable
                using (var refused = await app.FireAsync(callback, JsonContent.Create(new { n = 2 })))
                    Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.RetryAfter is not null));

                await server.StartAsync();
                await Expect(notice).ToBeHiddenAsync();
                await Eventually.TrueAsync(async () =>
                {
                    using var accepted = await app.FireAsync(callback, JsonContent.Create(new { n = 3 }));
                    return accepted.StatusCode == HttpStatusCode.Accepted;
                }, "events to be taken again");
                await Expect(Rows(visit)).ToHaveCountAsync(2);
                Assert.False(await visit.IsReloadedAsync());
            });
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static ILocator Rows(Visit visit) => visit.Page.Locator("table.executions tbody tr");
}
