using System.Text;

namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>Everything about one connection to one broker. Checked when the client is made.</summary>
public sealed record MqttClientOptions
{
    public required MqttEndpoint Endpoint { get; init; }

    public MqttVersionChoice Version { get; init; }

    public string? Username { get; init; }

    /// <summary>Any bytes. 3.1.1 takes a password only together with a user name.</summary>
    public byte[]? Password { get; init; }

    /// <summary>Empty: the broker chooses one (<see cref="MqttStatus.AssignedClientId"/>).</summary>
    public string ClientId { get; init; } = "";

    /// <summary>
    /// The first connection of this object makes the broker forget an older session of the client id. Reconnects go on with the
    /// session of the connection before, if <see cref="SessionExpirySeconds"/> lets the broker keep it.
    /// </summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the broker keeps the session without a connection. 3.1.1 knows only 0 and for ever.</summary>
    public uint SessionExpirySeconds { get; init; }

    /// <summary>Longest silence towards the broker; 0 switches the keep-alive off. The broker may set its own.</summary>
    public ushort KeepAliveSeconds { get; init; } = 60;

    /// <summary>
    /// How many QoS 1 and 2 messages the broker may send ahead of our acknowledgements; a broker that sends more is disconnected
    /// (5.0). mosquitto 2.0 is one that does so after a reconnect, hence the default: the most. What is not handled yet takes no
    /// more than 2 MiB all the same, for reading pauses.
    /// </summary>
    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>Largest packet that is accepted, in bytes with its header.</summary>
    public uint MaximumPacketSize { get; init; } = 1024 * 1024;

    /// <summary>How many topic aliases the broker may use towards us.</summary>
    public ushort TopicAliasMaximum { get; init; }

    /// <summary>Most QoS 1 and 2 publishes without an acknowledgement, 1 to 65,535. The broker's Receive Maximum may lower it.</summary>
    public int MaximumInFlight { get; init; } = 1024;

    public MqttWill? Will { get; init; }

    /// <summary>Published after each connect.</summary>
    public MqttMessage? Birth { get; init; }

    /// <summary>Published before an orderly disconnect.</summary>
    public MqttMessage? Close { get; init; }

    /// <summary>Made on each connection whose session the broker did not have.</summary>
    public IReadOnlyList<MqttSubscription> Subscriptions { get; init; } = [];

    public MqttTlsOptions Tls { get; init; } = new();

    /// <summary>From the first look-up to the broker's CONNACK.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A packet must have arrived whole, or have been taken by the network, within this time; also the limit for SUBACK and UNSUBACK.</summary>
    public TimeSpan PacketDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limit for <see cref="IMqttClient.StopAsync"/>.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public MqttReconnect Reconnect { get; init; } = new();

    /// <summary>
    /// The host program's way out. Null: plain sockets. May throw <see cref="MqttDialException"/>; the stream is disposed by the client.
    /// </summary>
    public Func<string, int, CancellationToken, ValueTask<Stream>>? Dial { get; init; }

    /// <summary>
    /// Called for one message at a time, in order. A QoS 1 or 2 message is acknowledged after it returns. When it throws, the
    /// message is not acknowledged and the connection is closed, so that the broker sends it again; throw
    /// <see cref="MqttMessageRefusedException"/> to turn away that one message. Reading pauses while too many messages wait.
    /// The token ends with the client.
    /// </summary>
    public Func<MqttReceivedMessage, CancellationToken, ValueTask>? OnMessage { get; init; }

    // The compiler's version would print the user name and whatever else there is
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Endpoint = ").Append(Endpoint).Append(", Version = ").Append(Version);
        return true;
    }
}
