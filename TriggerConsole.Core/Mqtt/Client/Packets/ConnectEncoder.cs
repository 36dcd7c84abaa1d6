namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>CONNECT (section 3.1).</summary>
internal static class ConnectEncoder
{
    private const byte CleanStartFlag = 0x02;
    private const byte WillFlag = 0x04;
    private const byte PasswordFlag = 0x40;
    private const byte UsernameFlag = 0x80;

    /// <param name="options">Checked.</param>
    /// <param name="sessionExpirySeconds">5.0 only.</param>
    public static byte[] Encode(MqttClientOptions options, MqttVersion version, string clientId, bool cleanStart, uint sessionExpirySeconds)
    {
        var isV5 = version == MqttVersion.V5;
        var properties = isV5 ? PropertiesSize(options, sessionExpirySeconds) : 0;
        var will = options.Will?.Message;
        var willProperties = isV5 && will is not null ? MessageProperties.Size(will) + (options.Will!.DelaySeconds > 0 ? 5 : 0) : 0;
        var content = 10L
            + (isV5 ? VariableByteInteger.Size(properties) + properties : 0)
            + Measure.Text(clientId)
            + (will is null ? 0 : Measure.Text(will.Topic) + 2 + will.Payload.Length + (isV5 ? VariableByteInteger.Size((int)willProperties) + willProperties : 0))
            + (options.Username is null ? 0 : Measure.Text(options.Username))
            + (options.Password is null ? 0 : 2 + options.Password.Length);
        var packet = new byte[Measure.Packet(content)];
        var writer = new PacketWriter(packet);
        writer.WriteHeader(FirstByte.Connect, (int)content);
        writer.WriteText("MQTT");
        writer.WriteByte((byte)version);
        writer.WriteByte(Flags(options, cleanStart));
        writer.WriteUInt16(options.KeepAliveSeconds);
        if (isV5) WriteProperties(ref writer, properties, options, sessionExpirySeconds);
        writer.WriteText(clientId);
        if (will is not null)
        {
            if (isV5)
            {
                writer.WriteVariable((int)willProperties);
                if (options.Will!.DelaySeconds > 0) writer.WriteProperty(PropertyId.WillDelay, options.Will.DelaySeconds);
                MessageProperties.Write(ref writer, will);
            }
            writer.WriteText(will.Topic);
            writer.WriteBinary(will.Payload.Span);
        }
        if (options.Username is not null) writer.WriteText(options.Username);
        if (options.Password is not null) writer.WriteBinary(options.Password);
        return packet;
    }

    private static byte Flags(MqttClientOptions options, bool cleanStart)
    {
        var flags = cleanStart ? CleanStartFlag : 0;
        if (options.Will?.Message is { } will) flags |= WillFlag | ((int)will.Qos << 3) | (will.Retain ? 0x20 : 0);
        if (options.Password is not null) flags |= PasswordFlag;
        if (options.Username is not null) flags |= UsernameFlag;
        return (byte)flags;
    }

    private static int PropertiesSize(MqttClientOptions options, uint sessionExpirySeconds)
        => (sessionExpirySeconds > 0 ? 5 : 0) + (options.ReceiveMaximum < ushort.MaxValue ? 3 : 0) + 5 + (options.TopicAliasMaximum > 0 ? 3 : 0);

    private static void WriteProperties(ref PacketWriter writer, int size, MqttClientOptions options, uint sessionExpirySeconds)
    {
        writer.WriteVariable(size);
        if (sessionExpirySeconds > 0) writer.WriteProperty(PropertyId.SessionExpiry, sessionExpirySeconds);
        if (options.ReceiveMaximum < ushort.MaxValue) writer.WriteProperty(PropertyId.ReceiveMaximum, options.ReceiveMaximum);
        writer.WriteProperty(PropertyId.MaximumPacketSize, options.MaximumPacketSize);
        if (options.TopicAliasMaximum > 0) writer.WriteProperty(PropertyId.TopicAliasMaximum, options.TopicAliasMaximum);
    }
}
