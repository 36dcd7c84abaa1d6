using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Core.Mqtt.Client.Transports;

/// <summary>The way out when the host program brings none of its own: every address of the name, one after the other.</summary>
internal static class SocketDialer
{
    /// <exception cref="MqttDialException"/>
    /// <exception cref="OperationCanceledException"/>
    public static async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = await FindAsync(host, cancellationToken);
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses[i], port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                if (i == addresses.Length - 1) throw NotConnected(host, port, exception);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static async Task<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return found.Length > 0 ? found : throw new MqttDialException(MqttConnectFault.Dns, $"{host} has no address.");
        }
        catch (SocketException) { throw new MqttDialException(MqttConnectFault.Dns, $"There is no host named {host}. Check the spelling."); }
        catch (ArgumentException) { throw new MqttDialException(MqttConnectFault.Dns, $"\"{host}\" cannot be a host name."); }
    }

    private static MqttDialException NotConnected(string host, int port, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new(MqttConnectFault.Refused, $"{host} refused the connection: nothing listens on port {port}."),
        SocketError.TimedOut => new(MqttConnectFault.Timeout, $"{host} did not take the connection on port {port} in time."),
        var code => new(MqttConnectFault.Unreachable, $"The connection to {host}, port {port}, could not be made ({code})."),
    };
}
