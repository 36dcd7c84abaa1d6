using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Client.Connections;
using TriggerConsole.Core.Amqp.Client.Transports;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>The connecting side of <see cref="NestedTablesTests"/>, in a process of its own.</summary>
internal static class NestedTables
{
    /// <summary>Connects, publishes, and tells how it ended. Without the guard the same library over the same stream.</summary>
    public static async Task MeetAsync(int port, bool isGuarded)
    {
        if (!isGuarded)
        {
            await MeetUnguardedAsync(port);
            return;
        }
        await using var client = AmqpClients.Make(AmqpClients.Options(port));
        var failure = await client.ConnectAsync(CancellationToken.None);
        if (failure is null)
        {
            await client.PublishAsync(AmqpClients.Message("", "k", "k"), CancellationToken.None);
            await Eventually.TrueAsync(() => client.Status.State == AmqpState.Stopped, "the connection to end");
            failure = client.Status.LastFailure;
        }
        Console.WriteLine($"{failure!.Fault}: {failure.Sentence}");
    }

    private static async Task MeetUnguardedAsync(int port)
    {
        var options = AmqpClients.Options(port);
        var stream = new AmqpStream(await options.Dial(CancellationToken.None), guard: null, TimeProvider.System);
        var over = new TaskCompletionSource();
        await using var connection = await Connector.MakeFactory(options, stream).CreateConnectionAsync();
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            over.TrySetResult();
            return Task.CompletedTask;
        };
        var channel = await connection.CreateChannelAsync(AmqpLink.Confirming);
        channel.BasicReturnAsync += (_, _) => Task.CompletedTask;
        await channel.BasicPublishAsync("", "k", mandatory: true, body: new byte[1]);
        await over.Task.WaitAsync(Eventually.Limit);
        Console.WriteLine("The connection ended.");
    }
}
