using System.Text;
using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>Markup that strangers send is text, wherever it is shown.</summary>
[Collection(nameof(Chromium))]
public sealed class HostilePayloadTests(Chromium chromium)
{
    private const string Image = "<img src=x onerror=window.__xss=1>";
    private const string Script = "</script></pre><script>window.__xss=2</script>";

    [Fact]
    public async Task Pages_NamesBodiesAndHeadersAreMarkup_ShowItAsText()
    {
        await using var app = await TestApp.StartAsync();
        var target = $"{app.Address}echo/x?status=500";
        var callback = await app.CreateCallbackAsync(target,
            new { name = $"Trigger {Image}", settings = new { method = "POST", url = target, headers = new[] { new { name = "X-Note", value = "{header:X-Note}" } } }, retry = new { maxAttempts = 1 } },
            new { name = $"Callback {Image}", description = Script });
        using var content = new StringContent($$"""{"type":"{{Image}}","{{Image}}":"{{Script}}"}""", Encoding.UTF8, "application/json");
        using var response = await app.FireAsync(callback, content, r =>
        {
            r.Headers.Add("X-Note", Image);
            r.Headers.TryAddWithoutValidation("User-Agent", Image);
            r.RequestUri = new($"{r.RequestUri}?{Uri.EscapeDataString(Image)}={Uri.EscapeDataString(Script)}", UriKind.Relative);
        });
        var execution = await Eventually.GetAsync(async () =>
        {
            var dead = (await app.SendAsync(HttpMethod.Get, "/api/executions?status=DeadLettered")).GetProperty("items");
            return (dead.GetArrayLength() == 1, dead);
        }, "the execution to be dead");
        var (executionId, eventId) = (execution[0].GetProperty("id").GetGuid(), execution[0].GetProperty("eventId").GetGuid());

        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync();
            await ShowsAsync(visit, "/", Image);
            await ShowsAsync(visit, "/callbacks", Image);
            await ShowsAsync(visit, $"/callbacks/{callback.Id}", Image, Script);
            await ShowsAsync(visit, "/triggers", Image);
            await ShowsAsync(visit, $"/triggers/{callback.TriggerId}", Image);
            await ShowsAsync(visit, "/events", Image);
            await ShowsAsync(visit, $"/events/{eventId}", Image, Script);
            await ShowsAsync(visit, "/executions", Image);
            await ShowsAsync(visit, $"/executions/{executionId}", Image, Script);
            await ShowsAsync(visit, $"/executions/{executionId}?edit=true", Image);
            await ShowsAsync(visit, "/dead-letters", Image);
            await visit.Page.Keyboard.PressAsync("Control+k");
            await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Find or do" }).FillAsync("<img");
            await Expect(visit.Page.GetByRole(AriaRole.Option, new() { Name = $"Callback {Image}" })).ToBeVisibleAsync();
            await AssertNothingRanAsync(visit);
        });
    }

    private static async Task ShowsAsync(Visit visit, string path, params string[] texts)
    {
        await visit.OpenAsync(path);
        foreach (var text in texts) await Expect(visit.Page.Locator("main")).ToContainTextAsync(text);
        await AssertNothingRanAsync(visit);
    }

    private static async Task AssertNothingRanAsync(Visit visit)
    {
        Assert.Equal("undefined", await visit.Page.EvaluateAsync<string>("typeof window.__xss"));
        Assert.Equal(0, await visit.Page.Locator("img[src=x], main script").CountAsync());
    }
}
