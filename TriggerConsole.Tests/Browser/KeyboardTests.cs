using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>Without a mouse: Tab, Enter and Space alone.</summary>
[Collection(nameof(Chromium))]
public sealed class KeyboardTests(Chromium chromium)
{
    private const int MostTabs = 60;

    private const string Focused = """
        () => {
          const e = document.activeElement;
          const style = getComputedStyle(e); // the body has it between the last element and the first
          return { what: `${e.tagName}#${e.id} ${e.name ?? ""} ${(e.ariaLabel ?? e.innerText ?? "").trim().slice(0, 40)}`, isSeen: e === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none" };
        }
        """;

    [Fact]
    public async Task SignIn_ByKeyboardAlone_OpensHome()
    {
        await using var app = await TestApp.StartAsync();
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.Page.GotoAsync("/");
            await Expect(visit.Page.GetByLabel("E-mail")).ToBeFocusedAsync(); // at once
            await visit.Page.Keyboard.TypeAsync(TestApp.Email);
            await TabToAsync(visit, visit.Page.GetByLabel("Password"));
            await visit.Page.Keyboard.TypeAsync("not the password");
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("do not match");

            await Expect(visit.Page.GetByLabel("E-mail")).ToBeFocusedAsync();
            await visit.Page.Keyboard.TypeAsync(TestApp.Email);
            await TabToAsync(visit, visit.Page.GetByLabel("Password"));
            await visit.Page.Keyboard.TypeAsync(TestApp.Password);
            await TabToAsync(visit, visit.Page.GetByLabel("Stay signed in"));
            await visit.Page.Keyboard.PressAsync("Space");
            await Expect(visit.Page.GetByLabel("Stay signed in")).Not.ToBeCheckedAsync();
            await TabToAsync(visit, visit.Button("Sign in"));
            await visit.Page.Keyboard.PressAsync("Space");
            await Expect(visit.Heading("Nothing has arrived yet")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task CallbackForm_ByKeyboardAlone_MakesTheCallback()
    {
        await using var app = await TestApp.StartAsync();
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync();
            await TabToAsync(visit, visit.Link("Skip to the content"));
            await visit.Page.Keyboard.PressAsync("Enter");
            await TabToAsync(visit, visit.Link("Make a callback"), most: 1); // the skip link has skipped bar and navigation
            await visit.Page.Keyboard.PressAsync("Enter");
            var form = visit.Page.Locator("form.callback-form");
            await Expect(form.GetByLabel("Name")).ToBeFocusedAsync(); // at once
            await TabToAsync(visit, visit.Button("Make the callback"));
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(form.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
            await Expect(form.GetByLabel("Name")).ToBeFocusedAsync(); // what is wrong first

            await visit.Page.Keyboard.TypeAsync("Orders");
            await TabToAsync(visit, form.GetByLabel("Description"));
            await visit.Page.Keyboard.TypeAsync("From the shop");
            await TabToAsync(visit, form.GetByLabel("Path"));
            await visit.Page.Keyboard.TypeAsync("shop/orders");
            await TabToAsync(visit, form.GetByLabel("PUT"));
            await visit.Page.Keyboard.PressAsync("Space");
            await Expect(form.GetByLabel("PUT")).ToBeCheckedAsync();
            await TabToAsync(visit, form.GetByLabel("Largest body (optional)"));
            await TabToAsync(visit, form.GetByLabel("Switched on"));
            await TabToAsync(visit, visit.Button("Make the callback"));
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(visit.Heading("Orders is ready")).ToBeVisibleAsync();
            await TabToAsync(visit, visit.Link("Add a trigger"));
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(visit.Heading("New trigger")).ToBeFocusedAsync(); // where Tab goes on from
            await TabToAsync(visit, visit.Link("HTTP trigger"));
            await visit.Page.Keyboard.PressAsync("Enter");
            await Expect(visit.Heading("New HTTP trigger")).ToBeVisibleAsync();
        });
        var made = Assert.Single((await app.SendAsync(HttpMethod.Get, "/api/callbacks")).GetProperty("items").EnumerateArray());
        Assert.Equal("shop/orders", made.GetProperty("path").GetString());
        Assert.Equal("From the shop", made.GetProperty("description").GetString());
        Assert.Contains("PUT", made.GetProperty("methods").EnumerateArray().Select(m => m.GetString()));
    }

    // Presses Tab until the element has the focus; each stop on the way has to show that it has it
    private static async Task TabToAsync(Visit visit, ILocator target, int most = MostTabs)
    {
        await Expect(target).ToBeVisibleAsync();
        var stops = new List<string>();
        for (var i = 0; i < most; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            var stop = await visit.Page.EvaluateAsync<Stop>(Focused);
            stops.Add(stop.What);
            Assert.True(stop.IsSeen, $"The focus cannot be seen at {stop.What}.");
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement")) return;
        }
        Assert.Fail($"{target} is not reached by Tab. Stops: {string.Join(", ", stops)}");
    }

    private sealed class Stop
    {
        public string What { get; set; } = "";

        public bool IsSeen { get; set; }
    }
}
