using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Sessions;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>
/// One network connection after its CONNACK: a loop that reads, a writer that runs while there is something to write, a worker
/// that hands messages on, and a clock. Ends once, with one reason; its session may go on with the next connection.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "FinishAsync disposes of everything when the connection ends, and nothing else may.")]
internal sealed partial class Connection : IPublishLink
{
    // A farewell that the broker does not take within this time is given up
    private static readonly TimeSpan s_farewellLimit = TimeSpan.FromMilliseconds(300);

    // 3.1.1 brokers do not say how many unreleased QoS 2 messages they hold. mosquitto holds 20 and hangs up on more, or loses some.
    private const int Qos2Window311 = 16;

    private readonly MqttClientOptions _options;
    private readonly Session _session;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Stream _stream;
    private readonly PipeReader _reader;
    private readonly TaskCompletionSource<MqttConnectFailure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private bool _isOpen = true;
    private bool _isDetached;
    private Task _reading = Task.CompletedTask;

    public Connection(ConnectionSettings settings, MqttClientOptions options, Session session, InboundWorker inbound, TimeProvider time, ILogger logger)
    {
        (Settings, _options, _session, _inbound, _time, _logger) = (settings, options, session, inbound, time, logger);
        (_stream, _reader) = (settings.Stream, settings.Reader);
        Version = settings.Version;
        Window = Math.Min(session.Window, settings.Connack.ReceiveMaximum);
        Qos2Window = Version == MqttVersion.V5 ? Window : Math.Min(Window, Qos2Window311);
        RoundTrip = settings.RoundTrip;
        _aliases = Version == MqttVersion.V5 ? new(settings.Connack.TopicAliasMaximum) : null;
        _clock = new(this);
        _writeAll = WriteAllAsync;
    }

    public ConnectionSettings Settings { get; }

    public MqttVersion Version { get; }

    public int Window { get; }

    public int Qos2Window { get; }

    public TimeSpan RoundTrip { get; private set; }

    /// <summary>Completes with the reason when the connection is over and all its parts have stopped.</summary>
    public Task<MqttConnectFailure> Ended => _ended.Task;

    /// <summary>Takes over the session and begins to read. What is open in the session goes out at once.</summary>
    public void Start()
    {
        lock (_session.Gate)
        {
            _session.LastVersion = Version;
            if (!Settings.Connack.SessionPresent) _session.Forget();
            _session.Flows.Attach(this, Settings.Connack.SessionPresent);
            _clock.Start();
            // Known to whoever closes: that needs the lock
            _reading = Task.Run(ReadAllAsync);
        }
    }

    /// <summary>Says goodbye and closes; what is queued goes out before, if that does not take longer than the limit.</summary>
    public async Task DisconnectAsync(MqttReasonCode reason, uint? sessionExpirySeconds, TimeSpan limit)
    {
        lock (_session.Gate)
        {
            if (!_isOpen) return;
            SayGoodbye(reason, null, sessionExpirySeconds);
        }
        await FlushAsync(limit);
        Close(new(MqttConnectFault.ConnectionLost, "The client was stopped."));
        await Ended;
    }

    /// <summary>Ends the connection now. Of several calls the first counts.</summary>
    private void Close(MqttConnectFailure failure)
    {
        lock (_session.Gate)
        {
            if (!_isOpen) return;
            _isOpen = false;
            Detach();
        }
        _ = FinishAsync(failure);
    }

    /// <summary>The broker broke the rules: it is told (5.0), then the connection ends.</summary>
    private async Task CloseForProtocolErrorAsync(MqttProtocolException fault)
    {
        var failure = new MqttConnectFailure(MqttConnectFault.Protocol, fault.Message, fault.Reason);
        lock (_session.Gate)
        {
            if (!_isOpen) return;
            Detach();
            if (Version == MqttVersion.V5) SayGoodbye(fault.Reason, fault.Message, null);
        }
        if (Version == MqttVersion.V5)
        {
            await FlushAsync(s_farewellLimit);
            await DrainAsync(s_farewellLimit);
        }
        Close(failure);
    }

    // Under the lock. From here on the session knows this connection no more.
    private void Detach()
    {
        if (_isDetached) return;
        _isDetached = true;
        _session.EndRequests();
        _session.Flows.Detach(isSessionKept: Settings.SessionKept != TimeSpan.Zero);
        foreach (var exchange in _filling.Unacknowledged) _session.Flows.EndUnwritten(exchange);
        foreach (var exchange in _sending.Unacknowledged) _session.Flows.EndUnwritten(exchange);
        _filling.Unacknowledged.Clear();
        _sending.Unacknowledged.Clear();
    }

    private async Task FinishAsync(MqttConnectFailure failure)
    {
        _clock.Stop();
        await _closing.CancelAsync();
        try { await _stream.DisposeAsync(); }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException) { }
        await _reading;
        await _writing;
        await _reader.CompleteAsync();
        _filling.Release();
        _sending.Release();
        _closing.Dispose();
        _ended.TrySetResult(failure);
    }
}
