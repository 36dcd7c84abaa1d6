using System.Net.Sockets;
using System.Text;

namespace TriggerConsole.Hosting;

/// <summary>
/// Tells systemd when the server takes requests and when it begins to stop (<c>Type=notify</c>, sd_notify(3)): one datagram each, to the
/// socket that the environment names. Without one it does nothing.
/// </summary>
internal static class SystemdNotifier
{
    private const string SocketVariable = "NOTIFY_SOCKET";

    public static void UseSystemdNotifier(this WebApplication app)
    {
        if (Environment.GetEnvironmentVariable(SocketVariable) is not { Length: > 0 } path || OperatingSystem.IsWindows()) return;
        // Programs that are started from here are none of systemd's business
        Environment.SetEnvironmentVariable(SocketVariable, null);
        app.Lifetime.ApplicationStarted.Register(() => Tell(path, "READY=1"));
        app.Lifetime.ApplicationStopping.Register(() => Tell(path, "STOPPING=1"));
    }

    internal static void Tell(string path, string state)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name that begins with @ is an abstract one, which is written with a NUL
            socket.SendTo(Encoding.ASCII.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path));
        }
        catch (SocketException)
        {
            // It then finds out by its own time-out; the server is none the worse for it
        }
    }
}
