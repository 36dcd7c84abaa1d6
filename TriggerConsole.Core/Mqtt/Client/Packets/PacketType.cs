namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>Upper half of a packet's first byte (MQTT 5.0 section 2.1.2).</summary>
internal enum PacketType : byte
{
    Connect = 1,
    Connack = 2,
    Publish = 3,
    Puback = 4,
    Pubrec = 5,
    Pubrel = 6,
    Pubcomp = 7,
    Subscribe = 8,
    Suback = 9,
    Unsubscribe = 10,
    Unsuback = 11,
    Pingreq = 12,
    Pingresp = 13,
    Disconnect = 14,
    Auth = 15,
}

/// <summary>The first byte of every packet that a client writes; the lower half holds the flags that the standard prescribes.</summary>
internal static class FirstByte
{
    public const byte Connect = 0x10;
    public const byte Publish = 0x30;
    public const byte Puback = 0x40;
    public const byte Pubrec = 0x50;
    public const byte Pubrel = 0x62;
    public const byte Pubcomp = 0x70;
    public const byte Subscribe = 0x82;
    public const byte Unsubscribe = 0xA2;
    public const byte Pingreq = 0xC0;
    public const byte Disconnect = 0xE0;

    public const byte RetainFlag = 0x01;
    public const byte DuplicateFlag = 0x08;
}
