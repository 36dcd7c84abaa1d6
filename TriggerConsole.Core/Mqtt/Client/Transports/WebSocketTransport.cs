using System.Net;
using System.Net.WebSockets;

namespace TriggerConsole.Core.Mqtt.Client.Transports;

/// <summary>A WebSocket for MQTT over a connected stream (section 6 of the standard, RFC 6455).</summary>
internal static class WebSocketTransport
{
    private const string SubProtocol = "mqtt";

    /// <summary>The result owns the stream, also when it fails.</summary>
    /// <exception cref="MqttDialException"/>
    /// <exception cref="OperationCanceledException"/>
    public static async ValueTask<Stream> UpgradeAsync(Stream inner, MqttEndpoint endpoint, CancellationToken cancellationToken)
    {
        var host = $"{endpoint.Host}:{endpoint.Port}";
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(SubProtocol);
            socket.Options.KeepAliveInterval = TimeSpan.Zero; // MQTT has its own
            socket.Options.CollectHttpResponseDetails = true;
            // The stream is there already, with TLS if asked for: the handler gets it, and no other; so neither proxies nor redirects
            using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                UseCookies = false,
                MaxResponseHeadersLength = 16,
                ConnectCallback = (_, _) => ValueTask.FromResult(inner),
            }, disposeHandler: false);
            await socket.ConnectAsync(MakeUri(endpoint), invoker, cancellationToken);
            if (socket.SubProtocol != SubProtocol) throw new MqttDialException(MqttConnectFault.WebSocket, $"{host} opened a WebSocket, but not for MQTT: it did not confirm the sub-protocol \"mqtt\".");
            return new WebSocketStream(socket, inner, host);
        }
        catch (Exception exception)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            await inner.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (exception is not (WebSocketException or HttpRequestException or IOException or InvalidOperationException or OperationCanceledException) || exception is MqttDialException) throw;
            throw new MqttDialException(MqttConnectFault.WebSocket, Explain(host, endpoint.Path, status));
        }
    }

    // Always ws: the stream below has the TLS
    private static Uri MakeUri(MqttEndpoint endpoint)
    {
        var host = endpoint.Host.Contains(':') ? $"[{endpoint.Host}]" : endpoint.Host;
        return new($"ws://{host}:{endpoint.Port}{endpoint.Path}");
    }

    private static string Explain(string host, string path, HttpStatusCode status) => status switch
    {
        0 => $"{host} does not answer as a WebSocket server does. Check port and transport.",
        HttpStatusCode.SwitchingProtocols => $"{host} opened a WebSocket, but not for MQTT: it did not confirm the sub-protocol \"mqtt\".",
        HttpStatusCode.NotFound => $"{host} has no WebSocket at {path} (status 404). Check the path.",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"{host} does not allow a WebSocket at {path} (status {(int)status}).",
        _ => $"{host} does not open a WebSocket at {path} (status {(int)status}).",
    };
}
