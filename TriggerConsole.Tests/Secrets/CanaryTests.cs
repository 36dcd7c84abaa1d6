using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Operations.Backups;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Tests.Amqp;
using TriggerConsole.Tests.Mqtt;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Secrets;

/// <summary>
/// Plants a secret of every kind, uses all of them, and then looks for them wherever something is written or shown: logs at the
/// finest level, the files of the database, every answer of the API and every page.
/// </summary>
[Collection(nameof(RabbitMqServer))]
public sealed class CanaryTests(RabbitMqServer rabbit)
{
    private const string Stored = "canary-Stored/7f3a+9c=";
    private const string Password = "canary-Password/51d0&2b?";
    private const string Bearer = "canary-bearer-8e21c4d7";
    private const string HeaderKey = "canary-header-key-c0ffee42";
    private const string QueryKey = "canary query/key&d00d";
    private const string ClientSecret = "canary-Client+secret/9b";
    private const string AccessToken = "canary-access-token-5a5a77";
    private const string BrokerPassword = "canary-Broker/password&3d";
    private const string SecondValue = "canary-Second+value/of=CANARY";
    private const string HmacSecret = "canary-hmac/secret+77";
    private const string BasicPassword = "canary-Basic/password+12";
    private const string AuthenticatorKey = "CANARYAUTHENTICATORKEYTOTP234567";
    private const string Passphrase = "canary passphrase of a backup";

    private static readonly string s_masterKey = Convert.ToBase64String(Encoding.ASCII.GetBytes("canary-master-key-of-32-bytes-!!"));

    // The base64 of a client key, line by line
    private static readonly List<string> s_keyLines = [];

