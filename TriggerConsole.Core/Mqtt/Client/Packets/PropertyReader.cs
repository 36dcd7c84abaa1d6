namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>
/// Walks the properties of one packet. Everything the standard says of them in general is checked here: known, allowed in this
/// packet, not twice, of legal value, ending where the length says. What a caller does not ask for is checked and passed over.
/// </summary>
internal ref struct PropertyReader(ReadOnlySpan<byte> properties, PacketType packet)
{
    private PacketReader _reader = new(properties);
    private ulong _seen;

    public PropertyId Id { get; private set; }

    /// <summary>Of a number or flag.</summary>
    public uint Number { get; private set; }

    /// <summary>Of a text or binary; the name of a pair.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value of a pair.</summary>
    public ReadOnlySpan<byte> PairValue { get; private set; }

    public readonly string Text => Utf8Rules.Decode(Bytes);

    public readonly MqttUserProperty Pair => new(Utf8Rules.Decode(Bytes), Utf8Rules.Decode(PairValue));

    public bool Next()
    {
        if (_reader.Remaining == 0) return false;
        var id = _reader.ReadVariable();
        var kind = PropertyTable.KindOf(id);
        if (kind == PropertyKind.None) throw MqttProtocolException.Malformed($"A {packet} has a property that the standard does not know (0x{id:X2}).");
        if (!PropertyTable.IsAllowed(id, packet)) throw MqttProtocolException.Error($"A {packet} must not have the property {(PropertyId)id}.");
        Id = (PropertyId)id;
        var bit = 1UL << id;
        if ((_seen & bit) != 0 && !PropertyTable.MayRepeat(Id, packet)) throw MqttProtocolException.Error($"A {packet} has the property {Id} twice.");
        _seen |= bit;
        ReadValue(kind);
        return true;
    }

    /// <summary>Checks all and keeps nothing.</summary>
    public void Skip()
    {
        while (Next()) { }
    }

    /// <summary>Checks all and keeps the words of the other side.</summary>
    public string? ReadReason()
    {
        string? reason = null;
        while (Next())
        {
            if (Id == PropertyId.ReasonString) reason = Text;
        }
        return reason;
    }

    private void ReadValue(PropertyKind kind)
    {
        switch (kind)
        {
            case PropertyKind.Flag:
                Number = _reader.ReadByte();
                if (Number > 1) throw MqttProtocolException.Error($"The property {Id} of a {packet} is {Number}; it can be 0 or 1.");
                break;
            case PropertyKind.UInt16: Number = _reader.ReadUInt16(); break;
            case PropertyKind.UInt32: Number = _reader.ReadUInt32(); break;
            case PropertyKind.Variable: Number = (uint)_reader.ReadVariable(); break;
            case PropertyKind.Text: Bytes = _reader.ReadText(); break;
            case PropertyKind.Binary: Bytes = _reader.ReadBinary(); break;
            case PropertyKind.TextPair:
                Bytes = _reader.ReadText();
                PairValue = _reader.ReadText();
                break;
        }
        if (Number != 0 || !PropertyTable.MustNotBeZero(Id)) return;
        throw Id == PropertyId.TopicAlias
            ? new MqttProtocolException(MqttReasonCode.TopicAliasInvalid, "A Publish has the topic alias 0.")
            : MqttProtocolException.Error($"The property {Id} of a {packet} is 0.");
    }
}
