using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Tests.Testing;

/// <summary>Ports for programs that cannot take port 0.</summary>
internal static class Ports
{
    /// <summary>A port that was free a moment ago; whoever starts a program on it tries again when somebody else was faster.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether somebody accepts connections there.</summary>
    public static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
