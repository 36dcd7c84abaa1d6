using System.Net;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Tests.Mqtt;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Nodes;

/// <summary>One node takes events in and shows pages, another one works.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class RoleTests(PostgreSqlServer server) : IAsyncLifetime
{
    private TestApp _web = null!;
    private TestApp _worker = null!;
    private bool _hasEnded;

    public async Task InitializeAsync() => (_, _web, _worker) = await TwoNodes.StartAsync(server, "Web", "Worker");

    public async Task DisposeAsync()
    {
        if (!_hasEnded) await _worker.DisposeAsync();
        await _web.DisposeAsync();
    }

    [Fact]
    public async Task Web_Fired_IsRunByTheWorkerAndWaitedForByTheCaller()
    {
        await using var sink = await HttpSink.StartAsync();
        var callback = await _web.CreateCallbackAsync(sink.At("/in"));

        var details = await _web.SendAsync(HttpMethod.Post, $"/api/triggers/http/{callback.TriggerId}/execute", new { payload = new { n = 1 }, mode = "sync" });

        Assert.Equal("Succeeded", details.GetProperty("execution").GetProperty("status").GetString());
        var execution = Assert.Single(await _web.FireAsync(callback, new { n = 2 }));
        await _web.WaitForAsync(execution, "Succeeded");
    }

    [Fact]
    public async Task Web_WithoutAWorker_AcceptsAndHolds()
    {
        await using var sink = await HttpSink.StartAsync();
        var callback = await _web.CreateCallbackAsync(sink.At("/in"));
        await _worker.DisposeAsync();
        _hasEnded = true;
        await Eventually.TrueAsync(() => !_web.Get<NodeDirectory>().HasWorkers, "the worker to be known to be gone");

        var execution = Assert.Single(await _web.FireAsync(callback, new { n = 1 }));

        var row = await _web.SendAsync(HttpMethod.Get, $"/api/executions/{execution}");
        Assert.Equal("Queued", row.GetProperty("execution").GetProperty("status").GetString());
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Worker_AskedForPagesOrApi_AnswersHealthAlone()
    {
        foreach (var path in (string[])["/", "/api/executions", "/api/trigger/x", "/sign-in"])
            Assert.Equal(HttpStatusCode.NotFound, (await _worker.Client.GetAsync(path)).StatusCode);
        foreach (var path in (string[])["/health/live", "/health/ready", "/metrics"])
            Assert.Equal(HttpStatusCode.OK, (await _worker.Client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Broker_KeptByTheWorker_IsShownByTheWebNodeAndUsedForTests()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        var broker = await _web.CreateBrokerAsync(new { name = "Hall", url = $"mqtt://127.0.0.1:{mosquitto.Port}", clientId = "console" });

        var shown = await TwoNodes.ShowsAsync(_web, $"/api/mqtt/brokers/{broker}", b => b.GetProperty("status").GetProperty("state").GetString() == "Connected");

        var node = Assert.Single(shown.GetProperty("status").GetProperty("nodes").EnumerateArray());
        Assert.Equal(("b", "Connected"), (node.GetProperty("node").GetString(), node.GetProperty("state").GetString()));
        var published = await _web.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId = broker, topic = "t", payload = "x" });
        Assert.Equal("Succeeded", published.GetProperty("execution").GetProperty("status").GetString());
    }
}
