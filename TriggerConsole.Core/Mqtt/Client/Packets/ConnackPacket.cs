namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>The broker's answer to CONNECT (section 3.2), with the limits it sets.</summary>
internal sealed record ConnackPacket
{
    public bool SessionPresent { get; init; }

    public MqttReasonCode Reason { get; init; }

    public string? ReasonText { get; init; }

    /// <summary>Null: as the client asked.</summary>
    public uint? SessionExpirySeconds { get; init; }

    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    public MqttQos MaximumQos { get; init; } = MqttQos.ExactlyOnce;

    public bool RetainAvailable { get; init; } = true;

    public long MaximumPacketSize { get; init; } = long.MaxValue;

    public string? AssignedClientId { get; init; }

    public ushort TopicAliasMaximum { get; init; }

    public bool WildcardsAvailable { get; init; } = true;

    public bool SharedSubscriptionsAvailable { get; init; } = true;

    /// <summary>Null: the client's own holds.</summary>
    public ushort? KeepAliveSeconds { get; init; }

    public string? ServerReference { get; init; }

    public static ConnackPacket Read(ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new PacketReader(body);
        var flags = reader.ReadByte();
        var code = reader.ReadByte();
        if ((flags & 0xFE) != 0) throw MqttProtocolException.Malformed($"The Connack has reserved flags set (0x{flags:X2}).");
        // A server that knows no 5.0 answers in its own way, without properties; so may one that refuses the version
        var isOldStyle = version == MqttVersion.V311 || (reader.Remaining == 0 && code is >= 1 and <= 5 or 0x84);
        var connack = isOldStyle && !(version == MqttVersion.V5 && code == 0x84)
            ? new ConnackPacket { SessionPresent = flags != 0, Reason = ReasonTable.FromReturnCode(code) }
            : new ConnackPacket { SessionPresent = flags != 0, Reason = ReasonTable.Check(PacketType.Connack, code) };
        if (connack.Reason != MqttReasonCode.Success && connack.SessionPresent)
        {
            throw MqttProtocolException.Error("The broker refused the connection and spoke of a session in the same packet.");
        }
        if (version == MqttVersion.V5 && !(isOldStyle && reader.Remaining == 0)) connack = ReadProperties(reader.ReadProperties(PacketType.Connack), connack);
        reader.ExpectEnd();
        return connack;
    }

    private static ConnackPacket ReadProperties(PropertyReader properties, ConnackPacket connack)
    {
        while (properties.Next())
        {
            connack = properties.Id switch
            {
                PropertyId.SessionExpiry => connack with { SessionExpirySeconds = properties.Number },
                PropertyId.ReceiveMaximum => connack with { ReceiveMaximum = (ushort)properties.Number },
                PropertyId.MaximumQos => connack with { MaximumQos = (MqttQos)properties.Number },
                PropertyId.RetainAvailable => connack with { RetainAvailable = properties.Number == 1 },
                PropertyId.MaximumPacketSize => connack with { MaximumPacketSize = properties.Number },
                PropertyId.AssignedClientIdentifier => connack with { AssignedClientId = properties.Text },
                PropertyId.TopicAliasMaximum => connack with { TopicAliasMaximum = (ushort)properties.Number },
                PropertyId.ReasonString => connack with { ReasonText = properties.Text },
                PropertyId.WildcardSubscriptionAvailable => connack with { WildcardsAvailable = properties.Number == 1 },
                PropertyId.SharedSubscriptionAvailable => connack with { SharedSubscriptionsAvailable = properties.Number == 1 },
                PropertyId.ServerKeepAlive => connack with { KeepAliveSeconds = (ushort)properties.Number },
                PropertyId.ServerReference => connack with { ServerReference = properties.Text },
                // [MQTT-4.12.0-7]: none was asked for
                PropertyId.AuthenticationMethod or PropertyId.AuthenticationData
                    => throw MqttProtocolException.Error("The broker answered with a way of signing in that was not asked for."),
                _ => connack,
            };
        }
        return connack;
    }
}
