using TriggerConsole.Core.Mqtt.Client.Connections;

namespace TriggerConsole.Core.Mqtt.Client;

public sealed partial class MqttClient
{
    /// <summary>In acknowledged messages.</summary>
    private const int MuchWork = 100;

    private volatile Connection? _connection;
    private ITimer? _lapse;

    private long Published
    {
        get { lock (_session.Gate) return _session.Flows.Published; }
    }

    private async Task<MqttConnectFailure?> ConnectOnceAsync()
    {
        try
        {
            SetState(MqttState.Connecting);
            var (connection, failure) = await OpenAsync();
            if (connection is null)
            {
                SetState(MqttState.Stopped, failure);
                return failure;
            }
            _ = WatchAsync(connection);
            return null;
        }
        catch (OperationCanceledException) { return new(MqttConnectFault.ConnectionLost, "The client was stopped."); }

        async Task WatchAsync(Connection connection)
        {
            var failure = await EndAsync(connection);
            // Nobody is there to connect again, unless the caller does
            lock (_session.Gate) _session.Flows.AnswerHeld(MqttPublishStatus.ConnectionLost);
            SetState(MqttState.Stopped, _isStopping ? null : failure);
        }
    }

    private async Task StayConnectedAsync()
    {
        try
        {
            while (!_isStopping)
            {
                SetState(MqttState.Connecting);
                var (connection, failure) = await OpenAsync();
                TimeSpan? lived = null;
                if (connection is not null)
                {
                    var (since, published) = (_time.GetTimestamp(), Published);
                    failure = await EndAsync(connection);
                    lived = _time.GetElapsedTime(since);
                    // A connection that did its work was a good one, however short: a broker that was killed, not one that throws us out
                    if (Published - published >= MuchWork && lived < _options.Reconnect.StableAfter) lived = _options.Reconnect.StableAfter;
                }
                if (_isStopping) return;
                var wait = _backoff.Next(failure!, lived, Random.Shared.NextDouble());
                SetState(MqttState.Waiting, failure, _time.GetUtcNow() + wait);
                await Task.Delay(wait, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { /* stopped */ }
        catch (Exception exception)
        {
            // Ours: but a client that stands still without a word would be worse than one that says so
            LogUnforeseen(exception, Host);
            lock (_session.Gate) _session.Flows.EndAll(MqttPublishStatus.ConnectionLost);
            SetState(MqttState.Stopped, new(MqttConnectFault.ConnectionLost, "The MQTT client failed for a reason of its own; the log has it."));
        }
    }

    private async Task<(Connection? Connection, MqttConnectFailure? Failure)> OpenAsync()
    {
        var result = await _connector.ConnectAsync(_stop.Token);
        if (result.Settings is null)
        {
            LogConnectFailed(Host, result.Failure!.Sentence);
            return (null, result.Failure);
        }
        var connection = new Connection(result.Settings, _options, _session, _inbound, _time, _logger);
        _lapse?.Dispose();
        _connection = connection;
        connection.Start();
        LogConnected(Host, result.Settings.Version, result.Settings.Connack.SessionPresent);
        if (_options.Birth is { } birth) _ = Publish(birth, CancellationToken.None).AsTask(); // its outcome is nobody's
        _ = SubscribeAgainAsync(connection);
        SetState(MqttState.Connected);
        return (connection, null);
    }

    private async Task<MqttConnectFailure> EndAsync(Connection connection)
    {
        var failure = await connection.Ended;
        _connection = null;
        LogConnectionEnded(Host, failure.Sentence);
        // The broker will have forgotten the session by then, and nothing of it should be waited for any longer
        if (connection.Settings.SessionKept is { } kept && kept < TimeSpan.FromDays(20))
        {
            _lapse = _time.CreateTimer(static client => ((MqttClient)client!).ForgetSession(), this, kept, Timeout.InfiniteTimeSpan);
        }
        return failure;
    }

    private void ForgetSession()
    {
        lock (_session.Gate)
        {
            if (!_session.Flows.IsAttached) _session.Forget();
        }
    }
}
