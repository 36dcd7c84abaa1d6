using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Mqtt;

/// <summary>What tests of MQTT do with the whole application.</summary>
internal static class MqttApp
{
    public static async Task<Guid> CreateBrokerAsync(this TestApp app, object broker)
        => (await app.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", broker)).GetProperty("id").GetGuid();

    /// <summary>Makes one, and waits until it is connected.</summary>
    public static async Task<Guid> ConnectBrokerAsync(this TestApp app, object broker)
    {
        var id = await app.CreateBrokerAsync(broker);
        await app.WaitForBrokerAsync(id, "Connected");
        return id;
    }

    public static Task<JsonElement> WaitForBrokerAsync(this TestApp app, Guid id, string state) => Eventually.GetAsync(async () =>
    {
        var broker = await app.SendAsync(HttpMethod.Get, $"/api/mqtt/brokers/{id}");
        return (broker.GetProperty("status").GetProperty("state").GetString() == state, broker);
    }, $"broker {id} to be {state}");

    public static async Task<Guid> CreateMqttTriggerAsync(this TestApp app, Guid brokerId, object? settings = null, int maxAttempts = 1)
        => (await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Mqtt", name = "Tell the hall", settings = settings ?? new { brokerId, topic = "orders/{payload.id}" }, retry = new { maxAttempts } })).GetProperty("id").GetGuid();

    /// <summary>Runs a trigger and waits for its end.</summary>
    public static Task<JsonElement> PublishAndWaitAsync(this TestApp app, Guid trigger, object payload)
        => app.SendAsync(HttpMethod.Post, $"/api/triggers/mqtt/{trigger}/publish", new { payload, mode = "sync" });

    /// <summary>Fields that a refused request names.</summary>
    public static async Task<(int Status, IReadOnlyList<string> Fields, string Text)> TryAsync(this TestApp app, HttpMethod method, string path, object body)
    {
        var (status, answer) = await app.TryAsync(method, path, JsonContent.Create(body));
        var fields = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(e => e.Name).ToList() : [];
        return (status, fields, answer.ToString());
    }

    public static async Task<int> CountAsync(this TestApp app, string path) => (await app.SendAsync(HttpMethod.Get, path)).GetProperty("items").GetArrayLength();
}
