using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Transports;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>Either settings of a connection or a failure.</summary>
internal readonly record struct ConnectResult(ConnectionSettings? Settings, MqttConnectFailure? Failure);

/// <summary>
/// Makes connections up to CONNACK, and remembers between them what the next CONNECT must say: the version that was found, the
/// client id that the broker chose, and whether there is a session to go on with.
/// </summary>
internal sealed class Connector(MqttClientOptions options, TimeProvider time)
{
    // Found out that the broker knows no 5.0
    private bool _isOlder;

    // Once both versions have been tried in vain, one a time is enough
    private bool _alternate;
    private string? _assignedClientId;
    private string _phase = "";
    private bool _hasSession;

    private string Host => $"{options.Endpoint.Host}:{options.Endpoint.Port}";

    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it; nothing else throws.</exception>
    public async Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limited = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limited.Token);
        try
        {
            return await ConnectInAnyVersionAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, new(MqttConnectFault.Timeout, $"{Host} did not {_phase} within {options.ConnectTimeout.TotalSeconds:0.#} s."));
        }
        catch (MqttDialException exception)
        {
            return new(null, new(exception.Fault, exception.Message));
        }
        catch (Exception exception) when (exception is IOException or SocketException or WebSocketException or ObjectDisposedException)
        {
            return new(null, new(MqttConnectFault.ConnectionLost, Sentences.Lost(Host, exception)));
        }
    }

    private async Task<ConnectResult> ConnectInAnyVersionAsync(CancellationToken cancellationToken)
    {
        if (options.Version == MqttVersionChoice.V5) return (await TryAsync(MqttVersion.V5, cancellationToken)).Result;
        if (options.Version == MqttVersionChoice.V311 || _isOlder) return await TryOlderAsync(cancellationToken);
        var (result, isVersionRefused, hasHungUp) = await TryAsync(MqttVersion.V5, cancellationToken);
        if (result.Settings is not null)
        {
            _alternate = false;
            return result;
        }
        if (!isVersionRefused && !hasHungUp) return result;
        if (hasHungUp && _alternate)
        {
            _isOlder = true; // next time
            return result;
        }
        _alternate = hasHungUp;
        return await TryOlderAsync(cancellationToken);
    }

    private async Task<ConnectResult> TryOlderAsync(CancellationToken cancellationToken)
    {
        var (result, _, _) = await TryAsync(MqttVersion.V311, cancellationToken);
        // After a failure 5.0 gets another chance: the broker may have been replaced, or only been starting
        _isOlder = options.Version == MqttVersionChoice.Automatic && result.Settings is not null;
        return result;
    }

    private async Task<(ConnectResult Result, bool IsVersionRefused, bool HasHungUp)> TryAsync(MqttVersion version, CancellationToken cancellationToken)
    {
        var attempt = await OpenAsync(version, IsClean(version), cancellationToken);
        if (attempt.Result.Settings is { } settings && IsForeignSession(settings))
        {
            // 3.1.1 cannot do both at once: forget the session of an earlier process, and keep the new one. So: connect clean, and again.
            await LeaveAsync(settings, cancellationToken);
            attempt = await OpenAsync(version, isClean: true, cancellationToken);
            if (attempt.Result.Settings is null) return attempt;
            await LeaveAsync(attempt.Result.Settings, cancellationToken);
            attempt = await OpenAsync(version, isClean: false, cancellationToken);
        }
        if (attempt.Result.Settings is { } made) _hasSession = made.SessionKept != TimeSpan.Zero;
        return attempt;
    }

    private bool IsClean(MqttVersion version)
    {
        if (version == MqttVersion.V5) return options.CleanStart && !_hasSession;
        return ClientId.Length == 0 || (options.CleanStart && options.SessionExpirySeconds == 0);
    }

    private bool IsForeignSession(ConnectionSettings settings)
        => settings.Version == MqttVersion.V311 && settings.Connack.SessionPresent && options.CleanStart && !_hasSession;

    private string ClientId => _assignedClientId ?? options.ClientId;

    private async Task<(ConnectResult Result, bool IsVersionRefused, bool HasHungUp)> OpenAsync(MqttVersion version, bool isClean, CancellationToken cancellationToken)
    {
        var connect = ConnectEncoder.Encode(options, version, ClientId, isClean, options.SessionExpirySeconds);
        var stream = await Transport.OpenAsync(options, phase => _phase = phase, cancellationToken);
        _phase = "answer as an MQTT broker does (no CONNACK)";
        var reader = PipeReader.Create(stream, new(bufferSize: 64 * 1024, minimumReadSize: 1024, leaveOpen: true));
        try
        {
            var started = time.GetTimestamp();
            var (result, connack, failure) = await Handshake.RunAsync(stream, reader, connect, version, options.MaximumPacketSize, Host, cancellationToken);
            if (result == HandshakeResult.Accepted && connack!.SessionPresent && isClean)
            {
                // [MQTT-3.2.2-4]
                failure = new(MqttConnectFault.Protocol, $"{Host} goes on with an old session although a new one was asked for.", MqttReasonCode.ProtocolError);
            }
            if (failure is null)
            {
                if (ClientId.Length == 0) _assignedClientId = connack!.AssignedClientId;
                return (new(new()
                {
                    Version = version,
                    Connack = connack!,
                    Stream = stream,
                    Reader = reader,
                    RoundTrip = time.GetElapsedTime(started),
                    AssignedClientId = _assignedClientId,
                    SessionKept = SessionKept(version, isClean, connack!),
                }, null), false, false);
            }
            if (version == MqttVersion.V5 && result is HandshakeResult.Nonsense or HandshakeResult.Accepted) await SayGoodbyeAsync(stream, failure.Reason, cancellationToken);
            await CloseAsync(stream, reader);
            return (new(null, failure), failure.Reason == MqttReasonCode.UnsupportedProtocolVersion, result == HandshakeResult.HungUp);
        }
        catch
        {
            await CloseAsync(stream, reader);
            throw;
        }
    }

    private TimeSpan? SessionKept(MqttVersion version, bool isClean, ConnackPacket connack)
    {
        if (version == MqttVersion.V311) return isClean ? TimeSpan.Zero : null;
        // Without a name there is nothing to come back to
        if (ClientId.Length == 0) return TimeSpan.Zero;
        var seconds = connack.SessionExpirySeconds ?? options.SessionExpirySeconds;
        return seconds == uint.MaxValue ? null : TimeSpan.FromSeconds(seconds);
    }

    private static async Task SayGoodbyeAsync(Stream stream, MqttReasonCode? reason, CancellationToken cancellationToken)
    {
        if (reason is not { } code || !ReasonTable.MayDisconnectWith(code)) return;
        try { await stream.WriteAsync(DisconnectEncoder.Encode(MqttVersion.V5, code, null, null, long.MaxValue), cancellationToken); }
        catch (IOException) { }
    }

    private static async Task LeaveAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        await settings.Stream.WriteAsync(DisconnectEncoder.Encode(settings.Version, MqttReasonCode.Success, null, null, long.MaxValue), cancellationToken);
        await CloseAsync(settings.Stream, settings.Reader);
    }

    private static async Task CloseAsync(Stream stream, PipeReader reader)
    {
        await reader.CompleteAsync();
        await stream.DisposeAsync();
    }
}
