using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Egress;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Egress;

/// <summary>Hostile hosts through the API of the real application: create, test, execute and publish.</summary>
public sealed class SsrfApiTests : IAsyncLifetime
{
    private readonly HostileHosts.Guarded _guarded = new();
    private readonly HostileHosts.Names _names = new();
    private TestApp _app = null!;

    public async Task InitializeAsync()
        => _app = await TestApp.StartAsync(
            new() { ["Egress:AllowedNetworks:0"] = "203.0.113.77", ["Egress:AllowOwnServer"] = "false", ["RateLimiting:Enabled"] = "false" },
            services: services => services.AddSingleton<IHostResolver>(_names));

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _guarded.Dispose();
    }

    public static TheoryData<string, string, string> WaysIn => new()
    {
        { "/api/triggers", """{"name":"T","kind":"Http","settings":{"method":"POST","url":"http://{0}/x"}}""", "url" },
        { "/api/triggers/test", """{"kind":"Http","settings":{"method":"POST","url":"https://{0}/x"},"payload":1}""", "url" },
        { "/api/triggers", """{"name":"T","kind":"Http","settings":{"method":"POST","url":"http://public.example/x","auth":{"type":"oauth2","tokenUrl":"https://{0}/t","clientId":"a","clientSecret":"b"}}}""", "tokenUrl" },
        { "/api/mqtt/brokers", """{"name":"B","url":"mqtt://{0}","enabled":false}""", "url" },
        { "/api/mqtt/test-connection", """{"url":"ws://{0}/mqtt"}""", "url" },
        { "/api/amqp/brokers", """{"name":"B","url":"amqp://{0}","enabled":false}""", "url" },
        { "/api/amqp/test-connection", """{"url":"amqps://{0}"}""", "url" },
    };

    [Theory]
    [MemberData(nameof(WaysIn))]
    public async Task Post_HostileHost_IsAnsweredWithTheReason(string path, string body, string field)
    {
        var faults = new List<string>();
        foreach (var host in HostileHosts.All)
        {
            var unknown = _names.Unknown;
            using var content = new StringContent(body.Replace("{0}", JsonEncodedText.Encode($"{host}:{_guarded.Port}").ToString(), StringComparison.Ordinal), null, "application/json");
            var (status, answer) = await _app.TryAsync(HttpMethod.Post, path, content);
            if (_names.Unknown > unknown && status is >= 200 and < 300) continue; // the name of nothing
            var isNamed = status == 400 && answer.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any(e => e.Name.EndsWith(field, StringComparison.Ordinal) && e.Value[0].GetString()!.Length > 20);
            if (!isNamed) faults.Add($"{host}: {status} {answer}");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(0, _guarded.Connections);
    }

    [Fact]
    public async Task Execute_NameOfASavedTriggerTurnsHostile_IsBlocked()
    {
        Say("8.8.8.8");
        var trigger = await _app.SendAsync(HttpMethod.Post, "/api/triggers", new { name = "Turns", kind = "Http", settings = new { method = "POST", url = $"http://changing.example:{_guarded.Port}/" } });
        foreach (var address in Turned)
        {
            Say(address);
            var done = await _app.SendAsync(HttpMethod.Post, $"/api/triggers/http/{trigger.GetProperty("id").GetGuid()}/execute", new { payload = 1, mode = "sync" });
            var attempt = done.GetProperty("attempts")[0];
            Assert.Equal("blocked_by_egress_policy", attempt.GetProperty("code").GetString());
        }
        Assert.Equal(0, _guarded.Connections);
    }

    [Theory]
    [InlineData("mqtt")]
    [InlineData("amqp")]
    public async Task Publish_NameOfASavedBrokerTurnsHostile_ConnectsNowhere(string protocol)
    {
        foreach (var address in Turned)
        {
            Say("8.8.8.8", address);
            var broker = await _app.SendAsync(HttpMethod.Post, $"/api/{protocol}/brokers", new { name = $"Turns {address}", url = $"{protocol}://changing.example:{_guarded.Port}" });
            var path = $"/api/{protocol}/brokers/{broker.GetProperty("id").GetGuid()}";
            var failure = await Eventually.GetAsync(async () =>
            {
                var seen = await _app.SendAsync(HttpMethod.Get, path);
                return (seen.ToString().Contains("blocked_by_egress_policy", StringComparison.Ordinal), seen);
            }, "the connection to be refused");
            Assert.DoesNotContain("\"state\":\"Connected\"", failure.ToString(), StringComparison.Ordinal);
            var (status, _) = await _app.TryAsync(HttpMethod.Post, $"/api/{protocol}/test-connection", JsonContent.Create(new { brokerId = broker.GetProperty("id").GetGuid() }));
            Assert.Equal(400, status);
            await _app.SendAsync(HttpMethod.Delete, path);
        }
        Assert.Equal(0, _guarded.Connections);
    }

    private static string[] Turned { get; } = ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1"];

    private void Say(params string[] answers)
    {
        lock (_names.Answers)
        {
            _names.Answers.Clear();
            foreach (var answer in answers) _names.Answers.Enqueue(answer);
        }
    }
}
