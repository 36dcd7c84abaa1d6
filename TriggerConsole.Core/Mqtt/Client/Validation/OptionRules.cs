namespace TriggerConsole.Core.Mqtt.Client.Validation;

/// <summary>What no connection can be made with. Nothing secret stands in a sentence.</summary>
internal static class OptionRules
{
    /// <exception cref="MqttArgumentException"/>
    public static void Check(MqttClientOptions options)
    {
        CheckEndpoint(options.Endpoint);
        TextRules.Check(nameof(options.ClientId), options.ClientId, "The client id");
        TextRules.Check(nameof(options.Username), options.Username, "The user name");
        if (options.Password?.Length > ushort.MaxValue) throw new MqttArgumentException(nameof(options.Password), "The password is longer than 65,535 bytes.");
        // Automatic may come to speak 3.1.1
        if (options.Version != MqttVersionChoice.V5 && options.Password is not null && options.Username is null)
        {
            throw new MqttArgumentException(nameof(options.Password), "MQTT 3.1.1 takes a password only together with a user name.");
        }
        if (options.Version == MqttVersionChoice.V311 && options.ClientId.Length == 0 && (!options.CleanStart || options.SessionExpirySeconds > 0))
        {
            throw new MqttArgumentException(nameof(options.ClientId), "MQTT 3.1.1 keeps a session only for a client id of your own.");
        }
        if (options.ReceiveMaximum == 0) throw new MqttArgumentException(nameof(options.ReceiveMaximum), "The receive maximum must be at least 1.");
        if (options.MaximumPacketSize == 0) throw new MqttArgumentException(nameof(options.MaximumPacketSize), "The maximum packet size must be at least 1.");
        if (options.MaximumInFlight is < 1 or > ushort.MaxValue) throw new MqttArgumentException(nameof(options.MaximumInFlight), "Between 1 and 65,535 publishes can be in flight.");
        if (options.Tls.ClientCertificate is { HasPrivateKey: false }) throw new MqttArgumentException("Tls.ClientCertificate", "The client certificate comes without its private key.");
        CheckTimes(options);
        CheckMessages(options);
        foreach (var subscription in options.Subscriptions) SubscriptionRules.Check(subscription);
    }

    private static void CheckEndpoint(MqttEndpoint endpoint)
    {
        if (string.IsNullOrWhiteSpace(endpoint.Host)) throw new MqttArgumentException(nameof(endpoint.Host), "The host is missing.");
        if (endpoint.Port is < 1 or > ushort.MaxValue) throw new MqttArgumentException(nameof(endpoint.Port), "The port must be between 1 and 65,535.");
        if (!Enum.IsDefined(endpoint.Transport)) throw new MqttArgumentException(nameof(endpoint.Transport), "The transport is none of those there are.");
        if (endpoint.Transport is MqttTransport.WebSocket or MqttTransport.SecureWebSocket
            && (!endpoint.Path.StartsWith('/') || endpoint.Path.Any(c => c is <= ' ' or >= '\u007F' or '#')))
        {
            throw new MqttArgumentException(nameof(endpoint.Path), "The path of a WebSocket must begin with a slash and contain no spaces, control characters or #.");
        }
    }

    private static void CheckTimes(MqttClientOptions options)
    {
        Positive(nameof(options.ConnectTimeout), options.ConnectTimeout);
        Positive(nameof(options.PacketDeadline), options.PacketDeadline);
        Positive(nameof(options.StopTimeout), options.StopTimeout);
        var reconnect = options.Reconnect;
        Positive(nameof(reconnect.First), reconnect.First);
        Positive(nameof(reconnect.BusyFirst), reconnect.BusyFirst);
        Positive(nameof(reconnect.RefusedFirst), reconnect.RefusedFirst);
        if (reconnect.Jitter is not (>= 0 and < 1)) throw new MqttArgumentException(nameof(reconnect.Jitter), "The jitter must be at least 0 and less than 1.");

        static void Positive(string property, TimeSpan time)
        {
            if (time <= TimeSpan.Zero || time > TimeSpan.FromDays(1)) throw new MqttArgumentException(property, $"{property} must be more than zero and at most a day.");
        }
    }

    private static void CheckMessages(MqttClientOptions options)
    {
        if (options.Birth is { } birth) MessageRules.Check(birth, "Birth.");
        if (options.Close is { } close) MessageRules.Check(close, "Close.");
        if (options.Will is not { } will) return;
        MessageRules.Check(will.Message, "Will.");
        if (will.Message.Payload.Length > ushort.MaxValue) throw new MqttArgumentException("Will.Payload", "The payload of a last will can be 65,535 bytes at most.");
    }
}
