using System.Text;
using TriggerConsole.Tests.Amqp;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Browser;

/// <summary>An application in which every page has something to show: all states of executions, refusals, secrets, keys, long and strange values.</summary>
public sealed class FilledApp : IAsyncLifetime
{
    private const string LongWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

    private TestApp? _app;
    private MosquittoServer? _mosquitto;
    private RabbitMqServer? _rabbit;

    internal TestApp App => _app!;

    /// <summary>The cookies of the administrator, once a test has signed in.</summary>
    internal string? SignedIn { get; set; }

    internal TestCallback Callback { get; private set; } = null!;

    internal Guid Event { get; private set; }

    internal Guid Succeeded { get; private set; }

    internal Guid Dead { get; private set; }

    internal Guid DeadTrigger { get; private set; }

    internal Guid Retrying { get; private set; }

    /// <summary>An MQTT broker that is there.</summary>
    internal Guid Broker { get; private set; }

    /// <summary>One that is not.</summary>
    internal Guid AwayBroker { get; private set; }

    internal Guid MqttTrigger { get; private set; }

    internal Guid Published { get; private set; }

    /// <summary>An execution that waits for <see cref="AwayBroker"/>.</summary>
    internal Guid Waiting { get; private set; }

    /// <summary>An AMQP broker that is there.</summary>
    internal Guid Rabbit { get; private set; }

    /// <summary>A topic exchange with bindings.</summary>
    internal Guid Exchange { get; private set; }

    /// <summary>A headers exchange that nothing is bound to.</summary>
    internal Guid HeadersExchange { get; private set; }

    /// <summary>One that is another one at the broker.</summary>
    internal Guid ClashingExchange { get; private set; }

    internal Guid AmqpTrigger { get; private set; }

    internal Guid Confirmed { get; private set; }

    /// <summary>An execution whose message no queue took.</summary>
    internal Guid Unroutable { get; private set; }

    /// <summary>A schedule with a history.</summary>
    internal Guid Schedule { get; private set; }

    /// <summary>A user who was invited.</summary>
    internal Guid User { get; private set; }

    public async Task InitializeAsync()
    {
        if (Chromium.Program is null) return;
        _app = await TestApp.StartAsync();
        User = (await App.SendAsync(HttpMethod.Post, "/api/users", new { email = $"{new string('x', 60)}@example.com", name = LongWord, role = "Editor" })).GetProperty("user").GetProperty("id").GetGuid();
        await App.SendAsync(HttpMethod.Put, "/api/secrets/CRM_TOKEN", new { value = "s3cret", description = $"Token of the CRM, from {LongWord}" });
        await App.SendAsync(HttpMethod.Post, "/api/keys", new { name = LongWord });
        Callback = await App.CreateCallbackAsync("", new { name = "Tell the CRM", settings = Settings($"echo/{LongWord}?{{query:source|none}}") },
            new { name = $"Orders of the {LongWord}", description = "Set up in the shop", path = "shop/orders" });
        Succeeded = (await App.FireAsync(Callback, new { type = "order.created", order = new { id = 42, customer = LongWord }, items = new[] { new { sku = "A-1", note = new string('x', 300) } } }))[0];
        Event = (await App.WaitForAsync(Succeeded, "Succeeded")).GetProperty("execution").GetProperty("eventId").GetGuid();
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{Succeeded}/replay");

        var dead = await App.CreateCallbackAsync("", new { name = LongWord, settings = Settings("echo/down?status=503"), retry = new { maxAttempts = 1 } });
        DeadTrigger = dead.TriggerId;
        Dead = (await App.FireAsync(dead, new { n = 1 }))[0];
        await App.WaitForAsync(Dead, "DeadLettered");
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{Dead}/replay");

        var retrying = await App.CreateCallbackAsync("", new { name = "Later", settings = Settings("echo/later?status=500"), retry = new { strategy = "fixed", delaySeconds = 600, maxAttempts = 3 } });
        Retrying = (await App.FireAsync(retrying, new { n = 1 }))[0];
        await App.WaitForAsync(Retrying, "Retrying");
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{Retrying}/retry");
        await App.SendAsync(HttpMethod.Post, $"/api/executions/{(await App.FireAsync(retrying, new { n = 2 }))[0]}/cancel");

        await App.SendAsync(HttpMethod.Post, "/api/triggers/test", new { kind = "Http", settings = Settings("echo/test"), payload = new { n = 1 } });
        await FillMqttAsync();
        await FillAmqpAsync();
        await FillSchedulesAsync();
        using var binary = new ByteArrayContent([0, 1, 2, 254, 255]);
        using var stored = await App.FireAsync(Callback, binary);
        using var refused = await App.Anonymous.PostAsync($"/api/trigger/{Callback.Id}", new StringContent("{}", Encoding.UTF8, "application/json"));
    }