    [Fact]
    public async Task Secrets_OfEveryKindUsed_AreNowhereToBeFound()
    {
        var log = new RecordingLog();
        using var certificates = new TestCertificates();
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoSetup
        {
            Users = new Dictionary<string, string> { ["ada"] = BrokerPassword },
            Listeners = [new() { Certificate = certificates.Make("127.0.0.1"), ClientAuthority = certificates.Authority }],
        });
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = async (context, request) =>
        {
            // A target that repeats all it got, as echo services do
            if (request.Target.StartsWith("/token", StringComparison.Ordinal)) await context.Response.WriteAsJsonAsync(new { access_token = AccessToken, token_type = "Bearer", expires_in = 3600 });
            else await context.Response.WriteAsync($"{request.Target} {string.Join(' ', request.Headers.Select(h => $"{h.Key}: {h.Value}"))} {request.Text}");
            if (request.Target.StartsWith("/fail", StringComparison.Ordinal)) context.Abort();
        };
        var files = "";
        using var telemetry = new RecordedTelemetry();
        await using (var app = await TestApp.StartAsync(new() { ["Logging:LogLevel:Default"] = "Trace", ["Secrets:MasterKey"] = s_masterKey }, services: services => services.AddSingleton<ILoggerProvider>(log)))
        {
            await app.SendAsync(HttpMethod.Put, "/api/secrets/CANARY", new { value = Stored });
            var callback = await app.CreateCallbackAsync(sink.At("/in"), Trigger(sink.At("/in?s={secret:CANARY}"), new { type = "basic", username = "ada", password = Password }));
            foreach (var (path, auth) in new (string, object)[]
            {
                ("/bearer", new { type = "bearer", token = Bearer }),
                ("/header", new { type = "apiKey", @in = "header", name = "X-Key", value = HeaderKey }),
                ("/query", new { type = "apiKey", @in = "query", name = "key", value = QueryKey }),
                ("/oauth", new { type = "oauth2", tokenUrl = sink.At("/token"), clientId = "console", clientSecret = ClientSecret }),
                ("/fail", new { type = "bearer", token = "{secret:CANARY}" }),
            })
            {
                await app.SendAsync(HttpMethod.Post, "/api/triggers", Trigger(sink.At(path), auth, callback.Id));
            }
            var executions = await app.FireAsync(callback, new { n = 1 });
            Assert.Equal(6, executions.Count);
            var ends = new List<string>();
            foreach (var id in executions) ends.Add((await app.WaitForAsync(id, "Succeeded", "DeadLettered")).GetProperty("execution").GetProperty("status").GetString()!);
            Assert.Equal(5, ends.Count(e => e == "Succeeded"));
            Used(sink); // the search below means something only when the target got them all
            var (broker, published) = await PublishAsync(app, mosquitto.Port, certificates);
            var (rabbitBroker, toRabbit) = await PublishToRabbitAsync(app, certificates);
            var newToken = (await app.SendAsync(HttpMethod.Post, $"/api/callbacks/{callback.Id}/rotate-token")).GetProperty("token").GetString()!;

            List<string> tokens = [callback.Token, newToken, .. await PlantMoreAsync(app)];
            var texts = await ShownAsync(app, callback, [.. executions, .. published, .. toRabbit], broker, rabbitBroker);
            Assert.All(texts, t => Search(t.Text, t.Where, [.. tokens]));
            await SearchBackupsAsync(app, [.. tokens]);
            foreach (var path in Directory.EnumerateFiles(app.Folder, "*.db*").Where(p => !p.EndsWith(".lock", StringComparison.Ordinal))) files += Encoding.Latin1.GetString(await ReadAsync(path));
            Assert.Contains("http_200", files, StringComparison.Ordinal); // it is the database indeed
            Search(files, "the files of the database", [.. tokens]);
            Search(string.Join('\n', log.Lines), "the log", [.. tokens]);
            Search(string.Join('\n', telemetry.Lines), "traces and metrics", [.. tokens]);
            Assert.Contains(telemetry.Lines, line => line.Contains("http", StringComparison.OrdinalIgnoreCase));
        }
        Assert.NotEmpty(log.Lines);
    }

    /// <summary>A broker with every kind of secret, used well and badly.</summary>
    private static async Task<(Guid Broker, IReadOnlyList<Guid> Executions)> PublishAsync(TestApp app, int port, TestCertificates certificates)
    {
        var client = certificates.Make("console", usage: "1.3.6.1.5.5.7.3.2");
        using var key = client.GetECDsaPrivateKey()!;
        var pem = key.ExportPkcs8PrivateKeyPem();
        s_keyLines.AddRange(pem.Split('\n').Where(line => line.Length > 20 && !line.StartsWith('-')));
        Assert.NotEmpty(s_keyLines);
        object tls = new { caCertificates = certificates.Authority.ExportCertificatePem(), clientCertificate = client.ExportCertificatePem(), clientKey = pem };
        var settings = new { name = "Hall", url = $"mqtts://127.0.0.1:{port}", username = "ada", password = BrokerPassword, tls };
        var broker = await app.ConnectBrokerAsync(settings); // it means something only when the broker took them
        await app.CreateBrokerAsync(new { name = "Away", url = "mqtt://127.0.0.1:9", username = "ada", password = BrokerPassword });
        var (status, _, answer) = await app.TryAsync(HttpMethod.Put, $"/api/mqtt/brokers/{broker}", new { url = "mqtts://127.0.0.2:9", lastWill = new { topic = "#" } });
        Assert.Equal(400, status);
        Search(answer, "the refusal of another host");
        var test = await app.SendAsync(HttpMethod.Post, "/api/mqtt/test-connection", new { brokerId = broker });
        Assert.True(test.GetProperty("succeeded").GetBoolean(), test.ToString());
        Search(test.GetRawText(), "the connection test");
        var body = new { format = "json", template = """{"secret":"{secret:CANARY}"}""" };
        var properties = new { correlationData = "{secret:CANARY}", userProperties = new[] { new { name = "x", value = "a{secret:CANARY}" } } };
        var trigger = await app.CreateMqttTriggerAsync(broker, new { brokerId = broker, topic = "t", body, properties });
        var details = await app.PublishAndWaitAsync(trigger, new { n = 1 });
        Assert.Equal("Succeeded", details.GetProperty("execution").GetProperty("status").GetString());
        Search(details.GetRawText(), "the answer of a synchronous publish");
        return (broker, [details.GetProperty("execution").GetProperty("id").GetGuid()]);
    }

    /// <summary>The same with AMQP: routed, returned, and refused.</summary>
    private async Task<(Guid Broker, IReadOnlyList<Guid> Executions)> PublishToRabbitAsync(TestApp app, TestCertificates certificates)
    {
        var (user, queue) = (RabbitMqBrowser.NewName("ada"), RabbitMqBrowser.NewName("q"));
        await rabbit.EvalAsync(RabbitMqServer.AddUser(user, BrokerPassword), RabbitMqServer.Permit(user, write: "^(q-|x-|amq.default)"));
        var client = certificates.Make("console", usage: "1.3.6.1.5.5.7.3.2");
        using var key = client.GetECDsaPrivateKey()!;
        var pem = key.ExportPkcs8PrivateKeyPem();
        s_keyLines.AddRange(pem.Split('\n').Where(line => line.Length > 20 && !line.StartsWith('-')));
        var url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}";
        // A client certificate that the broker does not know: its key is read and stored all the same
        await app.CreateAmqpBrokerAsync(new { name = "TLS", url = $"amqps://127.0.0.1:{await rabbit.TlsPortAsync()}", username = user, password = BrokerPassword, tls = new { caCertificates = rabbit.Authority.ExportCertificatePem(), clientCertificate = client.ExportCertificatePem(), clientKey = pem, serverName = "localhost" } });
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "Rabbit", url = $"amqp://{user}:{Uri.EscapeDataString(BrokerPassword)}@{url["amqp://".Length..]}" }); // as part of an address
        await app.CreateAmqpBrokerAsync(new { name = "Wrong", url = url + "/no-such-host", username = user, password = BrokerPassword });
        var test = await app.SendAsync(HttpMethod.Post, "/api/amqp/test-connection", new { settings = new { url = url + "/no-such-host", username = user, password = BrokerPassword } });
        Search(test.GetRawText(), "the connection test of AMQP");
        var exchange = await app.CreateExchangeAsync(broker, RabbitMqBrowser.NewName("x"));
        await app.BindAsync(exchange, queue, "seen.#");
        var ids = new List<Guid>();
        foreach (var (routingKey, target, outcome) in new (string, Guid, string)[] { ("seen.{secret:CANARY}", exchange, "confirmed"), ("lost.{secret:CANARY}", exchange, "unroutable"), ("x.{secret:CANARY}", await app.CreateExchangeAsync(broker, RabbitMqBrowser.NewName("forbidden")), "access_refused") })
        {
            var settings = new { exchangeId = target, routingKey, correlationId = "{secret:CANARY}", headers = new { x = "a{secret:CANARY}" }, body = new { format = "json", template = """{"secret":"{secret:CANARY}"}""" } };
            var details = await app.PublishAmqpAsync(await app.CreateAmqpTriggerAsync(settings), new { n = 1 });
            Assert.Equal(outcome, details.GetProperty("execution").GetProperty("code").GetString());
            Search(details.GetRawText(), "the answer of a synchronous publish to AMQP");
            ids.Add(details.GetProperty("execution").GetProperty("id").GetGuid());
        }
        await using var browser = await RabbitMqBrowser.ConnectAsync(await rabbit.AmqpPortAsync());
        Assert.Contains(Stored, Assert.Single(await browser.TakeAllAsync(queue)).RoutingKey, StringComparison.Ordinal); // it was sent indeed
        return (broker, ids);
    }

    /// <summary>Secrets that are not sent by triggers: of callbacks, keys, tokens, authenticators; and new keys for all that is stored.</summary>
    /// <returns>Values that the server made and showed once.</returns>
    private static async Task<IReadOnlyList<string>> PlantMoreAsync(TestApp app)
    {
        var signed = await app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Signed", verification = new { kind = "hmac", secret = HmacSecret, signature = new { header = "X-Sig" } } });
        var basic = await app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Basic", verification = new { kind = "basic", username = "ada", password = BasicPassword } });
        foreach (var (password, status) in new[] { (BasicPassword, 202), (BasicPassword + "x", 401) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{basic.GetProperty("id").GetGuid()}") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada:{password}")));
            using var answer = await app.Anonymous.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
        }
        var key = (await app.SendAsync(HttpMethod.Post, "/api/keys", new { name = "Canary" })).GetProperty("value").GetString()!;
        var issued = await app.SendAsync(HttpMethod.Post, "/api/auth/token", new { grantType = "password", email = TestApp.Email, password = TestApp.Password });
        await using (var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync())
        {
            // As accounts with a second factor keep it
            var user = await context.Users.FirstAsync();
            context.UserTokens.Add(new() { UserId = user.Id, LoginProvider = "canary", Name = "AuthenticatorKey", Value = app.Get<SecretProtector>().Protect(AuthenticatorKey) });
            await context.SaveChangesAsync();
        }
        await app.SendAsync(HttpMethod.Put, "/api/secrets/CANARY", new { value = SecondValue, overlapHours = 5 });
        app.Get<DataKeyRotation>().Settle = TimeSpan.Zero;
        await app.SendAsync(HttpMethod.Post, "/api/data-keys/rotate");
        await Eventually.TrueAsync(async () => !(await app.SendAsync(HttpMethod.Get, "/api/data-keys")).GetProperty("isRotating").GetBoolean(), "the rotation to end");
        var texts = new[] { signed, basic }.Select(c => c.GetProperty("token").GetString()!);
        return [key, issued.GetProperty("accessToken").GetString()!, issued.GetProperty("refreshToken").GetString()!, .. texts];
    }

    private static async Task SearchBackupsAsync(TestApp app, string[] tokens)
    {
        foreach (var passphrase in (string?[])[null, Passphrase])
        {
            var file = Path.Combine(app.Folder, $"backup-{passphrase is null}");
            await app.Get<BackupCommands>().BackupAsync(file, new(Passphrase: passphrase), default);
            Search(Encoding.Latin1.GetString(await ReadAsync(file)), $"the backup {(passphrase is null ? "without" : "with")} a passphrase", tokens);
        }
    }

    private static object Trigger(string url, object auth, Guid? callbackId = null) => new
    {
        kind = "Http",
        name = url,
        callbackId,
        retry = new { maxAttempts = 1 },
        settings = new
        {
            method = "POST",
            url,
            auth,
            headers = new[] { new { name = "X-Canary", value = "a{secret:CANARY}z" } },
            body = new { format = "json", template = """{"secret":"{secret:CANARY}"}""" },
        },
    };

    private static void Used(HttpSink sink)
    {
        var got = string.Join('\n', sink.Requests.Select(r => $"{Uri.UnescapeDataString(r.Target)} {string.Join(' ', r.Headers.Values)} {r.Text}"));
        foreach (var secret in new[] { Stored, Bearer, HeaderKey, QueryKey, AccessToken, Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada:{Password}")) }) Assert.Contains(secret, got, StringComparison.Ordinal);
    }

    /// <summary>Every answer and page that could show them.</summary>
    private static async Task<List<(string Where, string Text)>> ShownAsync(TestApp app, TestCallback callback, IReadOnlyList<Guid> executions, Guid broker, Guid rabbitBroker)
    {
        var paths = new List<string>
        {
            "/api/callbacks", $"/api/callbacks/{callback.Id}", "/api/triggers", $"/api/triggers/{callback.TriggerId}", "/api/executions", "/api/events", "/api/secrets", "/api/keys", "/api/health", "/metrics",
            "/api/mqtt/brokers", $"/api/mqtt/brokers/{broker}", "/api/mqtt/logs",
            "/api/amqp/brokers", $"/api/amqp/brokers/{rabbitBroker}", "/api/amqp/exchanges", "/api/amqp/logs",
            "/brokers", $"/brokers/mqtt/{broker}", $"/brokers/amqp/{rabbitBroker}", $"/brokers/amqp/{rabbitBroker}?tab=settings", $"/brokers/amqp/{rabbitBroker}?tab=sent",
            "/", "/callbacks", $"/callbacks/{callback.Id}", $"/callbacks/{callback.Id}?tab=settings", "/triggers", $"/triggers/{callback.TriggerId}", $"/triggers/{callback.TriggerId}?tab=auth", "/executions", "/dead-letters", "/events",
            "/settings", "/settings?tab=secrets", "/settings?tab=keys", "/settings?tab=about", "/settings?tab=transfer", "/api/configuration", "/api/data-keys", "/.well-known/jwks.json",
        };
        foreach (var id in executions) paths.AddRange([$"/api/executions/{id}", $"/executions/{id}"]);
        var stored = (await app.SendAsync(HttpMethod.Get, $"/api/executions/{executions[0]}")).GetProperty("execution").GetProperty("eventId").GetGuid();
        paths.AddRange([$"/api/events/{stored}", $"/events/{stored}"]);
        var texts = new List<(string, string)>();
        foreach (var path in paths)
        {
            using var response = await app.Client.GetAsync(path);
            Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}");
            texts.Add((path, await response.Content.ReadAsStringAsync()));
        }
        var preview = await app.SendAsync(HttpMethod.Post, "/api/triggers/preview", new { kind = "Http", settings = new { method = "POST", url = "http://127.0.0.1:9/{secret:CANARY}" }, eventId = stored });
        texts.Add(("preview", preview.GetRawText()));
        return texts;
    }

    private static void Search(string text, string where, params string[] tokens)
    {
        foreach (var secret in (IEnumerable<string>)[Stored, Password, Bearer, HeaderKey, QueryKey, ClientSecret, AccessToken, BrokerPassword, SecondValue, HmacSecret, BasicPassword, AuthenticatorKey, Passphrase, s_masterKey, "canary-master-key-of-32-bytes-!!", .. s_keyLines, TestApp.ApiKey, TestApp.Password, .. tokens])
        {
            foreach (var form in (IEnumerable<string>)[secret, Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString(), System.Net.WebUtility.HtmlEncode(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), Convert.ToBase64String(Encoding.UTF8.GetBytes($"ada:{secret}"))])
                Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"{secret} was found, as {form}, in {where}: …{Around(text, form)}…");
        }
    }

    private static string Around(string text, string form)
    {
        var at = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : text[Math.Max(0, at - 80)..Math.Min(text.Length, at + form.Length + 40)];
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>All that listeners of traces and metrics are told, whatever their source.</summary>
    private sealed class RecordedTelemetry : IDisposable
    {
        private readonly ActivityListener _activities;
        private readonly MeterListener _meters = new();

        public RecordedTelemetry()
        {
            _activities = new()
            {
                // The test itself looks into RabbitMQ's queues: its own consumer is told what was sent
                ShouldListenTo = source => source.Name != "RabbitMQ.Client.Subscriber",
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = a => Lines.Enqueue($"{a.Source.Name} {a.OperationName} {a.DisplayName} {a.StatusDescription} {Text(a.TagObjects)} {Text(a.Baggage.Select(b => KeyValuePair.Create(b.Key, (object?)b.Value)))} {string.Join(' ', a.Events.Select(e => $"{e.Name} {Text(e.Tags)}"))}"),
            };
            ActivitySource.AddActivityListener(_activities);
            _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
            _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
            _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
            _meters.Start();
        }

        public ConcurrentQueue<string> Lines { get; } = new();

        public void Dispose()
        {
            _meters.Dispose();
            _activities.Dispose();
        }

        private static string Text(IEnumerable<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.Select(t => $"{t.Key}={t.Value}"));

        private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Lines.Enqueue($"{instrument.Name} {Text(tags.ToArray())}");
    }

    private sealed class RecordingLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Lines.Enqueue($"scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
