using System.Net.Sockets;
using System.Text.Json;
using TriggerConsole.Core.Egress;

namespace TriggerConsole.Authentication.External;

/// <summary>Talks to providers behind the browser's back: connections go through the egress policy, answers are bounded.</summary>
internal static class Backchannel
{
    private const int MaxAnswerBytes = 256 * 1024;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    public static HttpClient Create(EgressConnector connector) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, cancellationToken) =>
        {
            var connection = await connector.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, new ConnectTrace(), cancellationToken);
            return connection.IsConnected ? new NetworkStream(connection.Socket, ownsSocket: true) : throw new HttpRequestException(connection.Failure.Detail);
        },
    })
    {
        Timeout = s_limit,
        MaxResponseContentBufferSize = MaxAnswerBytes,
        DefaultRequestHeaders = { { "Accept", "application/json" }, { "User-Agent", "TriggerConsole" } },
    };

    /// <summary>The JSON of a successful answer.</summary>
    /// <exception cref="ProviderException">Any other answer. Never says what it holds: it may hold a secret.</exception>
    public static async Task<JsonDocument> ReadAsync(this HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode) throw new ProviderException($"{request.RequestUri!.Host} answered {(int)response.StatusCode} to {request.Method} {request.RequestUri.AbsolutePath}.");
            return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken), new() { MaxDepth = 16 });
        }
        catch (HttpRequestException exception)
        {
            throw new ProviderException($"{request.RequestUri!.Host} cannot be reached: {exception.Message}", exception);
        }
        catch (JsonException exception)
        {
            throw new ProviderException($"{request.RequestUri!.Host} answered {request.RequestUri.AbsolutePath} with something that is no JSON.", exception);
        }
    }
}

/// <summary>A provider did not do what a sign-in needs. The message is for the log.</summary>
internal sealed class ProviderException(string message, Exception? inner = null) : Exception(message, inner);
