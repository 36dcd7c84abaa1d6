using static TriggerConsole.Core.Mqtt.Client.Packets.PacketType;

namespace TriggerConsole.Core.Mqtt.Client.Packets;

internal enum PropertyKind : byte
{
    None,

    /// <summary>A byte that is 0 or 1.</summary>
    Flag,
    UInt16,
    UInt32,
    Variable,
    Text,
    Binary,
    TextPair,
}

/// <summary>What each property is made of, which packets of a server may carry it, and which may repeat (MQTT 5.0 table 2-4).</summary>
internal static class PropertyTable
{
    private static readonly Entry[] s_entries = Make();

    public static PropertyKind KindOf(int id) => (uint)id < (uint)s_entries.Length ? s_entries[id].Kind : PropertyKind.None;

    public static bool IsAllowed(int id, PacketType packet) => (s_entries[id].Packets & Bit(packet)) != 0;

    public static bool MayRepeat(PropertyId id, PacketType packet)
        => id == PropertyId.UserProperty || (id == PropertyId.SubscriptionIdentifier && packet == Publish);

    /// <summary>Numbers whose 0 is a Protocol Error.</summary>
    public static bool MustNotBeZero(PropertyId id)
        => id is PropertyId.ReceiveMaximum or PropertyId.MaximumPacketSize or PropertyId.SubscriptionIdentifier or PropertyId.TopicAlias;

    private static Entry[] Make()
    {
        var entries = new Entry[0x2B];
        PacketType[] all = [Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe, Suback, Unsubscribe, Unsuback, Disconnect, Auth];
        Add(PropertyId.PayloadFormat, PropertyKind.Flag, Publish);
        Add(PropertyId.MessageExpiry, PropertyKind.UInt32, Publish);
        Add(PropertyId.ContentType, PropertyKind.Text, Publish);
        Add(PropertyId.ResponseTopic, PropertyKind.Text, Publish);
        Add(PropertyId.CorrelationData, PropertyKind.Binary, Publish);
        Add(PropertyId.SubscriptionIdentifier, PropertyKind.Variable, Publish, Subscribe);
        Add(PropertyId.SessionExpiry, PropertyKind.UInt32, Connect, Connack, Disconnect);
        Add(PropertyId.AssignedClientIdentifier, PropertyKind.Text, Connack);
        Add(PropertyId.ServerKeepAlive, PropertyKind.UInt16, Connack);
        Add(PropertyId.AuthenticationMethod, PropertyKind.Text, Connect, Connack, Auth);
        Add(PropertyId.AuthenticationData, PropertyKind.Binary, Connect, Connack, Auth);
        Add(PropertyId.RequestProblemInformation, PropertyKind.Flag, Connect);
        Add(PropertyId.WillDelay, PropertyKind.UInt32); // of a will, which no server sends
        Add(PropertyId.RequestResponseInformation, PropertyKind.Flag, Connect);
        Add(PropertyId.ResponseInformation, PropertyKind.Text, Connack);
        Add(PropertyId.ServerReference, PropertyKind.Text, Connack, Disconnect);
        Add(PropertyId.ReasonString, PropertyKind.Text, Connack, Puback, Pubrec, Pubrel, Pubcomp, Suback, Unsuback, Disconnect, Auth);
        Add(PropertyId.ReceiveMaximum, PropertyKind.UInt16, Connect, Connack);
        Add(PropertyId.TopicAliasMaximum, PropertyKind.UInt16, Connect, Connack);
        Add(PropertyId.TopicAlias, PropertyKind.UInt16, Publish);
        Add(PropertyId.MaximumQos, PropertyKind.Flag, Connack);
        Add(PropertyId.RetainAvailable, PropertyKind.Flag, Connack);
        Add(PropertyId.UserProperty, PropertyKind.TextPair, all);
        Add(PropertyId.MaximumPacketSize, PropertyKind.UInt32, Connect, Connack);
        Add(PropertyId.WildcardSubscriptionAvailable, PropertyKind.Flag, Connack);
        Add(PropertyId.SubscriptionIdentifierAvailable, PropertyKind.Flag, Connack);
        Add(PropertyId.SharedSubscriptionAvailable, PropertyKind.Flag, Connack);
        return entries;

        void Add(PropertyId id, PropertyKind kind, params ReadOnlySpan<PacketType> packets)
        {
            var bits = 0;
            foreach (var packet in packets) bits |= Bit(packet);
            entries[(int)id] = new(kind, bits);
        }
    }

    private static int Bit(PacketType packet) => 1 << (int)packet;

    private readonly record struct Entry(PropertyKind Kind, int Packets);
}
