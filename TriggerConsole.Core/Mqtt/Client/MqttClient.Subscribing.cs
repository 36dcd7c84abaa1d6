using TriggerConsole.Core.Mqtt.Client.Connections;
using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Sessions;
using TriggerConsole.Core.Mqtt.Client.Validation;

namespace TriggerConsole.Core.Mqtt.Client;

public sealed partial class MqttClient
{
    // So that no broker's packet limit is met by a packet of our making
    private const int FiltersAtOnce = 20;

    // What is wanted, and which of it the broker has granted in this session. Guarded by _lock.
    private readonly Dictionary<string, MqttSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _granted = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<MqttSubscribeResult>> SubscribeAsync(IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellationToken)
    {
        SubscriptionRules.CheckAll(subscriptions);
        if (_isStopping || _connection is not { } connection) return [.. subscriptions.Select(s => new MqttSubscribeResult(s.Filter, NoConnection))];
        return await SubscribeAsync(connection, subscriptions, cancellationToken);
    }

    public async Task<IReadOnlyList<MqttSubscribeResult>> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        SubscriptionRules.CheckAll(filters);
        if (_isStopping || _connection is not { } connection) return [.. filters.Select(f => new MqttSubscribeResult(f, NoConnection))];
        lock (_lock)
        {
            // Whatever the answer: it is not wanted any more
            foreach (var filter in filters)
            {
                _subscriptions.Remove(filter);
                _granted.Remove(filter);
            }
        }
        var (answer, status, text) = await AskAsync(connection, PacketType.Unsuback, filters.Count, id => SubscribeEncoder.Unsubscribe(filters, id, connection.Version), cancellationToken);
        return [.. filters.Select((filter, i) => answer is null
            ? new MqttSubscribeResult(filter, status, ReasonText: text)
            : Judge(filter, answer.Reasons.Length == 0 ? MqttReasonCode.Success : answer.Reasons[i], answer.ReasonText, isGrant: false))];
    }

    private MqttSubscribeStatus NoConnection => _isStopping ? MqttSubscribeStatus.Stopped : MqttSubscribeStatus.NotConnected;

    private async Task<IReadOnlyList<MqttSubscribeResult>> SubscribeAsync(Connection connection, IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellationToken)
    {
        var asked = subscriptions.Where(s => IsOffered(connection, s.Filter)).ToList();
        if (asked.Count == 0) return [.. subscriptions.Select(s => new MqttSubscribeResult(s.Filter, MqttSubscribeStatus.NotSupported))];
        var (answer, status, text) = await AskAsync(connection, PacketType.Suback, asked.Count, id => SubscribeEncoder.Subscribe(asked, id, connection.Version), cancellationToken);
        var results = new List<MqttSubscribeResult>(subscriptions.Count);
        var next = 0;
        foreach (var subscription in subscriptions)
        {
            if (!IsOffered(connection, subscription.Filter)) results.Add(new(subscription.Filter, MqttSubscribeStatus.NotSupported));
            else if (answer is null) results.Add(new(subscription.Filter, status, ReasonText: text));
            else results.Add(Judge(subscription.Filter, answer.Reasons[next++], answer.ReasonText, isGrant: true));
            if (results[^1].Status != MqttSubscribeStatus.Granted) continue;
            lock (_lock)
            {
                _subscriptions[subscription.Filter] = subscription;
                _granted.Add(subscription.Filter);
            }
        }
        return results;
    }

    private async Task<(SubackPacket? Answer, MqttSubscribeStatus Status, string? Text)> AskAsync(
        Connection connection, PacketType expected, int count, Func<ushort, byte[]> encode, CancellationToken cancellationToken)
    {
        var exchange = new RequestExchange(expected, count);
        lock (_session.Gate)
        {
            if (!_session.Exchanges.TryAdd(exchange)) return (null, MqttSubscribeStatus.NoAnswer, "Too many requests wait for an answer.");
            var packet = encode(exchange.PacketId);
            var fits = packet.LongLength <= connection.Settings.Connack.MaximumPacketSize;
            if (!fits || !connection.Write(packet))
            {
                _session.Exchanges.Remove(exchange);
                return fits ? (null, NoConnection, null) : (null, MqttSubscribeStatus.NotSupported, "The broker does not take packets as large as this request.");
            }
        }
        try
        {
            var answer = await exchange.Answer.WaitAsync(_options.PacketDeadline, _time, cancellationToken);
            return (answer, _isStopping ? MqttSubscribeStatus.Stopped : MqttSubscribeStatus.ConnectionLost, null);
        }
        // The identifier stays taken: the answer may still come
        catch (TimeoutException) { return (null, MqttSubscribeStatus.NoAnswer, null); }
    }

    // With a session only what was not granted before: the connection may have been cut before SUBACK
    private async Task SubscribeAgainAsync(Connection connection)
    {
        List<MqttSubscription> wanted;
        lock (_lock)
        {
            if (!connection.Settings.Connack.SessionPresent) _granted.Clear();
            wanted = [.. _subscriptions.Values.Where(s => !_granted.Contains(s.Filter))];
        }
        foreach (var some in wanted.Chunk(FiltersAtOnce))
        {
            foreach (var result in await SubscribeAsync(connection, some, CancellationToken.None)) // ends with the connection
            {
                if (result.Status is MqttSubscribeStatus.Granted or MqttSubscribeStatus.ConnectionLost or MqttSubscribeStatus.Stopped) continue;
                LogSubscriptionRefused(Host, Sentences.Safe(result.Filter), result.Status, result.Reason.Meaning());
            }
        }
    }

    // In 3.1.1 nobody says what is offered
    private static bool IsOffered(Connection connection, string filter)
    {
        var connack = connection.Settings.Connack;
        return (connack.WildcardsAvailable || !TopicRules.HasWildcard(filter)) && (connack.SharedSubscriptionsAvailable || !TopicRules.IsShared(filter));
    }

    private static MqttSubscribeResult Judge(string filter, MqttReasonCode reason, string? text, bool isGrant)
        => reason.IsFailure()
            ? new(filter, MqttSubscribeStatus.Refused, reason, null, text)
            : new(filter, MqttSubscribeStatus.Granted, reason, isGrant ? (MqttQos)reason : null, text);
}
