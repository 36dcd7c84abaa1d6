using System.Text.Json;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Amqp;

/// <summary>What tests of AMQP do with the whole application.</summary>
internal static class AmqpApp
{
    public static async Task<Guid> CreateAmqpBrokerAsync(this TestApp app, object broker)
        => (await app.SendAsync(HttpMethod.Post, "/api/amqp/brokers", broker)).GetProperty("id").GetGuid();

    /// <summary>Makes one, and waits until it is connected.</summary>
    public static async Task<Guid> ConnectAmqpBrokerAsync(this TestApp app, object broker)
    {
        var id = await app.CreateAmqpBrokerAsync(broker);
        await app.WaitForAmqpBrokerAsync(id, "Connected");
        return id;
    }

    public static Task<JsonElement> WaitForAmqpBrokerAsync(this TestApp app, Guid id, string state) => Eventually.GetAsync(async () =>
    {
        var broker = await app.SendAsync(HttpMethod.Get, $"/api/amqp/brokers/{id}");
        return (broker.GetProperty("status").GetProperty("state").GetString() == state, broker);
    }, $"broker {id} to be {state}");

    public static async Task<Guid> CreateExchangeAsync(this TestApp app, Guid brokerId, string name, string type = "topic", bool durable = true)
        => (await app.SendAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId, name, type, durable })).GetProperty("id").GetGuid();

    /// <summary>Binds a queue, which is made as well.</summary>
    public static async Task<Guid> BindAsync(this TestApp app, Guid exchangeId, string queue, string routingKey, object? queueArguments = null, object? arguments = null)
        => (await app.SendAsync(HttpMethod.Post, $"/api/amqp/exchanges/{exchangeId}/bindings", new { queue, routingKey, arguments, createQueue = new { durable = true, arguments = queueArguments ?? new { } } })).GetProperty("id").GetGuid();

    public static async Task<Guid> CreateAmqpTriggerAsync(this TestApp app, object settings, int maxAttempts = 1)
        => (await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Amqp", name = "Tell the warehouse", settings, retry = new { maxAttempts } })).GetProperty("id").GetGuid();

    /// <summary>Runs a trigger and waits for its end.</summary>
    public static Task<JsonElement> PublishAmqpAsync(this TestApp app, Guid trigger, object payload)
        => app.SendAsync(HttpMethod.Post, $"/api/triggers/amqp/{trigger}/publish", new { payload, mode = "sync" });
}
