using System.Net;
using System.Net.Sockets;

namespace TriggerConsole.Tests.Testing;

/// <summary>Ports for programs that cannot take port 0.</summary>
internal static class Ports
{
    // Below those that systems give out by themselves: a server of another test, or a mere connection, would be there before the program is
    private const int First = 20_000;
    private const int Count = 12_000;
    private static int s_last = Random.Shared.Next(Count);

    /// <summary>A port that was free a moment ago, another one each time.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref s_last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // somebody's
            }
        }
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
