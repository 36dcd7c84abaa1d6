using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt;

public sealed class MqttLogTests
{
    [Fact]
    public async Task Logs_Filters_FindWhatTheySay()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var app = await TestApp.StartAsync();
        var here = await app.ConnectBrokerAsync(new { name = "Here", url = $"mqtt://127.0.0.1:{server.Port}" });
        var there = await app.CreateBrokerAsync(new { name = "There", url = "mqtt://127.0.0.1:9" });
        var trigger = await app.CreateMqttTriggerAsync(here);
        var away = await app.CreateMqttTriggerAsync(there, new { brokerId = there, topic = "away" });
        for (var i = 0; i < 5; i++) await app.PublishAndWaitAsync(trigger, new { id = i });
        await app.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId = here, topic = "alone/Here", payload = "hello" });
        await app.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId = there, topic = "alone/there" });
        await app.SendAsync(HttpMethod.Post, "/api/triggers/test", new { triggerId = away, payload = new { n = 1 } });
        await using var sink = await HttpSink.StartAsync();
        var http = await app.SendAsync(HttpMethod.Post, "/api/triggers/test", new { kind = "Http", settings = new { url = sink.At("/") } });
        Assert.Equal("Succeeded", http.GetProperty("execution").GetProperty("status").GetString());

        Assert.Equal(8, (await ListAsync("")).Count);
        Assert.Equal(["alone/Here", "orders/4", "orders/3", "orders/2", "orders/1", "orders/0"], (await ListAsync($"?brokerId={here}")).Select(e => Text(e, "topic")));
        Assert.Equal(["away", "alone/there"], (await ListAsync($"?brokerId={there}")).Select(e => Text(e, "topic")));
        Assert.Equal(5, (await ListAsync($"?triggerId={trigger}")).Count);
        Assert.Equal(["alone/there", "alone/Here"], (await ListAsync("?topic=ALONE")).Select(e => Text(e, "topic")));
        Assert.Equal(2, (await ListAsync("?status=DeadLettered")).Count);
        Assert.Empty(await ListAsync("?from=2100-01-01T00:00:00Z"));
        var entry = (await ListAsync($"?brokerId={here}&topic=alone"))[0];
        Assert.Equal(("Here", "Succeeded", "no_matching_subscribers", "0x10 accepted, but no one subscribes to this topic", 5, 1, 1, true),
            (Text(entry, "broker"), Text(entry, "status"), Text(entry, "code"), Text(entry, "reason"), entry.GetProperty("payloadSize").GetInt32(), entry.GetProperty("qos").GetInt32(), entry.GetProperty("attempts").GetInt32(), entry.GetProperty("test").GetBoolean()));
        Assert.Equal((400, "status"), ((await app.TryAsync(HttpMethod.Get, "/api/mqtt/logs?status=Odd")).Status, (await app.TryAsync(HttpMethod.Get, "/api/mqtt/logs?status=Odd")).Body.GetProperty("errors").EnumerateObject().Single().Name));

        // Page by page nothing is missing and nothing comes twice, whether the topic is looked into or not
        foreach (var filter in (string[])[$"?brokerId={here}&pageSize=2", "?pageSize=3", "?topic=orders&pageSize=2"])
        {
            var all = new List<string>();
            string? cursor = null;
            do
            {
                var page = await app.SendAsync(HttpMethod.Get, $"/api/mqtt/logs{filter}{(cursor is null ? "" : $"&cursor={cursor}")}");
                all.AddRange(page.GetProperty("items").EnumerateArray().Select(e => Text(e, "executionId")));
                cursor = page.GetProperty("nextCursor").GetString();
            }
            while (cursor is not null);
            Assert.Equal((await ListAsync(filter.Replace("&pageSize=2", "", StringComparison.Ordinal).Replace("?pageSize=3", "", StringComparison.Ordinal))).Select(e => Text(e, "executionId")), all);
        }

        async Task<List<JsonElement>> ListAsync(string query) => [.. (await app.SendAsync(HttpMethod.Get, "/api/mqtt/logs" + query)).GetProperty("items").EnumerateArray()];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
