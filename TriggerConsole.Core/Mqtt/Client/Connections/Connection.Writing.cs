using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Sessions;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

internal sealed partial class Connection
{
    // Above this publishes wait where they are instead of in our memory
    private const long HighWater = 1024 * 1024;

    // Above this (a broker that sends, and takes no acknowledgements) reading pauses
    private const long HighestWater = 2 * 1024 * 1024;

    // Smaller payloads are copied, which costs less than a socket write of their own
    private const int LargePayload = 16 * 1024;

    private readonly Func<Task> _writeAll;
    private readonly OutboundAliases? _aliases;
    private OutBatch _filling = new();
    private OutBatch _sending = new();
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;
    private bool _isSealed;
    private TaskCompletionSource? _flushed;

    public bool HasRoom => _filling.Size + _sending.Size < HighWater;

    public MqttPublishStatus? Refuses(MqttMessage message)
    {
        var connack = Settings.Connack;
        if (message.Qos > connack.MaximumQos || (message.Retain && !connack.RetainAvailable)) return MqttPublishStatus.NotSupported;
        return Measure.Packet(PublishShape.Of(message, Version).Content) > connack.MaximumPacketSize ? MqttPublishStatus.TooLarge : null;
    }

    public void WritePublish(PublishExchange exchange, bool duplicate)
    {
        var message = exchange.Message!;
        var shape = PublishShape.Of(message, Version);
        if (_aliases is not null && _aliases.TryGet(message.Topic, out var alias, out var isKnown))
        {
            var shorter = PublishShape.Of(message, Version, alias, withTopic: !isKnown);
            if (Measure.Packet(shorter.Content) <= Settings.Connack.MaximumPacketSize) shape = shorter;
            else if (!isKnown) _aliases.Forget(message.Topic);
        }
        var head = shape.HeadSize(message);
        var isLarge = message.Payload.Length > LargePayload;
        var target = _filling.GetSpan(isLarge ? head : head + message.Payload.Length);
        var written = PublishEncoder.WriteHead(target, message, shape, exchange.PacketId, duplicate);
        if (!isLarge)
        {
            message.Payload.Span.CopyTo(target[written..]);
            written += message.Payload.Length;
        }
        _filling.Advance(written);
        if (isLarge) _filling.AppendLarge(message.Payload);
        if (exchange.Qos == MqttQos.AtMostOnce) _filling.Unacknowledged.Add(exchange);
        WakeWriter();
    }

    public void WritePubrel(ushort packetId, MqttReasonCode reason) => WriteAck(FirstByte.Pubrel, packetId, reason);

    private void WriteAck(byte first, ushort packetId, MqttReasonCode reason)
    {
        if (!_isOpen || _isSealed) return;
        _filling.Advance(AckEncoder.Write(_filling.GetSpan(AckEncoder.MostBytes), first, packetId, reason, Version));
        WakeWriter();
    }

    /// <summary>A packet that is ready; false when nothing can be sent any more.</summary>
    public bool Write(ReadOnlySpan<byte> packet)
    {
        if (!_isOpen || _isSealed || _isDetached) return false;
        _filling.Append(packet);
        WakeWriter();
        return true;
    }

    // The last packet [MQTT-3.14.4-1]. Under the lock.
    private void SayGoodbye(MqttReasonCode reason, string? words, uint? sessionExpirySeconds)
    {
        if (_isSealed) return;
        if (!ReasonTable.MayDisconnectWith(reason)) reason = MqttReasonCode.ProtocolError;
        _filling.Append(DisconnectEncoder.Encode(Version, reason, words, sessionExpirySeconds, Settings.Connack.MaximumPacketSize));
        Detach();
        _isSealed = true;
        WakeWriter();
    }

    // Under the lock
    private void WakeWriter()
    {
        if (_isWriting || !_isOpen) return;
        _isWriting = true;
        // Not here, and behind what waits on the pool already: those are publishers, and what they publish joins the batch
        _writing = Task.Factory.StartNew(_writeAll, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default).Unwrap();
    }

    private async Task WriteAllAsync()
    {
        try
        {
            while (TakeBatch() is { } batch)
            {
                Volatile.Write(ref _writeStarted, Math.Max(1, _time.GetTimestamp()));
                foreach (var part in batch.Seal()) await _stream.WriteAsync(part, _closing.Token);
                Volatile.Write(ref _writeStarted, 0);
                Volatile.Write(ref _lastSent, _time.GetTimestamp());
                FinishBatch(batch);
                // Again behind the publishers: few large writes instead of many small ones, a third more throughput
                await Task.Yield();
            }
        }
        catch (Exception exception)
        {
            if (!IsOfTheNetwork(exception)) LogUnforeseen(exception, Host);
            Close(Lost(exception));
        }
    }

    private OutBatch? TakeBatch()
    {
        lock (_session.Gate)
        {
            if (_filling.IsEmpty || !_isOpen)
            {
                _isWriting = false;
                _flushed?.TrySetResult();
                _flushed = null;
                return null;
            }
            (_sending, _filling) = (_filling, _sending);
            return _sending;
        }
    }

    private void FinishBatch(OutBatch batch)
    {
        lock (_session.Gate)
        {
            foreach (var exchange in batch.Unacknowledged) _session.Flows.OnWritten(exchange);
            batch.Clear();
            if (!_isDetached) _session.Flows.Pump();
            SignalRoom();
        }
    }

    private async Task FlushAsync(TimeSpan limit)
    {
        Task flushed;
        lock (_session.Gate)
        {
            if (!_isWriting || !_isOpen) return;
            flushed = (_flushed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        try { await flushed.WaitAsync(limit, _time, _closing.Token); }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException or ObjectDisposedException) { }
    }
}
