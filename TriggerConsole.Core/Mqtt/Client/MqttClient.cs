using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Mqtt.Client.Connections;
using TriggerConsole.Core.Mqtt.Client.Reconnecting;
using TriggerConsole.Core.Mqtt.Client.Sessions;
using TriggerConsole.Core.Mqtt.Client.Validation;

namespace TriggerConsole.Core.Mqtt.Client;

/// <inheritdoc cref="IMqttClient"/>
public sealed partial class MqttClient : IMqttClient
{
    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Session _session;
    private readonly Connector _connector;
    private readonly InboundWorker _inbound;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stop = new();

    // Guards what follows. Taken before the session's lock, never after it.
    private readonly Lock _lock = new();
    private Task? _running;
    private Task<MqttConnectFailure?>? _connecting;
    private Task? _stopping;
    private volatile bool _isStopping;

    /// <exception cref="MqttArgumentException">The options contradict each other or the standard.</exception>
    public MqttClient(MqttClientOptions options, TimeProvider time, ILogger logger)
    {
        OptionRules.Check(options);
        (_options, _time, _logger) = (options, time, logger);
        _session = new(options.MaximumInFlight, time);
        _connector = new(options, time);
        _inbound = new(options.OnMessage, logger);
        _backoff = new(options.Reconnect);
        foreach (var subscription in options.Subscriptions) _subscriptions[subscription.Filter] = subscription;
    }

    public bool IsConnected => _session.Flows.IsAttached;

    public void Start()
    {
        lock (_lock)
        {
            if (_isStopping || _running is not null || _connecting is not null) throw new InvalidOperationException("An MQTT client is started once, and not after ConnectAsync or StopAsync.");
            _running = Task.Run(StayConnectedAsync);
        }
    }

    public Task<MqttConnectFailure?> ConnectAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isStopping || _running is not null) throw new InvalidOperationException("An MQTT client that was started or stopped cannot be connected by ConnectAsync.");
            if (_connecting is null || (_connecting.IsCompleted && State != MqttState.Connected)) _connecting = Task.Run(ConnectOnceAsync);
            return _connecting.WaitAsync(cancellationToken);
        }
    }

    public ValueTask<MqttPublishResult> PublishAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        MessageRules.Check(message);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<MqttPublishResult>(cancellationToken);
        return _isStopping ? new(new MqttPublishResult { Status = MqttPublishStatus.Stopped }) : Publish(message, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _isStopping = true;
            // Whoever asks may stop waiting; the stop itself goes on
            _stopping ??= Task.Run(StopOnceAsync, CancellationToken.None);
            return _stopping.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None); // has its own limit
        _inbound.Dispose();
        _lapse?.Dispose();
        _stop.Dispose();
    }

    private ValueTask<MqttPublishResult> Publish(MqttMessage message, CancellationToken cancellationToken)
    {
        PublishExchange exchange;
        lock (_session.Gate)
        {
            if (!_session.Flows.IsAttached) return new(new MqttPublishResult { Status = MqttPublishStatus.NotConnected });
            exchange = _session.Flows.Begin(message);
            _session.Flows.Enqueue(exchange);
        }
        exchange.CancelWith(cancellationToken);
        return exchange.Task;
    }

    private async Task StopOnceAsync()
    {
        var limit = _options.StopTimeout;
        if (_connection is { } connection)
        {
            Task idle;
            lock (_session.Gate) idle = _session.Flows.WhenIdle();
            await WaitAsync(idle, limit * 0.5);
            if (_options.Close is { } close) await WaitAsync(Publish(close, CancellationToken.None).AsTask(), limit * 0.2);
            // Nothing will come back to a session that the next process would not use
            uint? expiry = connection.Version == MqttVersion.V5 && _options.CleanStart && _options.SessionExpirySeconds > 0 ? 0 : null;
            lock (_session.Gate) _session.Flows.EndAll(MqttPublishStatus.Stopped);
            await connection.DisconnectAsync(MqttReasonCode.Success, expiry, limit * 0.2);
        }
        await _stop.CancelAsync();
        await WaitAsync(_running ?? _connecting ?? Task.CompletedTask, limit);
        await _inbound.StopAsync(limit * 0.1, _time);
        lock (_session.Gate)
        {
            _session.EndRequests();
            _session.Flows.EndAll(MqttPublishStatus.Stopped);
        }
        SetState(MqttState.Stopped);
    }

    private async Task WaitAsync(Task task, TimeSpan limit)
    {
        try { await task.WaitAsync(limit, _time); }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException) { }
    }
}
