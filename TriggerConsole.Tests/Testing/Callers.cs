using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Tests.Testing;

/// <summary>Clients with an address of their own, out of 127.0.0.0/8.</summary>
internal static class Callers
{
    public static HttpClient From(this TestApp app, string address, bool withKey = false)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = 16,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        })
        { BaseAddress = app.Address };
        if (withKey) client.DefaultRequestHeaders.Add("X-Api-Key", TestApp.ApiKey);
        return client;
    }
}
