namespace TriggerConsole.Core.Mqtt.Client.Sessions;

/// <summary>What the publish flows need of a connection. All calls are made under <see cref="Session.Gate"/>.</summary>
internal interface IPublishLink
{
    MqttVersion Version { get; }

    /// <summary>Most unacknowledged publishes: the own window or the broker's Receive Maximum.</summary>
    int Window { get; }

    /// <summary>Most of them at QoS 2.</summary>
    int Qos2Window { get; }

    /// <summary>False while too much waits to be written.</summary>
    bool HasRoom { get; }

    /// <summary>Why the broker does not take this message; null: it does.</summary>
    MqttPublishStatus? Refuses(MqttMessage message);

    void WritePublish(PublishExchange exchange, bool duplicate);

    void WritePubrel(ushort packetId, MqttReasonCode reason);
}
