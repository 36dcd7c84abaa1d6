using System.Net;
using System.Text;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages;

/// <summary>The first paint, as the real application serves it: useful before the circuit is up.</summary>
public sealed class PrerenderedPagesTests
{
    [Fact]
    public async Task Home_NothingArrivedYet_TeachesThreeSteps()
    {
        await using var app = await TestApp.StartAsync();
        var page = await app.Client.GetStringAsync("/");
        Assert.Contains("Nothing has arrived yet", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/callbacks/new\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Home_SomethingRanAndATriggerHolds_SaysTheStateAndOffersToResume()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x");
        await app.WaitForAsync((await app.FireAsync(callback, new { n = 1 }))[0], "Succeeded");
        await app.Get<TriggerCommands>().SetPausedAsync(callback.TriggerId, paused: true, CancellationToken.None);
        await app.FireAsync(callback, new { n = 2 });
        var page = await app.Client.GetStringAsync("/");
        Assert.Contains("no dead letters.", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Target is paused", page, StringComparison.Ordinal);
        Assert.Contains("1 execution waits for it.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callbacks_OneIsThere_ShowsItsAddressAndWhatWasRefused()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x", callback: new { name = "Orders", path = "shop/orders" });
        using (var refused = await app.Anonymous.PostAsync(new Uri($"/api/trigger/{callback.Id}", UriKind.Relative), null)) Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        await Eventually.TrueAsync(async () => (await app.Client.GetStringAsync("/callbacks")).Contains($"/callbacks/{callback.Id}?tab=refused", StringComparison.Ordinal), "the refused request to be counted");
        Assert.Contains("/shop/orders", await app.Client.GetStringAsync("/callbacks"), StringComparison.Ordinal);
        Assert.DoesNotContain("/shop/orders", await app.Client.GetStringAsync("/callbacks?state=off"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callback_ItsPage_ShowsUrlCurlAndTriggerButNotTheToken()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x");
        var page = await app.Client.GetStringAsync($"/callbacks/{callback.Id}");
        Assert.Contains($"{app.Address}api/trigger/{callback.Id}", page, StringComparison.Ordinal);
        Assert.Contains("X-Callback-Token: YOUR_TOKEN", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains($"/triggers/{callback.TriggerId}", page, StringComparison.Ordinal);
        Assert.DoesNotContain(callback.Token, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_PayloadIsMarkup_IsShownAsText()
    {
        await using var app = await TestApp.StartAsync();
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x");
        const string hostile = "<img src=x onerror=alert(1)></pre><script>alert(2)</script>";
        using var content = new StringContent(hostile, Encoding.UTF8, "text/html");
        (await app.FireAsync(callback, content, r => r.Headers.Add("X-Note", "<b>bold</b>"))).Dispose();
        var stored = Assert.Single((await app.Get<EventQueries>().ListAsync(callback.Id, null, null, null, 10, CancellationToken.None)).Items);
        var page = await app.Client.GetStringAsync($"/events/{stored.Id}");
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert(2)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bold</b>", page, StringComparison.Ordinal);
        Assert.Contains(hostile, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("fired 1", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_FilteredByCallback_ShowsOnlyItsOwn()
    {
        await using var app = await TestApp.StartAsync();
        var first = await app.CreateCallbackAsync($"{app.Address}echo/x");
        var second = await app.CreateCallbackAsync($"{app.Address}echo/x");
        await app.FireAsync(first, new { type = "first.happened" });
        await app.FireAsync(second, new { type = "second.happened" });
        var page = await app.Client.GetStringAsync($"/events?callback={first.Id}");
        Assert.Contains("first.happened", page, StringComparison.Ordinal);
        Assert.DoesNotContain("second.happened", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/callbacks/01a1fe27-2495-7000-bb9a-0e314e647b53", "There is no callback with this id")]
    [InlineData("/events/01a1fe27-2495-7000-bb9a-0e314e647b53", "There is no event with this id")]
    [InlineData("/brokers/amqp/01a1fe27-2495-7000-bb9a-0e314e647b53", "There is no broker with this id")]
    [InlineData("/brokers/amqp/01a1fe27-2495-7000-bb9a-0e314e647b53/exchanges/01a1fe27-2495-7000-bb9a-0e314e647b53", "There is no exchange with this id")]
    public async Task Page_UnknownId_SaysSo(string path, string words)
    {
        await using var app = await TestApp.StartAsync();
        Assert.Contains(words, await app.Client.GetStringAsync(path), StringComparison.Ordinal);
    }
}
