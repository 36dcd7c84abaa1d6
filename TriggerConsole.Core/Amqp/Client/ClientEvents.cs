namespace TriggerConsole.Core.Amqp.Client;

/// <summary>The number of each kind of log line of the client; stable.</summary>
internal static class ClientEvents
{
    public const int Connected = 1701;
    public const int ConnectFailed = 1702;
    public const int ConnectionEnded = 1703;
    public const int Blocked = 1704;
    public const int Unblocked = 1705;
    public const int ListenerFailed = 1706;
    public const int Unforeseen = 1707;
}
