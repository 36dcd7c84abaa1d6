using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace TriggerConsole.Tests.Testing;

/// <summary>A message as a consumer gets it.</summary>
internal sealed record RabbitMessage(string Exchange, string RoutingKey, bool Redelivered, IReadOnlyBasicProperties Properties, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>
/// A connection of RabbitMQ's own client, set up as its documentation says and with nothing of ours: makes exchanges and queues, counts
/// and reads messages.
/// </summary>
internal sealed class RabbitMqBrowser : IAsyncDisposable
{
    private readonly IConnection _connection;

    private RabbitMqBrowser(IConnection connection, IChannel channel) => (_connection, Channel) = (connection, channel);

    public IChannel Channel { get; }

    public static async Task<RabbitMqBrowser> ConnectAsync(int port, string virtualHost = "/", string user = "guest", string password = "guest")
    {
        var factory = new ConnectionFactory { HostName = "127.0.0.1", Port = port, VirtualHost = virtualHost, UserName = user, Password = password, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync("browser of the tests");
        return new(connection, await connection.CreateChannelAsync());
    }

    /// <summary>A durable queue.</summary>
    /// <param name="name">Null: one that nobody else has.</param>
    public async Task<string> DeclareQueueAsync(string? name = null, params (string Name, object Value)[] arguments)
    {
        name ??= NewName("q");
        await Channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments.ToDictionary(a => a.Name, a => (object?)a.Value));
        return name;
    }

    /// <summary>A durable exchange, with a name that nobody else has.</summary>
    public async Task<string> DeclareExchangeAsync(string type = ExchangeType.Direct)
    {
        var name = NewName("x");
        await Channel.ExchangeDeclareAsync(name, type, durable: true);
        return name;
    }

    public Task BindAsync(string queue, string exchange, string routingKey, IDictionary<string, object?>? arguments = null) => Channel.QueueBindAsync(queue, exchange, routingKey, arguments);

    public async Task<int> CountAsync(string queue) => (int)await Channel.MessageCountAsync(queue);

    /// <summary>Takes messages out of a queue, one after the other, until it is empty.</summary>
    public async Task<List<RabbitMessage>> TakeAllAsync(string queue)
    {
        var taken = new List<RabbitMessage>();
        while (await Channel.BasicGetAsync(queue, autoAck: true) is { } got) taken.Add(new(got.Exchange, got.RoutingKey, got.Redelivered, got.BasicProperties, got.Body.ToArray()));
        return taken;
    }

    /// <summary>Messages of a queue as they come.</summary>
    public async Task<ConcurrentQueue<RabbitMessage>> ConsumeAsync(string queue)
    {
        var received = new ConcurrentQueue<RabbitMessage>();
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += (_, got) =>
        {
            received.Enqueue(new(got.Exchange, got.RoutingKey, got.Redelivered, got.BasicProperties, got.Body.ToArray()));
            return Task.CompletedTask;
        };
        await Channel.BasicConsumeAsync(queue, autoAck: true, consumer);
        return received;
    }

    public static string NewName(string prefix) => $"{prefix}-{Guid.NewGuid():N}";

    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
