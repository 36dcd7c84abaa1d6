using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client.Events;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Nodes;

namespace TriggerConsole.Core.Executions.Transport;

/// <summary>How the transport is, for health and pages.</summary>
/// <param name="Kind">Which is configured.</param>
/// <param name="IsUp">Executions travel through it; when not, nodes find them in the table.</param>
/// <param name="Problem">Why it is not up, in a sentence; null when it is, or has not been tried.</param>
/// <param name="Offered">Executions that this node has put into the queue since it started.</param>
/// <param name="Taken">Executions that came to this node through the queue since it started.</param>
public sealed record TransportStatus(ExecutionTransport Kind, bool IsUp, string? Problem, long Offered = 0, long Taken = 0);

/// <summary>
/// Carries ready executions between nodes through one quorum queue. A message is a hint and the row is the truth: a message that comes
/// twice, late, or for a row that someone has, is dropped; one that is lost is made up for by the look into the table that nodes take
/// anyhow. <c>docs/adr/0008-executions-through-rabbitmq.md</c>.
/// </summary>
internal sealed partial class RabbitMqTransport : IAsyncDisposable
{
    private const int MostOffered = 50_000;
    private const int MostUnconfirmed = 512;
    private const int Batch = 256;

    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly RabbitMqTransportOptions _options;
    private readonly TransportGate _gate;
    private readonly NodePlacement _placement;
    private readonly Dispatcher _dispatcher;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AmqpClientOptions _consumerOptions;
    private readonly AmqpClient _publisher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _deciding = new();
    private readonly SemaphoreSlim _unconfirmed = new(MostUnconfirmed, MostUnconfirmed);
    private readonly Channel<(Guid Execution, Guid Trigger)> _offered = Channel.CreateBounded<(Guid, Guid)>(new BoundedChannelOptions(MostOffered) { SingleReader = true });
    private readonly Channel<Delivery> _delivered = Channel.CreateUnbounded<Delivery>(new() { SingleReader = true });
    private readonly Channel<(Delivery Delivery, bool IsDone)> _settled = Channel.CreateUnbounded<(Delivery, bool)>(new() { SingleReader = true });
    private Task _work = Task.CompletedTask;
    private volatile bool _isPublishing;
    private volatile bool _isConsuming;
    private volatile string? _problem;
    private long _offeredCount;
    private long _takenCount;

    public RabbitMqTransport(
        IOptions<ExecutionOptions> options, TransportConnection connection, TransportGate gate, NodeKeeper node, NodePlacement placement, Dispatcher dispatcher, TimeProvider time, ILogger<RabbitMqTransport> logger)
    {
        (_options, _gate, _placement, _dispatcher, _time, _logger) = (options.Value.RabbitMq, gate, placement, dispatcher, time, logger);
        _consumerOptions = connection.Make(_options.Uri!, $"TriggerConsole {node.Name}: takes executions");
        _publisher = new(connection.Make(_options.Uri!, $"TriggerConsole {node.Name}: offers executions"), time, logger);
        _publisher.StatusChanged += status => _ = OnPublisherAsync(status);
    }

    public TransportStatus Status => new(ExecutionTransport.RabbitMq, _gate.IsUp, _gate.IsUp ? null : _problem, Interlocked.Read(ref _offeredCount), Interlocked.Read(ref _takenCount));

    public void Start()
    {
        _publisher.Start();
        _work = Task.WhenAll(PublishAsync(), TakeAsync(), SettleAsync(), _placement.RunsWork ? ConsumeAsync() : Task.CompletedTask);
    }

    /// <summary>An execution is ready and has no owner. False when the queue cannot take it; then the table has it.</summary>
    public bool TryOffer(Guid executionId, Guid triggerId) => _gate.IsUp && _offered.Writer.TryWrite((executionId, triggerId));

