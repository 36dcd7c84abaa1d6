using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Sessions;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <param name="PacketId">0 at QoS 0.</param>
/// <param name="Exchange">At QoS 2 only.</param>
internal readonly record struct InboundMessage(Connection Connection, MqttReceivedMessage Message, ushort PacketId, InboundExchange? Exchange)
{
    /// <summary>For the bound of the queue.</summary>
    public int Size => Message.Payload.Length + (2 * Message.Topic.Length) + 200;
}

/// <summary>
/// Hands messages to the client's owner, one at a time, in order, over all connections of the client: what arrived is delivered
/// also when its connection has gone meanwhile, before anything of the next one.
/// </summary>
internal sealed partial class InboundWorker(Func<MqttReceivedMessage, CancellationToken, ValueTask>? handler, ILogger logger) : IDisposable
{
    private const int MostMessages = 1024;
    private const long MostBytes = 2 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<InboundMessage> _queue = [];
    private readonly CancellationTokenSource _stop = new();
    private long _bytes;
    private volatile bool _isFull;
    private bool _isRunning;
    private Task _running = Task.CompletedTask;
    private long _received;

    /// <summary>Messages handed on.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Looked at for every packet that comes in.</summary>
    public bool IsFull => _isFull;

    public void Add(in InboundMessage inbound)
    {
        lock (_lock)
        {
            _queue.Enqueue(inbound);
            _bytes += inbound.Size;
            Judge();
            if (_isRunning) return;
            _isRunning = true;
            _running = Task.Run(RunAsync);
        }
    }

    /// <summary>Nothing more is handed on; the one under way is told, and waited for a little.</summary>
    public async Task StopAsync(TimeSpan limit, TimeProvider time)
    {
        await _stop.CancelAsync();
        Task running;
        lock (_lock)
        {
            _queue.Clear();
            running = _running;
        }
        try { await running.WaitAsync(limit, time); }
        catch (TimeoutException) { }
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (TryTake(out var inbound))
        {
            await DeliverAsync(inbound);
            inbound.Connection.SignalRoom();
        }
    }

    private bool TryTake(out InboundMessage inbound)
    {
        lock (_lock)
        {
            if (_queue.TryDequeue(out inbound))
            {
                _bytes -= inbound.Size;
                Judge();
                return true;
            }
            _isRunning = false;
            return false;
        }
    }

    private void Judge() => _isFull = _queue.Count >= MostMessages || _bytes >= MostBytes;

    private async ValueTask DeliverAsync(InboundMessage inbound)
    {
        if (inbound.Connection.TryAcknowledgeAgain(inbound)) return;
        var reason = MqttReasonCode.Success;
        try
        {
            if (handler is not null) await handler(inbound.Message, _stop.Token);
            Interlocked.Increment(ref _received);
        }
        catch (MqttMessageRefusedException refused)
        {
            reason = RefusalCode(refused.Reason);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        // Whatever the handler throws: the message is not ours
        catch (Exception exception)
        {
            LogHandlerFailed(exception);
            if (inbound.Message.Qos != MqttQos.AtMostOnce) inbound.Connection.CloseForHandler();
            return;
        }
        if (inbound.Message.Qos != MqttQos.AtMostOnce) inbound.Connection.Acknowledge(inbound, reason);
    }

    private static MqttReasonCode RefusalCode(MqttReasonCode reason)
        => ReasonTable.IsDefined(PacketType.Puback, (byte)reason) && reason.IsFailure() ? reason : MqttReasonCode.ImplementationSpecificError;

    [LoggerMessage(ClientEvents.HandlerFailed, LogLevel.Error, "A received message was not taken over; the connection is closed so that the broker sends it again")]
    private partial void LogHandlerFailed(Exception exception);
}
