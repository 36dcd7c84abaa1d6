namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>Which reason codes a server may put into which packet (MQTT 5.0 table 2-6 and the tables of chapter 3).</summary>
internal static class ReasonTable
{
    public static MqttReasonCode Check(PacketType packet, byte code)
        => IsDefined(packet, code) ? (MqttReasonCode)code : throw MqttProtocolException.Error($"A {packet} has the reason code 0x{code:X2}, which the standard does not define for it.");

    public static bool IsDefined(PacketType packet, byte code) => packet switch
    {
        PacketType.Connack => code is 0x00 or >= 0x80 and <= 0x8A or 0x8C or 0x90 or 0x95 or 0x97 or >= 0x99 and <= 0x9D or 0x9F,
        PacketType.Puback or PacketType.Pubrec => code is 0x00 or 0x10 or 0x80 or 0x83 or 0x87 or 0x90 or 0x91 or 0x97 or 0x99,
        PacketType.Pubrel or PacketType.Pubcomp => code is 0x00 or 0x92,
        PacketType.Suback => code is <= 0x02 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91 or 0x97 or 0x9E or 0xA1 or 0xA2,
        PacketType.Unsuback => code is 0x00 or 0x11 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91,
        PacketType.Disconnect => code is 0x00 or >= 0x80 and <= 0x83 or 0x87 or 0x89 or >= 0x8B and <= 0x90 or >= 0x93 and <= 0xA2,
        PacketType.Auth => code is 0x00 or 0x18 or 0x19,
        _ => false,
    };

    /// <summary>What a client may say on leaving.</summary>
    public static bool MayDisconnectWith(MqttReasonCode code)
        => (byte)code is 0x00 or 0x04 or >= 0x80 and <= 0x83 or >= 0x93 and <= 0x99 or 0x90;

    /// <summary>The 5.0 code of the same meaning as a return code of a 3.1.1 CONNACK (3.1.1 table 3.1).</summary>
    public static MqttReasonCode FromReturnCode(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => throw MqttProtocolException.Error($"The Connack has the return code {code}, which the standard does not define."),
    };
}
