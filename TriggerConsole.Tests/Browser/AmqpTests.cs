using Microsoft.Playwright;
using TriggerConsole.Tests.Amqp;
using TriggerConsole.Tests.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace TriggerConsole.Tests.Browser;

/// <summary>The way of someone who connects TriggerConsole to a RabbitMQ and has no other tool at hand, with a real one.</summary>
[Collection(nameof(Chromium))]
public sealed class AmqpTests(Chromium chromium)
{
    [Fact]
    public async Task Newcomer_FromBrokerToQueue_SeesEachStepAndWhatWasMissing()
    {
        await using var server = await RabbitMqServer.StartOwnAsync();
        var port = await server.AmqpPortAsync();
        await using var app = await TestApp.StartAsync();
        var callback = await MakeCallbackAsync(app);
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync("/brokers");
            await MakeBrokerAsync(visit, port);
            await MakeExchangeAsync(visit);
            await BindAsync(visit, "warehouse", "order.*"); // a slip: the messages say orders
            await MakeTriggerAsync(visit);
            await app.FireAsync(callback, new { order = new { id = 7 } });
            await SeeDeadLetterAsync(visit);
            await MendAndReplayAsync(visit);
            await PublishAsync(visit);
        });
        await using var browser = await RabbitMqBrowser.ConnectAsync(port);
        var messages = await browser.TakeAllAsync("warehouse");
        Assert.Equal(["orders.7", "orders.by.hand"], messages.Select(m => m.RoutingKey));
        Assert.Equal(("{\"order\": 7}", "application/json", 5), (messages[0].Text, messages[0].Properties.ContentType, messages[0].Properties.Priority));
        Assert.Equal("hand", System.Text.Encoding.UTF8.GetString((byte[])messages[1].Properties.Headers!["source"]!));
    }

    [Fact]
    public async Task Broker_StopsAndReturns_PagesShowItWithoutAReload()
    {
        await using var server = await RabbitMqServer.StartOwnAsync();
        await using var app = await TestApp.StartAsync();
        var callback = await MakeCallbackAsync(app);
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "Warehouse", url = $"amqp://127.0.0.1:{await server.AmqpPortAsync()}" });
        var exchange = await app.CreateExchangeAsync(broker, "orders");
        await app.BindAsync(exchange, "warehouse", "#");
        await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Amqp", callbackId = callback.Id, name = "Tell the warehouse", settings = new { exchangeId = exchange, routingKey = "orders.new" } });
        await chromium.VisitAsync(app.Address, async visit =>
        {
            await visit.SignInAsync("/brokers");
            await visit.MarkAsync();
            var chip = visit.Page.Locator("table.brokers .chip");
            await Expect(chip).ToHaveTextAsync("Connected");

            await server.EvalAsync(RabbitMqServer.MemoryAlarm(true));
            await app.FireAsync(callback, new { n = 1 }); // RabbitMQ blocks who publishes
            await Expect(chip).ToHaveTextAsync("Blocked");
            await Expect(visit.Page.Locator("table.brokers")).ToContainTextAsync("low on memory");
            await Expect(visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByTitle("1 broker takes no messages")).ToBeVisibleAsync();
            await server.EvalAsync(RabbitMqServer.MemoryAlarm(false));
            await Expect(chip).ToHaveTextAsync("Connected");

            await server.StopAsync();
            await Expect(chip).ToHaveTextAsync("Not connected");
            await Expect(visit.Page.Locator("table.brokers")).ToContainTextAsync("nothing listens on port");
            var waiting = (await app.FireAsync(callback, new { n = 2 }))[0];
            await visit.Link("Warehouse").ClickAsync();
            await Expect(visit.Page.GetByText("1 execution waits for this broker.")).ToBeVisibleAsync();
            await visit.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Home" }).ClickAsync();
            await Expect(visit.Page.GetByText("1 execution waits for Warehouse")).ToBeVisibleAsync();

            // What it lost is made again before anything is sent
            server.LoseData();
            await server.StartAgainAsync();
            await visit.Page.GoBackAsync();
            await Expect(visit.Heading("Warehouse").Locator(".chip")).ToHaveTextAsync("Connected");
            await visit.Link("Sent").ClickAsync();
            await Expect(visit.Page.Locator("table.messages tbody tr .chip").First).ToHaveTextAsync("Succeeded");
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
        await visit.Link("Make an AMQP broker").ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Warehouse");
        await visit.Page.GetByLabel("Host", new() { Exact = true }).FillAsync($"amqp://guest:wrong@127.0.0.1:{port}/nowhere");
        await visit.Button("Test connection").ClickAsync();
        await Expect(visit.Page.Locator("#test-outcome")).ToContainTextAsync("Check user name and password");
        await Expect(visit.Page.Locator(".steps .failed")).ToContainTextAsync("Signed in");
        await Expect(visit.Page.GetByLabel("Virtual host")).ToHaveValueAsync("nowhere"); // taken apart

        await visit.Page.GetByLabel("Password").FillAsync("guest");
        await visit.Button("Test connection").ClickAsync();
        await Expect(visit.Page.Locator(".steps .failed")).ToContainTextAsync("Virtual host opened");

        await visit.Page.GetByLabel("Virtual host").FillAsync("/");
        await visit.Button("Test connection").ClickAsync();
        await Expect(visit.Page.Locator("#test-outcome")).ToContainTextAsync("The connection works.");
        await Expect(visit.Page.Locator("#test-outcome")).ToContainTextAsync("RabbitMQ");
        await visit.Button("Make the broker").ClickAsync();
        await Expect(visit.Heading("Warehouse").Locator(".chip")).ToHaveTextAsync("Connected");
    }

    private static async Task MakeExchangeAsync(Visit visit)
    {
        await visit.Link("Exchanges").ClickAsync();
        await visit.Link("Make the first exchange").ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("amq.orders");
        await visit.Button("Make the exchange").ClickAsync();
        await Expect(visit.Page.GetByText("Names that begin with amq. are the broker's own and cannot be made")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("orders");
        await visit.Button("Make the exchange").ClickAsync();
        await Expect(visit.Heading("orders").Locator(".chip")).ToHaveTextAsync("Present");
    }

    private static async Task BindAsync(Visit visit, string queue, string pattern)
    {
        await visit.Page.GetByLabel("Queue", new() { Exact = true }).FillAsync(queue);
        await visit.Page.GetByLabel("Pattern").FillAsync(pattern);
        await visit.Button("Bind the queue").ClickAsync();
        await Expect(visit.Page.Locator("table.bindings")).ToContainTextAsync($"routing key fits {pattern}");
    }

    private static async Task MakeTriggerAsync(Visit visit)
    {
        await visit.Link("add one").ClickAsync();
        await Expect(visit.Heading("New AMQP trigger")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByLabel("Exchange", new() { Exact = true }).Locator("option:checked")).ToHaveTextAsync("orders (topic)");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Tell the warehouse");
        await visit.Page.GetByLabel("Callback").SelectOptionAsync("Orders");
        await visit.Page.GetByLabel("Routing key").FillAsync("orders.{payload.order.id}");
        await visit.Page.GetByText("JSON", new() { Exact = true }).ClickAsync();
        await visit.Page.Locator("textarea.source").FillAsync("{\"order\": \"{payload.order.id}\"}");
        await visit.Tab("Properties").ClickAsync();
        await visit.Page.GetByLabel("Message priority").SelectOptionAsync("5");
        await Expect(visit.Page.GetByLabel("Preview of the request").Locator(".where")).ToHaveTextAsync("orders.42");
        await visit.Button("Make the trigger").ClickAsync();
        await Expect(visit.Heading("Tell the warehouse")).ToBeVisibleAsync();
    }

    private static async Task SeeDeadLetterAsync(Visit visit)
    {
        await visit.NavigateAsync("Executions");
        await visit.Page.GetByLabel("Kind").SelectOptionAsync("AMQP");
        var row = visit.Page.Locator("table.executions tbody tr").First;
        await Expect(row.Locator(".chip")).ToHaveTextAsync("Dead");
        await Expect(row).ToContainTextAsync("Not routed");
        await visit.Link("Orders → Tell the warehouse").ClickAsync();
        await Expect(visit.Page.GetByLabel("Response of try 1")).ToContainTextAsync("no queue is bound to orders with the key orders.7, so nobody has it");
    }

    private static async Task MendAndReplayAsync(Visit visit)
    {
        var execution = visit.Path;
        await visit.Link("Make a binding").ClickAsync();
        await Expect(visit.Page.GetByText("A message with the routing key orders.7 reached no queue.")).ToBeVisibleAsync();
        var pattern = visit.Page.GetByLabel("Pattern");
        await pattern.FillAsync("order.#");
        await Expect(visit.Page.GetByText("A message with the key orders.7 does not get through with this.")).ToBeVisibleAsync();
        await pattern.FillAsync("orders.#");
        await Expect(visit.Page.GetByText("A message with the key orders.7 gets through.")).ToBeVisibleAsync();
        await BindAsync(visit, "warehouse", "orders.#");
        await visit.Button("Delete the binding of warehouse").First.ClickAsync();
        await visit.Button("Delete the binding").ClickAsync();
        await Expect(visit.Page.Locator("table.bindings tbody tr")).ToHaveCountAsync(1);

        await visit.OpenAsync(execution);
        await visit.Button("Replay").ClickAsync();
        await visit.Link("Open the new execution").ClickAsync();
        await Expect(visit.Heading("Orders → Tell the warehouse").Locator(".chip")).ToHaveTextAsync("Succeeded");
        await Expect(visit.Page.GetByLabel("Response of try 1").GetByText("Confirmed", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task PublishAsync(Visit visit)
    {
        await visit.NavigateAsync("Brokers");
        await visit.Link("Warehouse").ClickAsync();
        await visit.Link("Publish").ClickAsync();
        var key = visit.Page.GetByLabel("Routing key", new() { Exact = true });
        await key.FillAsync("nobody.listens");
        await visit.Button("Publish message").ClickAsync();
        await Expect(visit.Page.Locator("#outcome")).ToContainTextAsync("Published, but not routed: no queue is bound to orders with the key nobody.listens, so nobody has it.");

        await visit.Button("Add a header").ClickAsync();
        await visit.Page.GetByLabel("Name of header 1").FillAsync("source");
        await visit.Page.GetByLabel("Value of header 1").FillAsync("hand");
        await key.FillAsync("orders.by.hand");
        await visit.Button("Publish message").ClickAsync();
        await Expect(visit.Page.Locator("#outcome")).ToContainTextAsync("Published and confirmed");

        await visit.Button("Use again: nobody.listens").ClickAsync();
        await Expect(key).ToHaveValueAsync("nobody.listens");
        await Expect(key).ToBeFocusedAsync();
    }
}
