using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Operations.Transfer;

/// <summary>Export and import of the configuration, through the API.</summary>
public sealed class TransferTests
{
    private const string Password = "canary-9f27-password";

    [Fact]
    public async Task RoundTrip_IntoAnEmptyInstance_ExportsTheSameBytes()
    {
        await using var first = await TestApp.StartAsync();
        await FillAsync(first, withSecrets: false);
        var exported = await ExportAsync(first);

        await using var second = await TestApp.StartAsync();
        await second.SendAsync(HttpMethod.Put, "/api/secrets/CRM_TOKEN", new { value = "x" });
        var dry = await ImportAsync(second, exported, dryRun: true);
        Assert.Equal((0, 0), (await CountAsync(second, "callbacks"), await CountAsync(second, "triggers")));
        var report = await ImportAsync(second, exported);

        Assert.Equal(exported, await ExportAsync(second));
        Assert.Equal((dry.GetProperty("made").GetInt32(), 0), (report.GetProperty("made").GetInt32(), report.GetProperty("unchanged").GetInt32()));
        Assert.True(report.GetProperty("made").GetInt32() >= 8);
        var again = await ImportAsync(second, exported);
        Assert.Equal((0, 0), (again.GetProperty("made").GetInt32(), again.GetProperty("changed").GetInt32()));
    }

    [Fact]
    public async Task Import_IntoARunningServer_IsInUseAtOnce()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var first = await TestApp.StartAsync();
        var callback = await first.CreateCallbackAsync(sink.At("/in"));
        var exported = await ExportAsync(first);

        await using var second = await TestApp.StartAsync();
        await ImportAsync(second, exported);