    public async Task StopAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        _gate.Set(false);
        _offered.Writer.TryComplete();
        _delivered.Writer.TryComplete();
        _settled.Writer.TryComplete();
        await _work;
        await _publisher.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _publisher.DisposeAsync();
        _unconfirmed.Dispose();
        _stop.Dispose();
    }

    private async Task OnPublisherAsync(AmqpStatus status)
    {
        if (status.State == AmqpState.Connected && !_stop.IsCancellationRequested)
        {
            var result = await _publisher.RunAsync((channel, token) => TransportConsumer.DeclareAsync(channel, _options.Queue, token), CancellationToken.None);
            _isPublishing = result.Status == AmqpOperationStatus.Done && _publisher.IsReady;
            if (result.Status == AmqpOperationStatus.Refused) Fail($"The broker refused the queue {_options.Queue}: {result.ReplyText}");
        }
        else
        {
            _isPublishing = false;
            if (status.LastFailure is { } failure) Fail(failure.Sentence);
            else if (status.BlockedReason is { } reason) Fail($"The broker takes no messages for now: {reason}");
        }
        Decide();
    }

    private void Decide()
    {
        lock (_deciding) DecideOnce();
    }

    private void DecideOnce()
    {
        var isUp = _isPublishing && (_isConsuming || !_placement.RunsWork) && !_stop.IsCancellationRequested;
        if (isUp == _gate.IsUp) return;
        if (isUp)
        {
            _problem = null;
            LogUp(_options.Queue);
        }
        else if (!_stop.IsCancellationRequested)
        {
            LogDown(_problem ?? "The connection to the broker broke.");
        }
        _gate.Set(isUp);
    }

    private void Fail(string problem) => _problem = problem;

    /// <summary>Sends what is offered; each is confirmed on disk by most of the queue's members.</summary>
    private async Task PublishAsync()
    {
        try
        {
            await foreach (var (execution, trigger) in _offered.Reader.ReadAllAsync(_stop.Token))
            {
                await _unconfirmed.WaitAsync(_stop.Token);
                _ = PublishOneAsync(execution, trigger);
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task PublishOneAsync(Guid execution, Guid trigger)
    {
        try
        {
            var result = await _publisher.PublishAsync(TransportMessage.Write(_options.Queue, execution, trigger), CancellationToken.None);
            // Perhaps it is there all the same; found in the table as well, it is taken once
            if (result.Status == AmqpPublishStatus.Confirmed) Interlocked.Increment(ref _offeredCount);
            else _dispatcher.Sweep([trigger]);
            if (result.Status == AmqpPublishStatus.Returned) await OnPublisherAsync(_publisher.Status); // the queue is gone: made again
        }
        catch (Exception exception)
        {
            LogFault(exception);
            _dispatcher.Sweep([trigger]);
        }
        finally
        {
            _unconfirmed.Release();
        }
    }

    /// <summary>Keeps one consumer.</summary>
    private async Task ConsumeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var consumer = await TransportConsumer.OpenAsync(_consumerOptions, _options.Queue, _options.Prefetch, Receive, _time, _stop.Token);
                _isConsuming = true;
                Decide();
                await consumer.Ended.WaitAsync(_stop.Token);
                Fail("The broker closed the connection.");
            }
            catch (TransportException exception)
            {
                Fail(exception.Message);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                LogFault(exception);
                Fail("A fault of ours; the log has it.");
            }
            _isConsuming = false;
            Decide();
            try { await Task.Delay(s_retry, _time, _stop.Token); }
            catch (OperationCanceledException) { break; }
        }
        _isConsuming = false;
    }

    private void Receive(TransportConsumer consumer, BasicDeliverEventArgs message)
    {
        if (!TransportMessage.TryRead(message.BasicProperties, message.Body.Span, out var execution, out var trigger))
        {
            LogForeign(_options.Queue, message.Body.Length);
            new Delivery(this, consumer, message.DeliveryTag, Guid.Empty, Guid.Empty).Done();
            return;
        }
        Interlocked.Increment(ref _takenCount);
        _gate.NoteDelivery(_time.GetTimestamp());
        _delivered.Writer.TryWrite(new(this, consumer, message.DeliveryTag, execution, trigger));
    }

    /// <summary>Hands what has come to the dispatcher, as much at once as there is.</summary>
    private async Task TakeAsync()
    {
        var batch = new List<IDelivery>(Batch);
        try
        {
            while (await _delivered.Reader.WaitToReadAsync(_stop.Token))
            {
                while (batch.Count < Batch && _delivered.Reader.TryRead(out var delivery)) batch.Add(delivery);
                var wasTaken = _dispatcher.TakeCarried(batch);
                batch.Clear();
                if (!wasTaken) await Task.Delay(s_pause, _time, _stop.Token); // the journal is full
            }
        }
        catch (OperationCanceledException)
        {
            // stopping; the broker gives what was not looked at to another node
        }
    }

    private async Task SettleAsync()
    {
        // To its end also when stopping: what is done need not be brought again
        await foreach (var (delivery, isDone) in _settled.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (delivery.Consumer.Ended.IsCompleted) continue;
            try
            {
                await (isDone ? delivery.Consumer.AcknowledgeAsync(delivery.Tag) : delivery.Consumer.ReturnAsync(delivery.Tag));
            }
            catch (Exception)
            {
                // The connection has just ended: it comes again, and finds that it is done
            }
        }
    }

    [LoggerMessage(EventIds.TransportUp, LogLevel.Information, "Ready executions travel through the queue {Queue}.")]
    private partial void LogUp(string queue);

    [LoggerMessage(EventIds.TransportDown, LogLevel.Warning, "Ready executions no longer travel through the queue, nodes look for them in the table: {Reason}")]
    private partial void LogDown(string reason);

    [LoggerMessage(EventIds.TransportForeign, LogLevel.Warning, "A message of {Bytes} bytes in the queue {Queue} is none of TriggerConsole's; it was dropped. Nothing else should publish there.")]
    private partial void LogForeign(string queue, int bytes);

    [LoggerMessage(EventIds.TransportFault, LogLevel.Error, "A fault of ours in the transport of executions; nodes look for them in the table meanwhile.")]
    private partial void LogFault(Exception exception);

    private sealed class Delivery(RabbitMqTransport transport, TransportConsumer consumer, ulong tag, Guid executionId, Guid triggerId) : IDelivery
    {
        private int _isSettled;

        public TransportConsumer Consumer => consumer;

        public ulong Tag => tag;

        public Guid ExecutionId => executionId;

        public Guid TriggerId => triggerId;

        public void Done() => Settle(true);

        public void Return() => Settle(false);

        private void Settle(bool isDone)
        {
            if (Interlocked.Exchange(ref _isSettled, 1) == 0) transport._settled.Writer.TryWrite((this, isDone));
        }
    }
}
