using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Client.Connections;
using TriggerConsole.Core.Amqp.Client.Transports;

namespace TriggerConsole.Core.Executions.Transport;

/// <summary>
/// One connection that takes executions out of the queue, from its first delivery to its end; it never comes back. What it has brought
/// and was not acknowledged the broker gives to another node when it ends.
/// </summary>
internal sealed class TransportConsumer : IAsyncDisposable
{
    private const ushort Channels = 4;
    private const int LargestForeignMessage = 128 << 20; // RabbitMQ's own limit

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly AmqpStream _stream;

    private TransportConsumer(IConnection connection, IChannel channel, AmqpStream stream)
    {
        (_connection, _channel, _stream) = (connection, channel, stream);
        stream.Ended = () => _ended.TrySetResult();
        connection.ConnectionShutdownAsync += (_, _) => End();
        channel.ChannelShutdownAsync += (_, _) => End();
        if (stream.IsEnded) _ended.TrySetResult();
    }

    /// <summary>Completes when nothing comes any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Makes the queue when it is not there, and begins to take from it.</summary>
    /// <param name="received">Gets the tag, whether it is redelivered, properties and body; must be quick, and copies what it keeps.</param>
    /// <exception cref="OperationCanceledException"/>
    /// <exception cref="TransportException">It did not come about; says why.</exception>
    public static async Task<TransportConsumer> OpenAsync(AmqpClientOptions options, string queue, int prefetch, Action<TransportConsumer, BasicDeliverEventArgs> received, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limited = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limited.Token);
        var guard = new FrameGuard(AmqpLink.ChannelsOf(options)) { AllowsDeliveries = true };
        guard.AllowBody(LargestForeignMessage);
        AmqpStream? stream = null;
        IConnection? connection = null;
        var opening = Task.Run(async () =>
        {
            stream = new AmqpStream(await options.Dial(linked.Token), guard, time);
            connection = await Connector.MakeFactory(options, stream).CreateConnectionAsync(linked.Token);
            var channel = await connection.CreateChannelAsync(null, linked.Token);
            await DeclareAsync(channel, queue, linked.Token);
            await channel.BasicQosAsync(0, (ushort)prefetch, global: false, linked.Token);
            var made = new TransportConsumer(connection, channel, stream);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                received(made, delivery);
                return Task.CompletedTask;
            };
            // The queue was deleted: there is nothing to wait for here
            consumer.UnregisteredAsync += (_, _) => made.End();
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer, linked.Token);
            return made;
        }, CancellationToken.None);
        try
        {
            // A peer that accepts and stays silent holds the library for more than a minute, whatever its tokens say
            return await opening.WaitAsync(linked.Token);
        }
        catch (Exception exception)
        {
            stream?.Abort();
            _ = DiscardAsync(opening, () => (stream, connection));
            cancellationToken.ThrowIfCancellationRequested();
            throw new TransportException(exception switch
            {
                AmqpDialException dial => dial.Message,
                OperationCanceledException => ConnectJudge.TooLate(options, stream is not null, guard).Sentence,
                _ => ConnectJudge.Failure(options, exception, stream?.Fault, guard).Sentence,
            });
        }
    }

    /// <summary>Makes the quorum queue; with the same arguments wherever it is made.</summary>
    public static Task DeclareAsync(IChannel channel, string queue, CancellationToken cancellationToken)
        => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken);

    public ValueTask AcknowledgeAsync(ulong tag) => _channel.BasicAckAsync(tag, multiple: false);

    public ValueTask ReturnAsync(ulong tag) => _channel.BasicNackAsync(tag, multiple: false, requeue: true);

    public async ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        try { await _connection.CloseAsync(200, "Goodbye", TimeSpan.FromSeconds(1), abort: true, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1)); }
        catch (Exception) { /* it is over either way */ }
        _stream.Abort();
        _ = Disposal.OfAsync(_connection);
    }

    private Task End()
    {
        _ended.TrySetResult();
        return Task.CompletedTask;
    }

    private static async Task DiscardAsync(Task opening, Func<(AmqpStream?, IConnection?)> made)
    {
        try { await opening; }
        catch (Exception) { /* told already */ }
        var (stream, connection) = made();
        stream?.Abort();
        if (connection is not null) await Disposal.OfAsync(connection);
    }
}

/// <summary>The transport cannot be used right now; the message says why, without anything secret.</summary>
internal sealed class TransportException(string sentence) : Exception(sentence);
