namespace TriggerConsole.Core.Mqtt.Client.Validation;

internal static class SubscriptionRules
{
    /// <exception cref="MqttArgumentException"/>
    public static void Check(MqttSubscription subscription)
    {
        TopicRules.CheckFilter(nameof(subscription.Filter), subscription.Filter);
        if (subscription.Qos > MqttQos.ExactlyOnce) throw new MqttArgumentException(nameof(subscription.Qos), "The QoS must be 0, 1 or 2.");
        if (subscription.RetainHandling > MqttRetainHandling.DoNotSend) throw new MqttArgumentException(nameof(subscription.RetainHandling), "The retain handling must be 0, 1 or 2.");
        // [MQTT-3.8.3-4]
        if (subscription.NoLocal && TopicRules.IsShared(subscription.Filter)) throw new MqttArgumentException(nameof(subscription.NoLocal), "A shared subscription cannot leave out what this client published itself.");
    }

    /// <exception cref="MqttArgumentException"/>
    public static void CheckAll(IReadOnlyList<MqttSubscription> subscriptions)
    {
        if (subscriptions.Count == 0) throw new MqttArgumentException(nameof(subscriptions), "There is nothing to subscribe to.");
        foreach (var subscription in subscriptions) Check(subscription);
    }

    /// <exception cref="MqttArgumentException"/>
    public static void CheckAll(IReadOnlyList<string> filters)
    {
        if (filters.Count == 0) throw new MqttArgumentException(nameof(filters), "There is nothing to unsubscribe from.");
        foreach (var filter in filters) TopicRules.CheckFilter(nameof(filters), filter);
    }
}
