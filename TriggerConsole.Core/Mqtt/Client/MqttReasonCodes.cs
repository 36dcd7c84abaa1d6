namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>What the reason codes mean, for people.</summary>
public static class MqttReasonCodes
{
    public static bool IsFailure(this MqttReasonCode code) => (byte)code >= 0x80;

    /// <summary>A clause without a full stop, such as "not authorised".</summary>
    public static string Meaning(this MqttReasonCode code) => code switch
    {
        MqttReasonCode.Success => "success",
        MqttReasonCode.GrantedQos1 => "granted at QoS 1",
        MqttReasonCode.GrantedQos2 => "granted at QoS 2",
        MqttReasonCode.DisconnectWithWill => "disconnected with the last will",
        MqttReasonCode.NoMatchingSubscribers => "accepted, but no one subscribes to this topic",
        MqttReasonCode.NoSubscriptionExisted => "there was no such subscription",
        MqttReasonCode.ContinueAuthentication => "authentication goes on",
        MqttReasonCode.ReAuthenticate => "authentication begins again",
        MqttReasonCode.UnspecifiedError => "the broker does not say why",
        MqttReasonCode.MalformedPacket => "a packet was malformed",
        MqttReasonCode.ProtocolError => "a packet broke the rules of the protocol",
        MqttReasonCode.ImplementationSpecificError => "the broker's own rules refuse it",
        MqttReasonCode.UnsupportedProtocolVersion => "the broker does not speak this version of MQTT",
        MqttReasonCode.ClientIdentifierNotValid => "the broker does not allow this client id",
        MqttReasonCode.BadUserNameOrPassword => "wrong user name or password",
        MqttReasonCode.NotAuthorized => "not authorised",
        MqttReasonCode.ServerUnavailable => "the broker is not available at the moment",
        MqttReasonCode.ServerBusy => "the broker is busy; it may go later",
        MqttReasonCode.Banned => "the broker's operator has banned this client",
        MqttReasonCode.ServerShuttingDown => "the broker is shutting down",
        MqttReasonCode.BadAuthenticationMethod => "the broker does not accept this way of signing in",
        MqttReasonCode.KeepAliveTimeout => "the broker heard nothing from us for too long",
        MqttReasonCode.SessionTakenOver => "another connection uses the same client id",
        MqttReasonCode.TopicFilterInvalid => "the broker does not accept this topic filter",
        MqttReasonCode.TopicNameInvalid => "the broker does not accept this topic",
        MqttReasonCode.PacketIdentifierInUse => "the packet identifier is in use",
        MqttReasonCode.PacketIdentifierNotFound => "the packet identifier is not known",
        MqttReasonCode.ReceiveMaximumExceeded => "more messages were sent at once than allowed",
        MqttReasonCode.TopicAliasInvalid => "a topic alias was not valid",
        MqttReasonCode.PacketTooLarge => "the packet is larger than allowed",
        MqttReasonCode.MessageRateTooHigh => "messages come too fast",
        MqttReasonCode.QuotaExceeded => "a quota is used up",
        MqttReasonCode.AdministrativeAction => "the broker's operator ended the connection",
        MqttReasonCode.PayloadFormatInvalid => "the payload is not what its format says",
        MqttReasonCode.RetainNotSupported => "the broker does not keep retained messages",
        MqttReasonCode.QosNotSupported => "the broker does not offer this QoS",
        MqttReasonCode.UseAnotherServer => "another server should be used for now",
        MqttReasonCode.ServerMoved => "the broker has moved to another address",
        MqttReasonCode.SharedSubscriptionsNotSupported => "the broker does not offer shared subscriptions",
        MqttReasonCode.ConnectionRateExceeded => "too many connections in a short time",
        MqttReasonCode.MaximumConnectTime => "the connection has lasted as long as the broker allows",
        MqttReasonCode.SubscriptionIdentifiersNotSupported => "the broker does not offer subscription identifiers",
        MqttReasonCode.WildcardSubscriptionsNotSupported => "the broker does not offer wildcards in subscriptions",
        _ => "a code that the standard does not define",
    };

    /// <summary>Name and number as they stand in attempts and logs, such as "0x87 not authorised".</summary>
    public static string Describe(this MqttReasonCode code) => $"0x{(byte)code:X2} {code.Meaning()}";
}