    private async Task FillSchedulesAsync()
    {
        Schedule = await MakeAsync(new { name = $"Export {LongWord}", description = LongWord, kind = "Cron", cron = "30 7 LW * *", timeZone = "America/Argentina/ComodRivadavia", callbackId = Callback.Id, payload = "{\n  \"due\": \"{due_at}\"\n}", priority = 3 });
        var failing = await MakeAsync(new { name = "Cannot run", kind = "Interval", intervalSeconds = 86_400, triggerId = DeadTrigger });
        var paused = await MakeAsync(new { name = "On holiday", kind = "Once", at = "2099-12-24T18:00:00Z", triggerId = DeadTrigger, overlap = "Skip", misfire = "Skip" });
        await App.SendAsync(HttpMethod.Post, $"/api/schedules/{paused}/pause", new { resumeAt = "2099-01-01T00:00:00Z" });
        foreach (var id in new[] { Schedule, Schedule, failing }) await App.SendAsync(HttpMethod.Post, $"/api/schedules/{id}/run");

        async Task<Guid> MakeAsync(object schedule) => (await App.SendAsync(HttpMethod.Post, "/api/schedules", schedule)).GetProperty("id").GetGuid();
    }

    private async Task FillMqttAsync()
    {
        // Without mosquitto the pages show brokers that are away; only in CI that is a failure
        if (Needs.Find("mosquitto", "/usr/sbin", "/usr/local/sbin") is not null || Needs.InCi) _mosquitto = await MosquittoServer.StartAsync();
        Broker = await MakeBrokerAsync(new { name = "Workshop", url = $"mqtt://127.0.0.1:{_mosquitto?.Port ?? Ports.Free()}" });
        AwayBroker = await MakeBrokerAsync(new
        {
            name = LongWord,
            url = $"mqtts://127.0.0.1:{Ports.Free()}",
            username = "shop",
            password = "s3cret",
            clientId = LongWord,
            lastWill = new { topic = $"status/{LongWord}", payload = "offline", qos = 1, retain = true },
        });
        await MakeBrokerAsync(new { name = "Old hall", url = "mqtt://127.0.0.1", enabled = false });

        var callback = await App.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Sensors" });
        MqttTrigger = await MakeMqttTriggerAsync(callback, Broker, "Tell the workshop");
        await MakeMqttTriggerAsync(callback, AwayBroker, LongWord);
        var made = await App.FireAsync(new TestCallback(callback.GetProperty("id").GetGuid(), callback.GetProperty("token").GetString()!, MqttTrigger), new { order = new { id = 42 } });
        foreach (var id in made)
        {
            var isOfWorkshop = (await App.SendAsync(HttpMethod.Get, $"/api/executions/{id}")).GetProperty("execution").GetProperty("triggerId").GetGuid() == MqttTrigger;
            if (isOfWorkshop) Published = id;
            else Waiting = id;
        }
        if (_mosquitto is not null) await App.WaitForAsync(Published, "Succeeded");
        await App.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId = Broker, topic = $"lamp/{LongWord}", payload = new { on = true, note = new string('x', 300) }, retain = true });
    }

    private async Task FillAmqpAsync()
    {
        // Without RabbitMQ the pages show a broker that is away, and exchanges that nobody has looked at
        if (Directory.Exists("/usr/lib/rabbitmq/lib") || Needs.InCi) _rabbit = await RabbitMqServer.StartOwnAsync();
        Rabbit = await App.CreateAmqpBrokerAsync(new { name = "Warehouse", url = $"amqp://127.0.0.1:{(_rabbit is null ? Ports.Free() : await _rabbit.AmqpPortAsync())}" });
        if (_rabbit is not null)
        {
            await App.WaitForAmqpBrokerAsync(Rabbit, "Connected");
            await _rabbit.EvalAsync(RabbitMqServer.AddInternalExchange("invoices"));
        }
        await App.CreateAmqpBrokerAsync(new { name = $"Cloud {LongWord}", url = $"amqps://127.0.0.1:{Ports.Free()}/{LongWord}", username = "shop", password = "s3cret", connectionName = LongWord });

        Exchange = await App.CreateExchangeAsync(Rabbit, $"orders.{LongWord}");
        HeadersExchange = await App.CreateExchangeAsync(Rabbit, "by-region", "headers");
        ClashingExchange = await App.CreateExchangeAsync(Rabbit, "prices", "fanout");
        await App.SendAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = Rabbit, name = "partner.events", type = "topic", declare = false });
        if (_rabbit is not null) await ClashAsync();

        var callback = await App.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Warehouse orders" });
        AmqpTrigger = await MakeAmqpTriggerAsync(callback, "Tell the warehouse", $"orders.{{payload.region}}.{LongWord}");
        var lost = await MakeAmqpTriggerAsync(callback, LongWord, "nobody.listens");
        foreach (var id in await App.FireAsync(new TestCallback(callback.GetProperty("id").GetGuid(), callback.GetProperty("token").GetString()!, AmqpTrigger), new { region = "eu" }))
        {
            if ((await App.SendAsync(HttpMethod.Get, $"/api/executions/{id}")).GetProperty("execution").GetProperty("triggerId").GetGuid() == lost) Unroutable = id;
            else Confirmed = id;
        }
        if (_rabbit is null) return;
        await App.WaitForAsync(Confirmed, "Succeeded");
        await App.WaitForAsync(Unroutable, "DeadLettered");
        await App.SendAsync(HttpMethod.Post, "/api/amqp/publish", new { exchangeId = Exchange, routingKey = $"nobody.{LongWord}", payload = new { note = new string('x', 300) } });
    }

    // What was made here is deleted at the broker by someone else, and made there as another one
    private async Task ClashAsync()
    {
        await using var browser = await RabbitMqBrowser.ConnectAsync(await _rabbit!.AmqpPortAsync());
        await browser.Channel.ExchangeDeleteAsync("prices");
        await browser.Channel.ExchangeDeclareAsync("prices", "direct", durable: false, autoDelete: false);
        await App.SendAsync(HttpMethod.Post, $"/api/amqp/exchanges/{ClashingExchange}/check");
        await App.BindAsync(Exchange, LongWord, "orders.#", new Dictionary<string, object> { ["x-max-length"] = 10_000, ["x-overflow"] = "reject-publish" });
        await App.BindAsync(Exchange, "audit", "orders.*.new", new Dictionary<string, object> { ["x-queue-type"] = "quorum" });
    }

    private async Task<Guid> MakeAmqpTriggerAsync(System.Text.Json.JsonElement callback, string name, string routingKey) => (await App.SendAsync(HttpMethod.Post, "/api/triggers", new
    {
        kind = "Amqp",
        callbackId = callback.GetProperty("id").GetGuid(),
        name,
        settings = new
        {
            exchangeId = Exchange,
            routingKey,
            body = new { format = "json", template = """{"event":"{original_payload}"}""" },
            priority = 5,
            expirationMs = 300_000,
            replyTo = "answers",
            headers = new Dictionary<string, object> { ["source"] = LongWord, ["count"] = new { type = "integer", value = "{payload.count|0}" } },
        },
    })).GetProperty("id").GetGuid();

    private async Task<Guid> MakeBrokerAsync(object broker) => (await App.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", broker)).GetProperty("id").GetGuid();

    private async Task<Guid> MakeMqttTriggerAsync(System.Text.Json.JsonElement callback, Guid broker, string name) => (await App.SendAsync(HttpMethod.Post, "/api/triggers", new
    {
        kind = "Mqtt",
        callbackId = callback.GetProperty("id").GetGuid(),
        name,
        settings = new
        {
            brokerId = broker,
            topic = $"{LongWord}/{{payload.order.id}}",
            body = new { format = "json", template = """{"event":"{original_payload}"}""" },
            properties = new { messageExpirySeconds = 300, responseTopic = "answers", userProperties = new[] { new { name = "source", value = LongWord } } },
        },
    })).GetProperty("id").GetGuid();

    public async Task DisposeAsync()
    {
        if (_mosquitto is not null) await _mosquitto.DisposeAsync();
        if (_rabbit is not null) await _rabbit.DisposeAsync();
        if (_app is not null) await _app.DisposeAsync();
    }

    /// <summary>Fills the places of ids in a path.</summary>
    internal string PathOf(string template) => template
        .Replace("{callback}", Callback.Id.ToString(), StringComparison.Ordinal)
        .Replace("{trigger}", Callback.TriggerId.ToString(), StringComparison.Ordinal)
        .Replace("{event}", Event.ToString(), StringComparison.Ordinal)
        .Replace("{succeeded}", Succeeded.ToString(), StringComparison.Ordinal)
        .Replace("{dead}", Dead.ToString(), StringComparison.Ordinal)
        .Replace("{deadTrigger}", DeadTrigger.ToString(), StringComparison.Ordinal)
        .Replace("{broker}", Broker.ToString(), StringComparison.Ordinal)
        .Replace("{awayBroker}", AwayBroker.ToString(), StringComparison.Ordinal)
        .Replace("{mqttTrigger}", MqttTrigger.ToString(), StringComparison.Ordinal)
        .Replace("{published}", Published.ToString(), StringComparison.Ordinal)
        .Replace("{rabbit}", Rabbit.ToString(), StringComparison.Ordinal)
        .Replace("{exchange}", Exchange.ToString(), StringComparison.Ordinal)
        .Replace("{headersExchange}", HeadersExchange.ToString(), StringComparison.Ordinal)
        .Replace("{clashingExchange}", ClashingExchange.ToString(), StringComparison.Ordinal)
        .Replace("{amqpTrigger}", AmqpTrigger.ToString(), StringComparison.Ordinal)
        .Replace("{confirmed}", Confirmed.ToString(), StringComparison.Ordinal)
        .Replace("{unroutable}", Unroutable.ToString(), StringComparison.Ordinal)
        .Replace("{waiting}", Waiting.ToString(), StringComparison.Ordinal)
        .Replace("{schedule}", Schedule.ToString(), StringComparison.Ordinal)
        .Replace("{user}", User.ToString(), StringComparison.Ordinal)
        .Replace("{retrying}", Retrying.ToString(), StringComparison.Ordinal);

    private object Settings(string path) => new
    {
        method = "POST",
        url = $"{App.Address}{path}",
        headers = new[] { new { name = "X-Trace", value = "{execution_id}" }, new { name = "X-Key", value = "{secret:CRM_TOKEN}" } },
        query = new[] { new { name = "source", value = "{header:User-Agent|unknown}" } },
        body = new { format = "json", template = """{"received":"{timestamp}","event":"{original_payload}"}""" },
        auth = new { type = "basic", username = "crm", password = "s3cret" },
    };
}
