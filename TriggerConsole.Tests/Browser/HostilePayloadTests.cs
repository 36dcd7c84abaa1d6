using System.Text;
using Microsoft.AspNetCore.Http;
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

    /// <summary>All the classics at once: in body, headers, query, names and answers, on every page that shows what others say.</summary>
    [Fact]
    public async Task Pages_EveryVectorFromEveryPlace_NothingRuns()
    {
        await using var app = await TestApp.StartAsync();
        var vectors = XssVectors.All;
        await using var target = await HttpSink.StartAsync();
        target.Answer = async (context, _) =>
        {
            context.Response.StatusCode = 500;
            context.Response.ContentType = "text/html";
            foreach (var (vector, i) in XssVectors.ForHeaders.Select((v, i) => (v, i)).Take(40)) context.Response.Headers[$"X-Answer-{i}"] = vector;
            await context.Response.WriteAsync(string.Join('\n', vectors));
        };
        var headers = XssVectors.ForHeaders.Take(25).ToList();
        var callback = await app.CreateCallbackAsync(target.At("/x"),
            new { name = vectors[1], settings = new { method = "POST", url = target.At("/x"), headers = headers.Select((_, i) => new { name = $"X-Sent-{i}", value = $"{{header:X-V{i}}}" }) }, retry = new { maxAttempts = 1 } },
            new { name = vectors[20], description = string.Join('\n', vectors.Where(v => !v.Contains('\0')).Take(25)) });
        var broker = await app.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = vectors[30], url = "mqtt://127.0.0.1:1", enabled = false, username = vectors[21] });
        var schedule = await app.SendAsync(HttpMethod.Post, "/api/schedules", new { name = vectors[31], callbackId = callback.Id, kind = "Cron", cron = "0 3 * * *", payload = "{}" });
        await app.SendAsync(HttpMethod.Post, "/api/keys", new { name = vectors[40] });
        // Each leaves an entry of the audit log with its name in it; so does a sign-in as somebody who does not exist
        var user = (await app.SendAsync(HttpMethod.Post, "/api/users", new { email = "hostile@example.com", name = vectors[20], role = "Viewer" })).GetProperty("user").GetProperty("id").GetGuid();
        await app.SendAsync(HttpMethod.Put, $"/api/users/{user}", new { name = vectors[10], role = "Editor" });
        foreach (var vector in vectors.Where(v => v.All(c => c is >= ' ' and <= '~')).Take(30)) await app.SendAsync(HttpMethod.Post, "/api/keys", new { name = vector });
        var body = vectors.Select((v, i) => (Key: v + i, Value: v)).ToDictionary(v => v.Key, v => v.Value);
        using var fired = await app.FireAsync(callback, System.Net.Http.Json.JsonContent.Create(new { type = vectors[0], vectors = body }), r =>
        {
            foreach (var (vector, i) in headers.Select((v, i) => (v, i))) r.Headers.TryAddWithoutValidation($"X-V{i}", vector);
            r.Headers.TryAddWithoutValidation("User-Agent", headers[3]);
            r.RequestUri = new($"{r.RequestUri}?{string.Join('&', vectors.Take(30).Select((v, i) => $"{Uri.EscapeDataString(v + i)}={Uri.EscapeDataString(v)}"))}", UriKind.Relative);
        });
        Assert.True(fired.IsSuccessStatusCode, await fired.Content.ReadAsStringAsync());
        // A second one that is no JSON, and one that is refused
        using var text = await app.FireAsync(callback, new StringContent(string.Join('\n', vectors), Encoding.UTF8, "text/html"));
        using var refused = await app.Anonymous.PostAsync($"/api/trigger/{callback.Id}?token=wrong", new StringContent(vectors[0]));
        var dead = await Eventually.GetAsync(async () =>
        {
            var found = (await app.SendAsync(HttpMethod.Get, "/api/executions?status=DeadLettered")).GetProperty("items");
            return (found.GetArrayLength() == 2, found);
        }, "the executions to be dead");
        var entries = (await app.SendAsync(HttpMethod.Get, "/api/audit?limit=12")).GetProperty("items").EnumerateArray().Select(e => e.GetProperty("sequence").GetInt64()).ToList();
        var ids = dead.EnumerateArray().Select(d => (Execution: d.GetProperty("id").GetGuid(), Event: d.GetProperty("eventId").GetGuid())).ToList();

        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.Page.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', e => (window.__csp ||= []).push(`${e.violatedDirective} ${e.blockedURI}`)); window.alert = window.confirm = window.prompt = () => { window.__xss = 9; };");
            visit.Page.Dialog += (_, _) => throw new Xunit.Sdk.XunitException("A dialog was opened.");
            await visit.SignInAsync();
            string[] paths =
            [
                "/", "/callbacks", $"/callbacks/{callback.Id}", $"/callbacks/{callback.Id}?tab=refused", $"/callbacks/{callback.Id}?tab=settings", "/triggers", $"/triggers/{callback.TriggerId}", $"/triggers/{callback.TriggerId}?tab=headers", $"/triggers/{callback.TriggerId}?tab=activity",
                "/events?range=all", .. ids.Select(i => $"/events/{i.Event}"), "/executions", .. ids.SelectMany(i => (string[])[$"/executions/{i.Execution}", $"/executions/{i.Execution}?edit=true", $"/jobs/{i.Execution}"]), "/dead-letters", "/jobs", "/jobs/failed", "/jobs/recurring",
                "/brokers", $"/brokers/mqtt/{broker.GetProperty("id").GetGuid()}?tab=settings", "/schedules", $"/schedules/{schedule.GetProperty("id").GetGuid()}", $"/schedules/{schedule.GetProperty("id").GetGuid()}/edit", "/settings",
                "/settings?tab=users", $"/settings/users/{user}", "/settings?tab=keys", "/audit", .. entries.Select(e => $"/audit/{e}"),
                // What an address says is shown as well
                $"/executions?q={Uri.EscapeDataString(vectors[10])}", $"/events?q={Uri.EscapeDataString(vectors[20])}&range=all", $"/callbacks?q={Uri.EscapeDataString(vectors[10])}", $"/jobs/failed?q={Uri.EscapeDataString(vectors[30])}", $"/dead-letters?code={Uri.EscapeDataString(vectors[10])}", $"/brokers?q={Uri.EscapeDataString(vectors[20])}",
            ];
            foreach (var path in paths)
            {
                await visit.OpenAsync(path);
                await Expect(visit.Page.Locator("main .skeleton, main [aria-busy=true]")).ToHaveCountAsync(0);
                await AssertHarmlessAsync(visit, path);
            }
            await visit.OpenAsync($"/executions/{ids[0].Execution}");
            foreach (var tab in await visit.Page.GetByRole(AriaRole.Tab).AllAsync())
            {
                await tab.ClickAsync();
                await AssertHarmlessAsync(visit, await tab.InnerTextAsync());
            }
            // Without a circuit, and signed out
            foreach (var path in new[] { "/account", $"/account/password?problem=new&text={Uri.EscapeDataString(vectors[10])}", $"/nowhere/{Uri.EscapeDataString(vectors[20])}" })
            {
                visit.Faults.ExpectedStatus = 404;
                await visit.Page.GotoAsync(path);
                await AssertHarmlessAsync(visit, path);
            }
            await visit.Page.Context.ClearCookiesAsync();
            foreach (var path in new[] { $"/sign-in?problem={Uri.EscapeDataString(vectors[10])}&returnUrl={Uri.EscapeDataString("javascript:window.__xss=1")}", $"/setup?problem={Uri.EscapeDataString(vectors[10])}&email={Uri.EscapeDataString(vectors[10])}" })
            {
                await visit.Page.GotoAsync(path);
                await AssertHarmlessAsync(visit, path);
            }
        });
    }

    /// <summary>The page of the API comes from a package: it must do under our rules as well.</summary>
    [Fact]
    public async Task Swagger_UnderTheRulesForPages_Works()
    {
        await using var app = await TestApp.StartAsync();
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync();
            await visit.Page.GotoAsync("/swagger/index.html");
            await Expect(visit.Page.Locator(".opblock").First).ToBeVisibleAsync();
            await visit.Page.Locator(".opblock").First.ClickAsync();
            await Expect(visit.Page.Locator(".opblock-body").First).ToBeVisibleAsync();
        });
    }

    private static async Task AssertHarmlessAsync(Visit visit, string where)
    {
        var found = await visit.Page.EvaluateAsync<string[]>("""
            () => [
              ...(window.__xss !== undefined ? [`ran: ${window.__xss}`] : []),
              ...(window.__csp || []).map(v => `policy: ${v}`),
              ...[...document.querySelectorAll("[href], [action], [formaction], [src]")].flatMap(e => ["href", "action", "formaction", "src"].map(n => e.getAttribute(n)).filter(v => v && /^\s*(javascript|data|vbscript):/i.test(v) && !/^data:image\//.test(v))).map(v => `address: ${v}`),
              ...[...document.querySelectorAll("body *")].flatMap(e => [...e.attributes].filter(a => /^on/i.test(a.name)).map(a => `handler: ${e.tagName} ${a.name}`)),
              ...[...document.querySelectorAll("iframe, object, embed, frameset, base:not([href='/']), meta[http-equiv], main script, main style, main link, main svg script, marquee")].map(e => `element: ${e.outerHTML.slice(0, 100)}`),
            ]
            """);
        Assert.True(found.Length == 0, $"{where}:\n{string.Join('\n', found)}");
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
