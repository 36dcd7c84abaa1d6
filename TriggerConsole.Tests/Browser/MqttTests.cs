using Microsoft.Playwright;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>The way of someone who connects TriggerConsole to an MQTT broker, with a real one.</summary>
[Collection(nameof(Chromium))]
public sealed class MqttTests(Chromium chromium)
{
    [Fact]
    public async Task Newcomer_FromBrokerToMessage_SeesEachStep()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port, "orders/#");
        await using var app = await TestApp.StartAsync();
        var callback = await MakeCallbackAsync(app);
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync("/brokers");
            await MakeBrokerAsync(visit, server.Port);
            await MakeTriggerAsync(visit);
            await FireAndSeeAsync(visit, app, callback);
            await PublishAsync(visit);
        });
        var messages = await seen.WaitForAsync(2);
        Assert.Equal(["orders/42", "orders/7"], messages.Select(m => m.Topic)); // the test, and the event
        Assert.Equal(("{\"order\": 7}", "application/json"), (messages[1].Text, messages[1].ContentType));
    }

    [Fact]
    public async Task Broker_StopsAndReturns_PagesShowItWithoutAReload()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var app = await TestApp.StartAsync();
        var callback = await MakeCallbackAsync(app);
        var broker = (await app.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = "Workshop", url = $"mqtt://127.0.0.1:{server.Port}" })).GetProperty("id").GetGuid();
        await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Mqtt", callbackId = callback.Id, name = "Tell the warehouse", settings = new { brokerId = broker, topic = "orders/new" } });
        await using var wire = new DroppingProxy(app.Address);
        await chromium.VisitAsync(wire.Address, async visit =>
        {
            visit.Faults.MayLoseConnection = true;
            await visit.SignInAsync("/brokers");
            await visit.MarkAsync();
            var chip = visit.Page.Locator("table.brokers .chip");
            var count = visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByTitle("1 broker is not connected");
            await Expect(chip).ToHaveTextAsync("Connected");

            await server.StopAsync();
            await Expect(chip).ToHaveTextAsync("Not connected");
            await Expect(visit.Page.Locator("table.brokers")).ToContainTextAsync("nothing listens on port");
            await Expect(count).ToBeVisibleAsync();
            await server.StartAgainAsync();
            await Expect(chip).ToHaveTextAsync("Connected");
            await Expect(count).ToHaveCountAsync(0);

            // Also when the page was cut off meanwhile
            wire.Cut();
            await Expect(visit.Page.GetByText("Connection lost, reconnecting…")).ToBeVisibleAsync();
            await server.StopAsync();
            wire.Mend();
            await Expect(visit.Page.GetByText("Connection lost, reconnecting…")).ToBeHiddenAsync();
            await Expect(chip).ToHaveTextAsync("Not connected");

            // What waits for it says so
            var waiting = (await app.FireAsync(callback, new { n = 1 }))[0];
            await visit.NavigateAsync("Executions");
            await visit.Link("Orders → Tell the warehouse").ClickAsync();
            await Expect(visit.Page.GetByText("Waits for the broker Workshop")).ToBeVisibleAsync();
            await visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Home" }).ClickAsync();
            await Expect(visit.Page.GetByText("1 execution waits for Workshop")).ToBeVisibleAsync();
            await visit.Link("Open the broker").ClickAsync();
            await Expect(visit.Page.GetByText("1 execution waits for this broker.")).ToBeVisibleAsync();

            await server.StartAgainAsync();
            await Expect(visit.Heading("Workshop").Locator(".chip")).ToHaveTextAsync("Connected");
            await Expect(visit.Page.Locator("table.messages tbody tr .chip")).ToHaveTextAsync("Succeeded");
            Assert.False(await visit.IsReloadedAsync());
            await app.WaitForAsync(waiting, "Succeeded");
        });
    }

    private static async Task<TestCallback> MakeCallbackAsync(TestApp app)
    {
        var made = await app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Orders" });
        return new(made.GetProperty("id").GetGuid(), made.GetProperty("token").GetString()!, Guid.Empty);
    }

    private static async Task MakeBrokerAsync(Visit visit, int port)
    {
        await visit.Link("Make an MQTT broker").ClickAsync();
        await visit.Button("Make the broker").ClickAsync();
        await Expect(visit.Page.GetByText("Give the broker a name")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();

        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Workshop");
        await visit.Page.GetByLabel("Host").FillAsync("mqtt://127.0.0.1:1");
        await visit.Button("Test connection").ClickAsync();
        await Expect(visit.Page.Locator("#test-outcome")).ToContainTextAsync("nothing listens on port 1");
        await Expect(visit.Page.GetByLabel("Host")).ToHaveValueAsync("127.0.0.1"); // taken apart

        await visit.Page.GetByLabel("Port").FillAsync(port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await visit.Button("Test connection").ClickAsync();
        await Expect(visit.Page.Locator("#test-outcome")).ToContainTextAsync("The connection works.");
        await visit.Button("Make the broker").ClickAsync();
        await Expect(visit.Heading("Workshop").Locator(".chip")).ToHaveTextAsync("Connected");
    }

    private static async Task MakeTriggerAsync(Visit visit)
    {
        await visit.Link("Add a trigger").ClickAsync();
        await Expect(visit.Heading("New MQTT trigger")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByLabel("Broker", new() { Exact = true }).Locator("option:checked")).ToHaveTextAsync("Workshop");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Tell the warehouse");
        await visit.Page.GetByLabel("Callback").SelectOptionAsync("Orders");
        await visit.Page.GetByLabel("Topic").FillAsync("orders/{payload.order.id}");
        await visit.Page.GetByText("JSON", new() { Exact = true }).ClickAsync();
        await visit.Page.Locator("textarea.source").FillAsync("{\"order\": \"{payload.order.id}\"}");
        await Expect(visit.Page.GetByLabel("Preview of the request").Locator(".where")).ToHaveTextAsync("orders/42");
        await visit.Button("Send test").ClickAsync();
        var answer = visit.Page.GetByRole(AriaRole.Tabpanel, new() { Name = "Answer to the test" });
        await Expect(answer.GetByText("Success", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(answer.GetByText("0x00 success")).ToBeVisibleAsync();
        await visit.Button("Make the trigger").ClickAsync();
        await Expect(visit.Heading("Tell the warehouse")).ToBeVisibleAsync();
    }

    private static async Task FireAndSeeAsync(Visit visit, TestApp app, TestCallback callback)
    {
        await visit.NavigateAsync("Executions");
        await visit.Page.GetByLabel("Kind").SelectOptionAsync("MQTT");
        var rows = visit.Page.Locator("table.executions tbody tr");
        await Expect(rows).ToHaveCountAsync(1); // the test
        await app.FireAsync(callback, new { order = new { id = 7 } });
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.First.Locator(".chip")).ToHaveTextAsync("Succeeded");
        await visit.Link("Orders → Tell the warehouse").ClickAsync();
        var message = visit.Page.GetByLabel("Request of try 1");
        await Expect(message.Locator(".where")).ToHaveTextAsync("orders/7");
        await Expect(message.GetByText("at least once (QoS 1)")).ToBeVisibleAsync();
        await Expect(message.Locator("pre.text")).ToContainTextAsync("\"order\": 7");
        await Expect(visit.Page.GetByLabel("Response of try 1").GetByText("0x00 success")).ToBeVisibleAsync();
    }

    private static async Task PublishAsync(Visit visit)
    {
        await visit.NavigateAsync("Brokers");
        await visit.Link("Workshop").ClickAsync();
        await visit.Link("Publish").ClickAsync();
        var (topic, payload) = (visit.Page.GetByLabel("Topic", new() { Exact = true }), visit.Page.GetByLabel("Message", new() { Exact = true }));
        await topic.FillAsync("orders/+");
        await payload.FillAsync("{\"a\":");
        await visit.Button("Publish").ClickAsync();
        await Expect(visit.Page.GetByText("+ stands for many topics")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("The payload is no valid JSON")).ToBeVisibleAsync();
        await Expect(topic).ToBeFocusedAsync();

        await topic.FillAsync("nobody/listens");
        await payload.FillAsync("{\"a\": \"{b}\"}");
        await visit.Button("Publish").ClickAsync();
        await Expect(visit.Page.GetByText("no one is subscribed to this topic")).ToBeVisibleAsync();
        await topic.FillAsync("something/else");
        await visit.Button("Use again: nobody/listens").ClickAsync();
        await Expect(topic).ToHaveValueAsync("nobody/listens");
        await Expect(payload).ToHaveValueAsync("{\"a\": \"{b}\"}");
    }
}
