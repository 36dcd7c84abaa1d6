namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>The number of each kind of log line of the client; stable.</summary>
internal static class ClientEvents
{
    public const int Connected = 1501;
    public const int ConnectFailed = 1502;
    public const int ConnectionEnded = 1503;
    public const int HandlerFailed = 1504;
    public const int ListenerFailed = 1505;
    public const int SubscriptionRefused = 1506;
    public const int Unforeseen = 1507;
    public const int UntidyEnd = 1508;
}
