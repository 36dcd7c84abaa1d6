namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>The broker's farewell (section 3.14); 5.0 only.</summary>
internal sealed record DisconnectPacket(MqttReasonCode Reason, string? ReasonText, string? ServerReference)
{
    public static DisconnectPacket Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return new(MqttReasonCode.Success, null, null);
        var reader = new PacketReader(body);
        var reason = ReasonTable.Check(PacketType.Disconnect, reader.ReadByte());
        string? text = null, reference = null;
        if (reader.Remaining > 0)
        {
            var properties = reader.ReadProperties(PacketType.Disconnect);
            while (properties.Next())
            {
                // A Session Expiry is not a server's to send [MQTT-3.14.2-2]; it is passed over, for the connection ends anyway
                if (properties.Id == PropertyId.ReasonString) text = properties.Text;
                else if (properties.Id == PropertyId.ServerReference) reference = properties.Text;
            }
        }
        reader.ExpectEnd();
        return new(reason, text, reference);
    }
}
