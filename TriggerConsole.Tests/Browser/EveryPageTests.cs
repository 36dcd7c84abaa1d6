using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>Each page, with data in it: accessible in light, in dark and on a phone, where nothing scrolls sideways.</summary>
[Collection(nameof(Chromium))]
public sealed class EveryPageTests(Chromium chromium, FilledApp filled) : IClassFixture<FilledApp>
{
    private const string Sideways = """
        () => {
          if (document.documentElement.scrollWidth <= innerWidth) return [];
          const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.getClientRects().length > 0);
          return [`the page is ${document.documentElement.scrollWidth} px wide`, ...wide.slice(-5).map(e => `${e.tagName.toLowerCase()}.${e.className}`)];
        }
        """;

    // What is shown besides what the address says, by name
    private static readonly Dictionary<string, Func<Visit, Task>> s_openings = new()
    {
        ["palette"] = async visit =>
        {
            await visit.Page.Keyboard.PressAsync("Control+k");
            await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Find or do" }).FillAsync("orders");
            await Expect(visit.Page.GetByRole(AriaRole.Listbox)).ToContainTextAsync("Search executions");
        },
        ["keys"] = async visit =>
        {
            await visit.Page.Keyboard.PressAsync("?");
            await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        },
        ["checked log"] = async visit =>
        {
            await visit.Button("Check the log").ClickAsync();
            await Expect(visit.Page.GetByText("are as they were written")).ToBeVisibleAsync();
        },
        ["account"] = async visit =>
        {
            await visit.Page.Locator("details.account summary").ClickAsync();
            await Expect(visit.Button("Sign out")).ToBeVisibleAsync();
        },
        ["navigation"] = async visit =>
        {
            await visit.Page.SetViewportSizeAsync(390, 844);
            await visit.Button("Navigation").ClickAsync();
            await Expect(visit.Link("Executions")).ToBeVisibleAsync();
        },
        ["errors"] = async visit =>
        {
            await visit.Page.Locator("main button[type=submit]").ClickAsync();
            await Expect(visit.Page.Locator("main [role=alert]").First).ToBeVisibleAsync();
        },
        ["made"] = async visit =>
        {
            await visit.Page.GetByLabel("Name").FillAsync("Made on the page");
            await visit.Button("Make the callback").ClickAsync();
            await Expect(visit.Heading("Made on the page is ready")).ToBeVisibleAsync();
        },
        ["test"] = async visit =>
        {
            await visit.Button("Send test").ClickAsync();
            await Expect(visit.Page.GetByText("200 OK")).ToBeVisibleAsync();
        },
        ["suggestions"] = async visit =>
        {
            await visit.Page.GetByLabel("URL").FillAsync("");
            await visit.Page.GetByLabel("URL").PressSequentiallyAsync("https://x.example/{pay");
            await Expect(visit.Page.Locator(".choices [role=option]").First).ToBeVisibleAsync();
        },
        ["body suggestions"] = async visit =>
        {
            var body = visit.Page.Locator("textarea.source");
            await body.FillAsync("");
            await body.PressSequentiallyAsync("[\"{");
            await Expect(visit.Page.Locator(".choices [role=option]").First).ToBeVisibleAsync();
            await body.PressAsync("Escape");
            await Expect(visit.Page.Locator(".choices [role=option]").First).ToBeHiddenAsync();
            await body.PressAsync("Control+ ");
            await Expect(visit.Page.Locator(".choices [role=option]").First).ToBeVisibleAsync();
        },
        ["failed connection test"] = async visit =>
        {
            await visit.Page.GetByLabel("Host", new() { Exact = true }).FillAsync("127.0.0.1:1");
            await visit.Button("Test connection").ClickAsync();
            await Expect(visit.Page.GetByText("nothing listens on port 1")).ToBeVisibleAsync();
        },
        ["published"] = async visit =>
        {
            await visit.Page.GetByLabel("Topic", new() { Exact = true }).FillAsync("nobody/listens");
            await visit.Button("Publish").ClickAsync();
            await Expect(visit.Link("Open the execution")).ToBeVisibleAsync();
        },
        ["not routed"] = async visit =>
        {
            await visit.Page.GetByLabel("Routing key", new() { Exact = true }).FillAsync("nobody.listens");
            await visit.Button("Publish message").ClickAsync();
            await Expect(visit.Page.Locator("#outcome")).ToContainTextAsync("Published, but not routed");
        },
        ["typed"] = async visit =>
        {
            await visit.Button("Add a header").ClickAsync();
            await visit.Page.GetByLabel("Name of header 1").FillAsync("vip");
            await visit.Page.GetByLabel("Type of header 1").SelectOptionAsync("Yes or no");
            await Expect(visit.Page.GetByLabel("Value of header 1").Locator("option:checked")).ToHaveTextAsync("yes");
        },
        ["clash"] = async visit =>
        {
            await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("invoices");
            await visit.Button("Make the exchange").ClickAsync();
            await Expect(visit.Page.Locator(".clash .differs").First).ToBeVisibleAsync();
        },
        ["queue"] = async visit =>
        {
            await visit.Page.Locator("main summary").Filter(new() { HasText = "The queue" }).ClickAsync();
            await visit.Page.GetByLabel("At most").FillAsync("10");
            await Expect(visit.Page.GetByLabel("When it is full")).ToBeVisibleAsync();
            await visit.Button("Look it up: audit").ClickAsync();
            await Expect(visit.Page.GetByText("It exists:")).ToBeVisibleAsync();
        },
        ["to a queue"] = async visit =>
        {
            await visit.Page.GetByText("Straight to a queue", new() { Exact = true }).ClickAsync();
            await Expect(visit.Page.GetByLabel("Queue", new() { Exact = true })).ToBeVisibleAsync();
        },
        ["delete exchange"] = async visit => await Expect(visit.Button("Delete it at the broker as well")).ToBeDisabledAsync(), // triggers use it
        ["unfolded"] = async visit =>
        {
            foreach (var part in (string[])["Encryption", "Connection details", "Messages with the connection"]) await visit.Page.Locator("main summary").Filter(new() { HasText = part }).ClickAsync();
            await Expect(visit.Page.GetByLabel("Private key of the client certificate")).ToBeVisibleAsync();
        },
        ["selected jobs"] = async visit =>
        {
            await visit.Page.GetByLabel("Select all on this page").CheckAsync();
            await visit.Button("Delete").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("count as deleted");
        },
        ["bulk"] = async visit =>
        {
            await visit.Page.Locator("#again-all").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        },
        ["pause"] = async visit =>
        {
            await visit.Button("Pause").ClickAsync();
            await visit.Page.GetByText("At a time").ClickAsync();
            await Expect(visit.Page.GetByLabel("Goes on at")).ToBeVisibleAsync();
        },
        ["cron"] = async visit =>
        {
            await visit.Page.GetByText("Cron", new() { Exact = true }).ClickAsync();
            await visit.Page.GetByLabel("Cron expression").FillAsync("0 25 * * *");
            await Expect(visit.Page.GetByText("At character 3.")).ToBeVisibleAsync();
        },
        ["new user"] = async visit =>
        {
            await visit.Page.Locator("main summary").Filter(new() { HasText = "New user" }).ClickAsync();
            await visit.Page.GetByLabel("How the password is chosen").SelectOptionAsync("I choose it, and it has to be changed at the first sign-in");
            await visit.Button("Make the user").ClickAsync();
            await Expect(visit.Page.Locator("main [role=alert]").First).ToBeVisibleAsync();
        },
        ["link"] = async visit =>
        {
            await visit.Button("New invitation").ClickAsync();
            await Expect(visit.Page.GetByText("Hand this link to the user")).ToBeVisibleAsync();
        },
        ["import"] = async visit =>
        {
            await visit.Page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload
            {
                Name = "some.json",
                MimeType = "application/json",
                Buffer = """
                    {"format": "triggerconsole-configuration", "version": 1, "callbacks": [{"id": "01a1fe27-2495-7000-bb9a-0e314e647b53", "name": "From a file"}], "settings": {"retention": {"eventDays": 77}}}
                    """u8.ToArray(),
            });
            await visit.Button("Show what would change").ClickAsync();
            await Expect(visit.Page.GetByText("some.json would make 1 and change 1")).ToBeVisibleAsync();
        },
        ["delete"] = async visit =>
        {
            await visit.Button("Delete this callback").ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        },
    };

    [Theory]
    [InlineData("/")]
    [InlineData("/", "palette")]
    [InlineData("/", "keys")]
    [InlineData("/", "account")]
    [InlineData("/", "navigation")]
    [InlineData("/callbacks")]
    [InlineData("/callbacks/new")]
    [InlineData("/callbacks/new", "errors")]
    [InlineData("/callbacks/new", "made")]
    [InlineData("/callbacks/{callback}")]
    [InlineData("/callbacks/{callback}?tab=refused")]
    [InlineData("/callbacks/{callback}?tab=settings")]
    [InlineData("/callbacks/{callback}?tab=settings", "delete")]
    [InlineData("/events?range=all")]
    [InlineData("/events/{event}")]
    [InlineData("/triggers")]
    [InlineData("/triggers/new/http")]
    [InlineData("/triggers/new/http", "errors")]
    [InlineData("/triggers/{trigger}")]
    [InlineData("/triggers/{trigger}", "test")]
    [InlineData("/triggers/{trigger}", "suggestions")]
    [InlineData("/triggers/{trigger}?tab=auth")]
    [InlineData("/triggers/{trigger}?tab=headers")]
    [InlineData("/triggers/{trigger}?tab=body")]
    [InlineData("/triggers/{trigger}?tab=body", "body suggestions")]
    [InlineData("/triggers/{trigger}?tab=retries")]
    [InlineData("/triggers/{trigger}?tab=limits")]
    [InlineData("/triggers/{trigger}?tab=activity")]
    [InlineData("/triggers/new")]
    [InlineData("/triggers/new/mqtt", "errors")]
    [InlineData("/triggers/{mqttTrigger}")]
    [InlineData("/triggers/{mqttTrigger}?tab=properties")]
    [InlineData("/triggers/{mqttTrigger}?tab=limits")]
    [InlineData("/brokers")]
    [InlineData("/brokers?q=nowhere")]
    [InlineData("/brokers/mqtt/new")]
    [InlineData("/brokers/mqtt/new", "errors")]
    [InlineData("/brokers/mqtt/new", "failed connection test")]
    [InlineData("/brokers/mqtt/{broker}")]
    [InlineData("/brokers/mqtt/{broker}?tab=publish")]
    [InlineData("/brokers/mqtt/{broker}?tab=publish", "published")]
    [InlineData("/brokers/mqtt/{awayBroker}")]
    [InlineData("/brokers/mqtt/{awayBroker}?tab=settings", "unfolded")]
    [InlineData("/brokers/mqtt/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("/brokers/amqp/new", "errors")]
    [InlineData("/brokers/amqp/new", "failed connection test")]
    [InlineData("/brokers/amqp/{rabbit}")]
    [InlineData("/brokers/amqp/{rabbit}?tab=exchanges")]
    [InlineData("/brokers/amqp/{rabbit}?tab=publish", "typed")]
    [InlineData("/brokers/amqp/{rabbit}?tab=publish&exchange={exchange}", "not routed")]
    [InlineData("/brokers/amqp/{rabbit}?tab=sent")]
    [InlineData("/brokers/amqp/{rabbit}?tab=sent&q=nowhere")]
    [InlineData("/brokers/amqp/{rabbit}?tab=settings")]
    [InlineData("/brokers/amqp/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/new")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/new", "errors")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/new", "clash")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/{exchange}?key=nobody.listens", "queue")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/{exchange}?tab=settings", "delete exchange")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/{headersExchange}", "typed")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/{clashingExchange}")]
    [InlineData("/brokers/amqp/{rabbit}/exchanges/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("/triggers/new/amqp", "errors")]
    [InlineData("/triggers/new/amqp", "to a queue")]
    [InlineData("/triggers/{amqpTrigger}")]
    [InlineData("/triggers/{amqpTrigger}?tab=properties")]
    [InlineData("/triggers/{amqpTrigger}?tab=limits")]
    [InlineData("/executions/{confirmed}")]
    [InlineData("/executions/{unroutable}")]
    [InlineData("/executions/{published}")]
    [InlineData("/executions/{waiting}")]
    [InlineData("/executions")]
    [InlineData("/executions?q=nowhere")]
    [InlineData("/executions/{succeeded}")]
    [InlineData("/executions/{dead}?edit=true")]
    [InlineData("/executions/{retrying}?a=1&b=2")]
    [InlineData("/dead-letters")]
    [InlineData("/dead-letters", "bulk")]
    [InlineData("/dead-letters?trigger={deadTrigger}&code=http_503")]
    [InlineData("/schedules")]
    [InlineData("/schedules?q=nowhere")]
    [InlineData("/schedules/{schedule}")]
    [InlineData("/schedules/{schedule}", "pause")]
    [InlineData("/schedules/{schedule}/edit")]
    [InlineData("/schedules/new")]
    [InlineData("/schedules/new", "errors")]
    [InlineData("/schedules/new", "cron")]
    [InlineData("/schedules/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("/settings")]
    [InlineData("/settings?tab=users", "new user")]
    [InlineData("/settings?tab=users&q=nowhere")]
    [InlineData("/settings/users/{user}", "link")]
    [InlineData("/settings/users/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("/settings?tab=secrets")]
    [InlineData("/settings?tab=retention")]
    [InlineData("/settings?tab=limits")]
    [InlineData("/settings?tab=transfer", "import")]
    [InlineData("/settings?tab=about")]
    [InlineData("/audit")]
    [InlineData("/audit?range=all&subject=callback&address=127.0.0.1", "checked log")]
    [InlineData("/audit?q=nothing+like+that")]
    [InlineData("/audit/2")]
    [InlineData("/audit/99999999")]
    [InlineData("/executions/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("/jobs")]
    [InlineData("/jobs?history=range")]
    [InlineData("/jobs/queues?all=true")]
    [InlineData("/jobs/queues/http-5")]
    [InlineData("/jobs/queues/nowhere")]
    [InlineData("/jobs/scheduled")]
    [InlineData("/jobs/processing")]
    [InlineData("/jobs/succeeded")]
    [InlineData("/jobs/failed", "selected jobs")]
    [InlineData("/jobs/failed?q=nowhere")]
    [InlineData("/jobs/deleted")]
    [InlineData("/jobs/retries")]
    [InlineData("/jobs/recurring")]
    [InlineData("/jobs/servers")]
    [InlineData("/jobs/{succeeded}")]
    [InlineData("/jobs/{dead}")]
    [InlineData("/jobs/{retrying}")]
    [InlineData("/jobs/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    public async Task Page_WithData_IsAccessibleAndFitsAPhone(string path, string? open = null)
    {
        await VisitAsync($"{path} {open}", async visit =>
        {
            await visit.OpenAsync(filled.PathOf(path));
            await Expect(visit.Page.Locator("main h1")).ToBeVisibleAsync();
            await Expect(visit.Page.Locator("main .skeleton, main [aria-busy=true]")).ToHaveCountAsync(0);
            if (open is not null) await s_openings[open](visit);
            await CheckAsync(visit);
        });
    }

    [Theory]
    [InlineData("/account", "Your account", null)]
    [InlineData("/account/two-factor?problem=wrong", "Two-factor sign-in", null)]
    [InlineData("/account/password", "Change password", null)]
    [InlineData("/account/password?problem=wrong", "Change password", null)]
    [InlineData("/account/password?problem=new&fault=common", "Change password", null)]
    [InlineData("/nowhere", "There is no such page", 404)]
    public async Task PageWithoutCircuit_SignedIn_IsAccessibleAndFitsAPhone(string path, string heading, int? status)
    {
        await VisitAsync(path, async visit =>
        {
            visit.Faults.ExpectedStatus = status;
            await visit.Page.GotoAsync(path);
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync();
            await CheckAsync(visit);
        });
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-in?problem=wrong")]
    [InlineData("/account/forgotten-password")]
    [InlineData("/account/new-password?token=none")]
    public async Task SignIn_Stranger_IsAccessibleAndFitsAPhone(string path)
    {
        Axe.Need();
        Needs.Program(Chromium.Program, "Chromium", "chromium");
        await chromium.VisitAsync(filled.App.Address, async visit =>
        {
            await visit.Page.GotoAsync(path);
            await CheckAsync(visit);
        });
    }

    [Fact]
    public async Task EmptyPages_NothingThereYet_AreAccessibleAndFitAPhone()
    {
        Axe.Need();
        await using var app = await TestApp.StartAsync(new() { ["TriggerConsole:Admin:Email"] = "" });
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.Page.GotoAsync("/setup?problem=The%20password%20is%20too%20short.");
            await CheckAsync(visit);
            await visit.Page.SetViewportSizeAsync(1280, 860);
            await visit.Page.GetByLabel("E-mail").FillAsync(TestApp.Email);
            await visit.Page.GetByLabel("Password").FillAsync(TestApp.Password);
            await visit.Button("Make the account").ClickAsync();
            await visit.ConnectedAsync();
            foreach (var path in (string[])["/", "/callbacks", "/events", "/triggers", "/brokers", "/executions", "/dead-letters", "/settings?tab=secrets"])
            {
                await visit.OpenAsync(path);
                await CheckAsync(visit);
            }
        });
    }

    private Task VisitAsync(string name, Func<Visit, Task> test)
    {
        Axe.Need();
        Needs.Program(Chromium.Program, "Chromium", "chromium");
        return chromium.VisitAsync(filled.App.Address, async visit =>
        {
            if (filled.SignedIn is null)
            {
                await visit.SignInAsync();
                filled.SignedIn = await visit.Page.Context.StorageStateAsync();
            }
            await test(visit);
        }, new() { StorageState = filled.SignedIn }, name);
    }

    private static async Task CheckAsync(Visit visit)
    {
        var faults = new List<string>();
        foreach (var (scheme, width) in ((ColorScheme, int)[])[(ColorScheme.Light, 0), (ColorScheme.Dark, 0), (ColorScheme.Light, 390)])
        {
            await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            if (width > 0)
            {
                await visit.Page.SetViewportSizeAsync(width, 844);
                faults.AddRange((await visit.Page.EvaluateAsync<string[]>(Sideways)).Select(f => $"sideways at {width} px: {f}"));
            }
            faults.AddRange((await Axe.CheckAsync(visit.Page, colorsOnly: scheme == ColorScheme.Dark)).Select(f => $"{scheme}{(width > 0 ? $" at {width} px" : "")}: {f}"));
        }
        Assert.True(faults.Count == 0, $"{visit.Path}:\n{string.Join('\n', faults)}");
    }
}
