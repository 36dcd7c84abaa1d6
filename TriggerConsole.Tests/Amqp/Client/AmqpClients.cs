using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>Clients and messages as the tests need them.</summary>
internal static class AmqpClients
{
    /// <summary>Reconnects almost at once, whatever the reason.</summary>
    public static AmqpReconnect Soon { get; } = All(TimeSpan.FromMilliseconds(50));

    public static AmqpClientOptions Options(int port, string user = "guest", string password = "guest") => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Username = user,
        Password = password,
        Reconnect = Soon,
        ConnectTimeout = Eventually.Limit,
        OperationTimeout = Eventually.Limit,
        Dial = token => DialAsync(port, token),
    };

    public static AmqpClient Make(AmqpClientOptions options, TimeProvider? time = null) => new(options, time ?? TimeProvider.System, NullLogger.Instance);

    /// <summary>Connected once; it does not reconnect.</summary>
    public static async Task<AmqpClient> ConnectAsync(AmqpClientOptions options)
    {
        var client = Make(options);
        Assert.Null(await client.ConnectAsync(CancellationToken.None));
        return client;
    }

    /// <summary>Connected, and reconnecting.</summary>
    public static async Task<AmqpClient> StartAsync(AmqpClientOptions options)
    {
        var client = Make(options);
        client.Start();
        await Eventually.TrueAsync(() => client.IsReady, "the client to connect");
        return client;
    }

    public static async ValueTask<AmqpTransport> DialAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new(new NetworkStream(socket, ownsSocket: true), socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw new AmqpDialException(AmqpConnectFault.Refused, "Nothing listens there.");
        }
    }

    /// <param name="key">Its idempotency key and message id.</param>
    public static AmqpMessage Message(string exchange, string routingKey, string key, byte[]? body = null, bool mandatory = true) => new()
    {
        Exchange = exchange,
        RoutingKey = routingKey,
        Mandatory = mandatory,
        Key = key,
        Body = body ?? System.Text.Encoding.UTF8.GetBytes(key),
        Properties = new BasicProperties { Persistent = true, MessageId = key, Headers = new Dictionary<string, object?> { [AmqpMessage.KeyHeader] = key } },
    };

    /// <summary>Publishes one message after the other until it is told to stop. After one that was not taken it waits for the connection, so that refusals do not take the processor from what connects.</summary>
    /// <param name="client">By which.</param>
    /// <param name="queue">Where to.</param>
    /// <param name="ended">Is told each message's key and what became of it.</param>
    /// <param name="stop">Ends it after the message that is on its way.</param>
    public static async Task PublishUntilAsync(AmqpClient client, string queue, Action<string, AmqpPublishResult> ended, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = $"{Guid.NewGuid():N}";
            var result = await client.PublishAsync(Message("", queue, key), CancellationToken.None);
            ended(key, result);
            if (result.Status != AmqpPublishStatus.Confirmed) await ReadyAsync(client, stop);
        }
    }

    private static async Task ReadyAsync(AmqpClient client, CancellationToken stop)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StatusChanged += Look;
        try
        {
            Look(client.Status);
            await using (stop.Register(() => ready.TrySetResult())) await ready.Task;
        }
        finally
        {
            client.StatusChanged -= Look;
        }

        void Look(AmqpStatus _)
        {
            if (client.IsReady) ready.TrySetResult();
        }
    }

    private static AmqpReconnect All(TimeSpan wait) => new() { First = wait, Most = wait, BusyFirst = wait, BusyMost = wait, RefusedFirst = wait, RefusedMost = wait };
}
