namespace TriggerConsole.Core.Mqtt.Client.Transports;

/// <summary>Lays the layers over each other: the dialled stream, TLS, WebSocket.</summary>
internal static class Transport
{
    /// <param name="onPhase">Gets what the other side has to do next, for the sentence should it not do it in time.</param>
    /// <exception cref="MqttDialException"/>
    /// <exception cref="OperationCanceledException"/>
    public static async ValueTask<Stream> OpenAsync(MqttClientOptions options, Action<string> onPhase, CancellationToken cancellationToken)
    {
        var endpoint = options.Endpoint;
        onPhase("take the connection");
        var stream = await (options.Dial ?? SocketDialer.DialAsync)(endpoint.Host, endpoint.Port, cancellationToken);
        if (endpoint.Transport is MqttTransport.Tls or MqttTransport.SecureWebSocket)
        {
            onPhase("finish the TLS handshake");
            stream = await TlsTransport.AuthenticateAsync(stream, endpoint.Host, options.Tls, cancellationToken);
        }
        if (endpoint.Transport is MqttTransport.WebSocket or MqttTransport.SecureWebSocket)
        {
            onPhase("open the WebSocket");
            stream = await WebSocketTransport.UpgradeAsync(stream, endpoint, cancellationToken);
        }
        return stream;
    }
}
