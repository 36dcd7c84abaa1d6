using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Amqp.Client.Connections;

namespace TriggerConsole.Core.Amqp.Client;

internal sealed partial class AmqpClient
{
    // Held while listeners are told, so that they hear of changes one at a time and in order
    private readonly Lock _telling = new();
    private AmqpState _state;
    private DateTimeOffset? _connectedSince;
    private DateTimeOffset? _nextTry;
    private AmqpConnectFailure? _lastFailure;

    public event Action<AmqpStatus>? StatusChanged;

    private string Host => Judge.HostOf(_options);

    public AmqpStatus Status
    {
        get
        {
            lock (_lock)
            {
                var link = _state is AmqpState.Connected or AmqpState.Blocked ? _link : null;
                return new(_state, _connectedSince, link?.Server, _counter.RoundTrip, link?.InFlight ?? 0, link?.Channels ?? 0, _counter.Published,
                    _state == AmqpState.Blocked ? link?.BlockedReason : null, _lastFailure, _nextTry);
            }
        }
    }

    private void SetState(AmqpState state, AmqpConnectFailure? failure = null, DateTimeOffset? nextTry = null)
    {
        lock (_telling)
        {
            lock (_lock)
            {
                if (_state == state && failure is null) return;
                if (state is AmqpState.Connected or AmqpState.Blocked) _connectedSince ??= _time.GetUtcNow();
                else _connectedSince = null;
                (_state, _nextTry) = (state, nextTry);
                if (failure is not null) _lastFailure = failure;
            }
            try { StatusChanged?.Invoke(Status); }
            // A listener must not end the connection
            catch (Exception exception) { LogListenerFailed(exception); }
        }
    }

    // On the library's reader, and once when the connection has come about
    private void OnBlockedChanged(AmqpLink link)
    {
        lock (_telling)
        {
            var reason = link.BlockedReason;
            lock (_lock)
            {
                if (_link != link || link.Ending is not null || _state != (reason is null ? AmqpState.Blocked : AmqpState.Connected)) return;
            }
            if (reason is null) LogUnblocked(Host);
            else LogBlocked(Host, Words.Safe(reason));
            SetState(reason is null ? AmqpState.Connected : AmqpState.Blocked);
        }
    }

    [LoggerMessage(ClientEvents.Connected, LogLevel.Information, "Connected to AMQP broker {Host}: {Server}")]
    private partial void LogConnected(string host, string? server);

    [LoggerMessage(ClientEvents.ConnectFailed, LogLevel.Warning, "No connection to AMQP broker {Host}: {Reason}")]
    private partial void LogConnectFailed(string host, string reason);

    [LoggerMessage(ClientEvents.ConnectionEnded, LogLevel.Information, "The connection to AMQP broker {Host} ended: {Reason}")]
    private partial void LogConnectionEnded(string host, string reason);

    [LoggerMessage(ClientEvents.Blocked, LogLevel.Warning, "AMQP broker {Host} takes no messages now: {Reason}")]
    private partial void LogBlocked(string host, string reason);

    [LoggerMessage(ClientEvents.Unblocked, LogLevel.Information, "AMQP broker {Host} takes messages again")]
    private partial void LogUnblocked(string host);

    [LoggerMessage(ClientEvents.ListenerFailed, LogLevel.Error, "A listener for the status of an AMQP client failed")]
    private partial void LogListenerFailed(Exception exception);

    [LoggerMessage(ClientEvents.Unforeseen, LogLevel.Error, "The client for AMQP broker {Host} failed for a reason that was not foreseen")]
    private partial void LogUnforeseen(Exception exception, string host);
}
