using TriggerConsole.Core.Mqtt.Client.Packets;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>Keep-alive and deadlines, by monotonic time.</summary>
internal sealed partial class Connection
{
    private static readonly byte[] s_ping = [FirstByte.Pingreq, 0];

    private readonly Clock _clock;

    // Timestamps; 0: not so
    private long _lastSent;
    private long _lastReceived;
    private long _writeStarted;
    private long _partialSince;
    private bool _isPaused;

    private void NotePartialPacket(bool isPartial)
    {
        if (!isPartial) Volatile.Write(ref _partialSince, 0);
        else if (Volatile.Read(ref _partialSince) == 0) Volatile.Write(ref _partialSince, Math.Max(1, _time.GetTimestamp()));
    }

    /// <summary>
    /// One timer, set anew each time it fires to the next thing that could be due. Sending and receiving only note the time,
    /// which costs nothing.
    /// </summary>
    private sealed class Clock
    {
        private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);
        private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(5);

        private readonly Connection _connection;
        private readonly TimeProvider _time;
        private readonly ITimer _timer;
        private readonly TimeSpan _keepAlive;

        // PINGREQ goes out well before the interval is over, and PINGRESP is waited for so long that the end comes within 1.5 intervals
        private readonly TimeSpan _pingAfter;
        private readonly TimeSpan _pingLimit;
        private readonly Lock _lock = new();
        private long _pingSent;
        private long _lastPing;
        private bool _isStopped;

        public Clock(Connection connection)
        {
            (_connection, _time) = (connection, connection._time);
            _keepAlive = TimeSpan.FromSeconds(connection.Settings.Connack.KeepAliveSeconds ?? connection._options.KeepAliveSeconds);
            _pingAfter = _keepAlive * 0.7;
            _pingLimit = _keepAlive * 0.75;
            _timer = _time.CreateTimer(static clock => ((Clock)clock!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Start()
        {
            var now = _time.GetTimestamp();
            (_connection._lastSent, _connection._lastReceived, _lastPing) = (now, now, now);
            Tick();
        }

        public void Stop()
        {
            lock (_lock)
            {
                _isStopped = true;
                _timer.Dispose();
            }
        }

        public void OnPingresp()
        {
            var sent = Interlocked.Exchange(ref _pingSent, 0);
            if (sent != 0) _connection.RoundTrip = _time.GetElapsedTime(sent);
        }

        private void Tick()
        {
            if (FindOverdue() is { } failure)
            {
                _connection.Close(failure);
                return;
            }
            var next = s_longest;
            if (_keepAlive > TimeSpan.Zero) next = Min(next, KeepAlive());
            next = Min(next, _connection._options.PacketDeadline / 4);
            lock (_lock)
            {
                if (!_isStopped) _timer.Change(next < s_shortest ? s_shortest : next, Timeout.InfiniteTimeSpan);
            }
        }

        // Sends PINGREQ if it is time, and says when to look again
        private TimeSpan KeepAlive()
        {
            var silence = Since(Volatile.Read(ref _connection._lastSent));
            var sincePing = Since(_lastPing);
            var isAwaited = Volatile.Read(ref _pingSent) != 0;
            // Also under load now and then: only an answer tells that the other side lives, and how far away it is.
            // A PINGREQ that the writer has not got to yet counts as well: a second one would go the same way.
            if ((silence < _pingAfter || sincePing < _pingAfter) && (isAwaited || sincePing < _keepAlive))
            {
                var next = _pingAfter - (silence < sincePing ? silence : sincePing);
                return isAwaited ? Min(next, UntilLook()) : next;
            }
            lock (_connection._session.Gate)
            {
                _lastPing = Math.Max(1, _time.GetTimestamp());
                if (isAwaited) _connection.Write(s_ping);
                else
                {
                    // Noted before it goes out: the answer may be here before this thread goes on
                    Volatile.Write(ref _pingSent, _lastPing);
                    if (!_connection.Write(s_ping)) Volatile.Write(ref _pingSent, 0);
                }
            }
            return UntilLook();
        }

        // While reading pauses, an answer may be overdue without blame
        private TimeSpan UntilLook() => UntilOverdue() is var left && left > TimeSpan.Zero ? left : _pingLimit / 4;

        // Bytes that come in show life as well: PINGRESP may stand behind a large message
        private TimeSpan UntilOverdue()
            => Volatile.Read(ref _pingSent) is var ping and not 0 ? _pingLimit - Since(Math.Max(ping, Volatile.Read(ref _connection._lastReceived))) : _pingLimit;

        private MqttConnectFailure? FindOverdue()
        {
            var deadline = _connection._options.PacketDeadline;
            var host = _connection.Host;
            if (Volatile.Read(ref _connection._writeStarted) is var started and not 0 && Since(started) >= deadline)
            {
                return new(MqttConnectFault.ConnectionLost, $"{host} has not taken what was sent to it for {deadline.TotalSeconds:0.#} s.");
            }
            if (Volatile.Read(ref _connection._isPaused)) return null;
            if (Volatile.Read(ref _connection._partialSince) is var since and not 0 && Since(since) >= deadline)
            {
                return new(MqttConnectFault.Protocol, $"{host} began a packet and did not finish it within {deadline.TotalSeconds:0.#} s.");
            }
            if (_keepAlive > TimeSpan.Zero && UntilOverdue() <= TimeSpan.Zero)
            {
                return new(MqttConnectFault.ConnectionLost, $"{host} no longer answers (no PINGRESP within {_pingLimit.TotalSeconds:0.#} s).");
            }
            return null;
        }

        private TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

        private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
    }
}
