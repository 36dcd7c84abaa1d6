using System.Net.Http.Json;
using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>Pages stay live when the connection was lost.</summary>
[Collection(nameof(Chromium))]
public sealed class ReconnectTests(Chromium chromium)
{
    [Fact]
    public async Task LivePage_ConnectionCut_GoesOnWithoutAReload()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x");
        await using var wire = new DroppingProxy(app.Address);
        await chromium.VisitAsync(wire.Address, async visit =>
        {
            visit.Faults.MayLoseConnection = true;
            await visit.SignInAsync("/executions");
            await visit.MarkAsync();
            await app.FireAsync(callback, new { n = 1 });
            await Expect(Rows(visit)).ToHaveCountAsync(1);

            wire.Cut();
            Assert.NotEqual(0, wire.Dropped);
            await Expect(visit.Page.GetByText("Connection lost, reconnecting…")).ToBeVisibleAsync();
            await Expect(Rows(visit)).ToHaveCountAsync(1); // still readable
            await app.WaitForAsync((await app.FireAsync(callback, new { n = 2 }))[0], "Succeeded"); // the page hears of it, and cannot tell

            wire.Mend();
            await Expect(visit.Page.GetByText("Connection lost, reconnecting…")).ToBeHiddenAsync();
            await Expect(Rows(visit)).ToHaveCountAsync(2);
            await app.FireAsync(callback, new { n = 3 });
            await Expect(Rows(visit)).ToHaveCountAsync(3);
            await Expect(Rows(visit).GetByText("Succeeded")).ToHaveCountAsync(3);
            Assert.False(await visit.IsReloadedAsync());
        });
    }

    [Fact]
    public async Task LivePage_ServerStartedAnew_LoadsItselfAndGoesOn()
    {
        var folder = Directory.CreateTempSubdirectory("tc-reconnect-").FullName;
        using var server = new ServerProcess(folder, new() { ["Egress:AllowOwnServer"] = "true" });
        await server.StartAsync();
        var address = server.Client.BaseAddress!;
        var made = await SendAsync(server, "/api/callbacks", new { name = "Orders" });
        var id = made.GetProperty("id").GetGuid();
        await SendAsync(server, $"/api/callbacks/{id}/http", new { name = "Target", settings = new { method = "POST", url = $"{address}echo/x" } });
        Task FireAsync() => SendAsync(server, $"/api/trigger/{id}?token={made.GetProperty("token").GetString()}", new { n = 1 });
        await chromium.VisitAsync(address, async visit =>
        {
            visit.Faults.MayLoseConnection = true;
            await visit.SignInAsync("/executions");
            await FireAsync();
            await Expect(Rows(visit)).ToHaveCountAsync(1);
            await visit.MarkAsync();

            server.Kill();
            await Expect(visit.Page.GetByText("Connection lost, reconnecting…")).ToBeVisibleAsync();
            await server.StartAsync();
            // Not by a function that waits in the page: that takes eval, which pages may not use
            await Eventually.TrueAsync(async () =>
            {
                try { return await visit.IsReloadedAsync(); }
                catch (PlaywrightException) { return false; } // in between
            }, "the page to load itself");
            await visit.ConnectedAsync();
            Assert.Equal("/executions", visit.Path);
            await Expect(Rows(visit)).ToHaveCountAsync(1);
            await FireAsync();
            await Expect(Rows(visit)).ToHaveCountAsync(2);
        });
        server.Kill();
        Directory.Delete(folder, recursive: true);
    }

    private static ILocator Rows(Visit visit) => visit.Page.Locator("table.executions tbody tr");

    private static async Task<System.Text.Json.JsonElement> SendAsync(ServerProcess server, string path, object body)
    {
        using var response = await server.Client.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
    }
}