        var token = (await second.SendAsync(HttpMethod.Post, $"/api/callbacks/{callback.Id}/rotate-token")).GetProperty("token").GetString()!;
        var execution = Assert.Single(await second.FireAsync(callback with { Token = token }, new { order = 1 }));
        await second.WaitForAsync(execution, "Succeeded");
        Assert.Equal("""{"order":1}""", sink.Only.Text);
    }

    [Fact]
    public async Task Export_WithSecrets_CarriesMarkersAndAListOfThem()
    {
        await using var app = await TestApp.StartAsync();
        await FillAsync(app, withSecrets: true);

        var text = await ExportAsync(app);

        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
        var file = JsonNode.Parse(text)!;
        Assert.Equal("""{"secret":"enter again"}""", file["triggers"]!.AsArray().Single(t => (string?)t!["name"] == "Signed in")!["settings"]!["auth"]!["password"]!.ToJsonString());
        Assert.Equal(["mqttBrokers settings.password", "amqpBrokers settings.password", "triggers settings.auth.password"], file["secretsToEnter"]!.AsArray().Select(s => $"{s!["in"]} {s["field"]}"));
        Assert.Equal("""["CRM_TOKEN"]""", file["secrets"]!.ToJsonString());
    }

    [Fact]
    public async Task Import_SecretsMissing_SwitchesOffAndListsThemUntilTheyAreEntered()
    {
        await using var first = await TestApp.StartAsync();
        await FillAsync(first, withSecrets: true);
        var exported = await ExportAsync(first);

        await using var second = await TestApp.StartAsync();
        var report = await ImportAsync(second, exported);

        var todo = report.GetProperty("toDo").EnumerateArray().Select(t => $"{t.GetProperty("in").GetString()} {t.GetProperty("field").GetString()}").ToList();
        Assert.Equal(["amqpBrokers settings.password", "callbacks token", "mqttBrokers settings.password", "secrets value", "triggers settings", "triggers settings.auth.password"], todo.Distinct().Order(StringComparer.Ordinal));
        var trigger = (await second.SendAsync(HttpMethod.Get, "/api/triggers?q=Signed")).GetProperty("items")[0];
        Assert.False(trigger.GetProperty("enabled").GetBoolean());
        var id = trigger.GetProperty("id").GetGuid();
        var (status, problem) = await second.TryAsync(HttpMethod.Put, $"/api/triggers/{id}", Json("""{"enabled":true}"""));
        Assert.Equal(400, status);
        Assert.Equal("Give the password.", problem.GetProperty("errors").GetProperty("settings.auth.password")[0].GetString());
        var settings = JsonNode.Parse(trigger.GetProperty("settings").GetRawText())!;
        settings["auth"]!["password"] = Password;
        await second.SendAsync(HttpMethod.Put, $"/api/triggers/{id}", new { enabled = true, settings });
    }

    [Fact]
    public async Task Import_OverTheSame_KeepsSecretsUnlessTheDestinationChanges()
    {
        await using var app = await TestApp.StartAsync();
        await FillAsync(app, withSecrets: true);
        var exported = await ExportAsync(app);
        var file = JsonNode.Parse(exported)!;
        var trigger = file["triggers"]!.AsArray().Single(t => (string?)t!["name"] == "Signed in")!;

        trigger["settings"]!["timeoutSeconds"] = 7;
        var same = await ImportAsync(app, file.ToJsonString());
        Assert.Equal("settings.timeoutSeconds", Assert.Single(same.GetProperty("items").EnumerateArray(), i => i.GetProperty("action").GetString() == "Changed").GetProperty("changes")[0].GetProperty("field").GetString());
        Assert.Empty(same.GetProperty("toDo").EnumerateArray());
        Assert.True((await StoredAsync(app, "Signed in")).GetProperty("settings").GetProperty("auth").GetProperty("hasPassword").GetBoolean());

        trigger["settings"]!["url"] = "http://127.0.0.2:9/elsewhere";
        var moved = await ImportAsync(app, file.ToJsonString());
        Assert.Equal("settings.auth.password", Assert.Single(moved.GetProperty("toDo").EnumerateArray()).GetProperty("field").GetString());
        var stored = await StoredAsync(app, "Signed in");
        Assert.False(stored.GetProperty("settings").GetProperty("auth").GetProperty("hasPassword").GetBoolean());
        Assert.False(stored.GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Import_CallbackThatChecksSignatures_RefusesEverythingUntilItsSecretIsEntered()
    {
        await using var first = await TestApp.StartAsync();
        var signature = new { header = "X-Sig", prefix = "sha256=" };
        var made = await first.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Shop", verification = new { kind = "hmac", secret = Password, signature }, allowedNetworks = new[] { "127.0.0.0/8" } });
        var id = made.GetProperty("id").GetGuid();
        var exported = await ExportAsync(first);
        Assert.DoesNotContain(Password, exported, StringComparison.Ordinal);
        Assert.Equal("callbacks verification.secret", Assert.Single(JsonNode.Parse(exported)!["secretsToEnter"]!.AsArray().Select(s => $"{s!["in"]} {s["field"]}")));

        await using var second = await TestApp.StartAsync();
        var report = await ImportAsync(second, exported);

        Assert.Equal("verification.secret", Assert.Single(report.GetProperty("toDo").EnumerateArray()).GetProperty("field").GetString());
        Assert.Equal(401, await SendAsync());
        var stored = await second.SendAsync(HttpMethod.Get, $"/api/callbacks/{id}");
        Assert.Equal(("hmac", "127.0.0.0/8"), (stored.GetProperty("verification").GetProperty("kind").GetString(), stored.GetProperty("allowedNetworks")[0].GetString()));
        await second.SendAsync(HttpMethod.Put, $"/api/callbacks/{id}", new { verification = new { kind = "hmac", secret = Password, signature } });
        Assert.Equal(202, await SendAsync());
        // Imported over itself, the secret stays
        var again = await ImportAsync(second, exported);
        Assert.Equal((0, 0), (again.GetProperty("changed").GetInt32(), again.GetProperty("toDo").GetArrayLength()));
        Assert.Equal(202, await SendAsync());

        async Task<int> SendAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{id}") { Content = Json("{}") };
            request.Headers.Add("X-Sig", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Password), "{}"u8.ToArray())));
            using var response = await second.Anonymous.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task Import_Schedule_FiresInTheServerThatRuns()
    {
        await using var first = await TestApp.StartAsync();
        var callback = await first.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Clock" });
        await first.SendAsync(HttpMethod.Post, "/api/schedules", new { name = "Each second", kind = "Interval", intervalSeconds = 1, timeZone = "Etc/UTC", callbackId = callback.GetProperty("id").GetGuid() });
        var exported = await ExportAsync(first);

        await using var second = await TestApp.StartAsync();
        await ImportAsync(second, exported);

        await Eventually.TrueAsync(async () => (await second.SendAsync(HttpMethod.Get, "/api/events")).GetProperty("items").GetArrayLength() > 0, "the schedule to fire");
        var bad = JsonNode.Parse(exported)!;
        (bad["schedules"]![0]!["kind"], bad["schedules"]![0]!["intervalSeconds"], bad["schedules"]![0]!["cron"]) = ("Cron", null, "61 * * * *");
        var (status, problem) = await second.TryAsync(HttpMethod.Post, "/api/configuration", Json(bad.ToJsonString()));
        Assert.Equal(400, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty("schedules[0].cron", out _), problem.ToString());
    }

    [Fact]
    public async Task Import_WithFaults_NamesObjectAndFieldAndChangesNothing()
    {
        await using var app = await TestApp.StartAsync();
        await FillAsync(app, withSecrets: false);
        var before = await ExportAsync(app);
        var file = JsonNode.Parse(before)!;
        file["callbacks"]![0]!["name"] = "Renamed";
        file["callbacks"]![0]!["methods"] = new JsonArray("YELL");
        file["triggers"]![0]!["settings"]!["url"] = "http://10.1.2.3/{payload";
        file["triggers"]![1]!["priority"] = 99;
        file["mqttBrokers"]![0]!["settings"]!["url"] = "nowhere";
        file["amqpExchanges"]![0]!["name"] = "other";
        file["settings"]!["retention"]!["eventDays"] = -1;

        var (status, problem) = await app.TryAsync(HttpMethod.Post, "/api/configuration", Json(file.ToJsonString()));

        Assert.Equal(400, status);
        var fields = problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).ToList();
        Assert.All(["callbacks[0].methods[0]", "triggers[0].settings.url", "triggers[1].priority", "mqttBrokers[0].settings.url", "amqpExchanges[0].name", "settings.retention.eventDays"], field => Assert.Contains(field, fields));
        Assert.Equal(before, await ExportAsync(app));
    }

    [Fact]
    public async Task Import_NameTakenByAnother_IsRefusedWithAHint()
    {
        await using var first = await TestApp.StartAsync();
        await first.CreateCallbackAsync("http://127.0.0.1:9/");
        await using var second = await TestApp.StartAsync();
        var mine = await second.CreateCallbackAsync("http://127.0.0.1:9/");

        var (status, problem) = await second.TryAsync(HttpMethod.Post, "/api/configuration?dryRun=true", Json(await ExportAsync(first)));

        Assert.Equal(400, status);
        Assert.Contains(mine.Id.ToString(), problem.GetProperty("errors").GetProperty("callbacks[0].name")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "not valid JSON")]
    [InlineData("[]", "format", "no configuration of TriggerConsole")]
    [InlineData("""{"format":"something-else","version":1}""", "format", "no configuration of TriggerConsole")]
    [InlineData("""{"format":"triggerconsole-configuration"}""", "version", "Give the version")]
    [InlineData("""{"format":"triggerconsole-configuration","version":2,"callbacks":7}""", "version", "this TriggerConsole knows 1")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"callbaks":[]}""", "callbaks", "unknown")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"version":1}""", "version", "twice")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"callbacks":[null]}""", "callbacks[0]", "nothing here")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"callbacks":[{"id":"x","name":"A"}]}""", "callbacks[0].id", "an id is expected")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"callbacks":[{"name":"A"}]}""", "callbacks[0].id", "missing")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"callbacks":[{"id":"01a1fe27-2495-7000-bb9a-0e314e647b53","name":"A"},{"id":"01a1fe27-2495-7000-bb9a-0e314e647b53","name":"B"}]}""", "callbacks[1].id", "same id")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"triggers":[{"id":"01a1fe27-2495-7000-bb9a-0e314e647b53","name":"A","kind":"Http","settings":7}]}""", "triggers[0].settings", "JSON object")]
    [InlineData("""{"format":"triggerconsole-configuration","version":1,"triggers":[{"id":"01a1fe27-2495-7000-bb9a-0e314e647b53","name":"A","kind":"Http","settings":{"urll":""}}]}""", "triggers[0].settings.urll", "unknown")]
    public async Task Import_OfNoConfiguration_IsRefusedWithASentence(string content, string field, string sentence)
    {
        await using var app = await TestApp.StartAsync();

        var (status, problem) = await app.TryAsync(HttpMethod.Post, "/api/configuration", Json(content));

        Assert.Equal(400, status);
        var error = Assert.Single(problem.GetProperty("errors").EnumerateObject());
        Assert.Equal(field, error.Name);
        Assert.Contains(sentence, error.Value[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_DeepOrHuge_IsRefused()
    {
        await using var app = await TestApp.StartAsync();

        var (deep, _) = await app.TryAsync(HttpMethod.Post, "/api/configuration", Json("""{"format":"triggerconsole-configuration","version":1,"x":""" + new string('[', 100_000)));
        var (huge, problem) = await app.TryAsync(HttpMethod.Post, "/api/configuration", new ByteArrayContent(new byte[(16 << 20) + 1]));

        Assert.Equal((400, 400), (deep, huge));
        Assert.Contains("at most 16,777,216", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_ExportAndImport_WorkWithoutAServer()
    {
        var folder = Directory.CreateTempSubdirectory("tc-transfer-").FullName;
        try
        {
            var settings = CommandRun.At(Path.Combine(folder, "data"));
            await using var app = await TestApp.StartAsync();
            await FillAsync(app, withSecrets: true);
            var file = Path.Combine(folder, "configuration.json");
            await File.WriteAllTextAsync(file, await ExportAsync(app));
            Assert.Equal(0, (await CommandRun.StartAsync(settings, "--migrate")).ExitCode);

            var look = await CommandRun.StartAsync(settings, "--import", file, "--dry-run");
            Assert.True(look.ExitCode == 0, look.Error);
            Assert.Contains("Nothing was changed", look.Output, StringComparison.Ordinal);
            var import = await CommandRun.StartAsync(settings, "--import", file);
            Assert.True(import.ExitCode == 0, import.Error);
            Assert.Contains("To do afterwards:", import.Output, StringComparison.Ordinal);
            var export = await CommandRun.StartAsync(settings, "--export", "-");
            Assert.True(export.ExitCode == 0, export.Error);
            Assert.Equal(JsonNode.Parse(await File.ReadAllTextAsync(file))!["triggers"]!.AsArray().Count, JsonNode.Parse(export.Output)!["triggers"]!.AsArray().Count);

            await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"Orders\"", "\"\"", StringComparison.Ordinal));
            var refused = await CommandRun.StartAsync(settings, "--import", file);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("callbacks[0].name: Give the callback a name", refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One of each kind.</summary>
    private static async Task FillAsync(TestApp app, bool withSecrets)
    {
        var password = withSecrets ? Password : null;
        await app.SendAsync(HttpMethod.Put, "/api/secrets/CRM_TOKEN", new { value = "x" });
        await app.CreateCallbackAsync("http://127.0.0.1:9/in", callback: new { name = "Orders", path = "shop/orders", description = "From the shop", methods = new[] { "POST", "PUT" }, maxBodyBytes = 5000, limitPerMinute = 600, limitPerSecond = 50 });
        var mqtt = await app.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = "Hall", url = "mqtt://127.0.0.1:1", username = "u", password, protocolVersion = "5.0" });
        var amqp = await app.SendAsync(HttpMethod.Post, "/api/amqp/brokers", new { name = "Warehouse", url = "amqp://127.0.0.1:1", username = "u", password });
        var exchange = await app.SendAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = amqp.GetProperty("id").GetGuid(), name = "orders", type = "topic", arguments = new { x = 1 } });
        await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Mqtt", name = "Lamp", settings = new { brokerId = mqtt.GetProperty("id").GetGuid(), topic = "lamp/{payload.id}" } });
        await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Amqp", name = "Stock", priority = 7, settings = new { exchangeId = exchange.GetProperty("id").GetGuid(), routingKey = "order.{payload.id}" } });
        await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Http", name = "With a named secret", settings = new { method = "GET", url = "http://127.0.0.1:9/", auth = new { type = "bearer", token = "{secret:CRM_TOKEN}" } }, retry = new { maxAttempts = 2, strategy = "fixed", delaySeconds = 1.5 } });
        if (withSecrets) await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Http", name = "Signed in", settings = new { method = "GET", url = "http://127.0.0.1:9/", auth = new { type = "basic", username = "u", password } } });
        await app.SendAsync(HttpMethod.Put, "/api/settings/retention", new { eventDays = 33 });
    }

    private static async Task<string> ExportAsync(TestApp app) => await app.Client.GetStringAsync("/api/configuration");

    private static async Task<JsonElement> ImportAsync(TestApp app, string file, bool dryRun = false)
    {
        var (status, body) = await app.TryAsync(HttpMethod.Post, $"/api/configuration?dryRun={(dryRun ? "true" : "false")}", Json(file));
        Assert.True(status == 200, body.ToString());
        return body;
    }

    private static async Task<int> CountAsync(TestApp app, string what) => (await app.SendAsync(HttpMethod.Get, $"/api/{what}")).GetProperty("total").GetInt32();

    private static async Task<JsonElement> StoredAsync(TestApp app, string name) => (await app.SendAsync(HttpMethod.Get, $"/api/triggers?q={Uri.EscapeDataString(name)}")).GetProperty("items")[0];

    private static StringContent Json(string content) => new(content, Encoding.UTF8, "application/json");
}
