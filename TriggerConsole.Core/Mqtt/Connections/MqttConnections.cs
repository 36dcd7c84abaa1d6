using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt.Connections;

/// <summary>Makes clients: the real ones, or what a test puts in their place.</summary>
internal delegate IMqttClient CreateMqttClient(MqttClientOptions options);

/// <summary>
/// One kept connection for each broker that is switched on. Follows the directory: made when a broker is made, replaced when its
/// settings change (the old one first takes the acknowledgements that are still to come), closed when it is switched off or deleted.
/// </summary>
internal sealed partial class MqttConnections(
    MqttBrokerDirectory directory, MqttClientOptionsFactory options, CreateMqttClient create, BrokerFeed feed, TimeProvider time, ILogger<MqttConnections> logger) : ITargetConnections
{
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Slot> _slots = new();
    private volatile bool _isRunning;

    public event Action<string>? Connected;

    /// <summary>Connects to all brokers, in the background, and follows their changes.</summary>
    public void Start()
    {
        _isRunning = true;
        directory.Changed += Settle;
        foreach (var broker in directory.All) Settle(broker.Id, broker);
    }

    /// <summary>Disconnects from all of them, in good order.</summary>
    public async Task StopAsync()
    {
        directory.Changed -= Settle;
        _isRunning = false;
        foreach (var id in _slots.Keys) Settle(id, null);
        await Task.WhenAll(_slots.Values.Select(s => s.Work));
    }

    /// <summary>The connection to use now; null when there is none: switched off, deleted, being replaced.</summary>
    public MqttConnection? Find(Guid brokerId) => _slots.TryGetValue(brokerId, out var slot) ? slot.Current : null;

    /// <summary>True as well when waiting would be in vain, because the broker was deleted.</summary>
    public bool IsConnected(string targetKey)
        => RuntimeMqttBroker.IdOf(targetKey) is not { } id || Find(id) is { IsConnected: true } || directory.Find(id) is null;

    public BrokerStatus StatusOf(Guid brokerId)
    {
        if (directory.Find(brokerId) is { Enabled: false }) return BrokerStatus.Disabled;
        if (!_slots.TryGetValue(brokerId, out var slot)) return new() { State = BrokerState.Stopped };
        return slot.Current is { } connection ? connection.Status : new() { State = BrokerState.Stopped, LastFailure = slot.Fault };
    }

    // One change of a broker at a time; changes that come meanwhile are taken together afterwards
    private void Settle(Guid id, RuntimeMqttBroker? broker)
    {
        var slot = _slots.GetOrAdd(id, static id => new(id));
        lock (slot)
        {
            slot.Wanted = broker is { Enabled: true } && _isRunning ? broker : null;
            if (slot.IsSettling) return;
            slot.IsSettling = true;
            slot.Work = SettleAsync(slot);
        }
        if (broker is null or { Enabled: false }) feed.Tell(new(TriggerKind.Mqtt, id, StatusOf(id)));
    }

    private async Task SettleAsync(Slot slot)
    {
        while (true)
        {
            MqttConnection? old;
            lock (slot)
            {
                if (slot.Current is null)
                {
                    slot.Fault = null;
                    if (slot.Wanted is { } wanted) Open(slot, wanted);
                    slot.IsSettling = false;
                    return;
                }
                if (slot.Wanted is { } broker && slot.Current.Fits(broker))
                {
                    slot.Current.Broker = broker;
                    slot.IsSettling = false;
                    return;
                }
                old = slot.Current;
                slot.Current = null; // from here on nothing new goes through it
            }
            try
            {
                await old.CloseAsync(s_drainLimit);
            }
            catch (Exception exception)
            {
                LogFault(old.Broker.Id, exception);
            }
        }
    }

    private void Open(Slot slot, RuntimeMqttBroker broker)
    {
        try
        {
            var connection = new MqttConnection(broker, create(options.Make(broker.Settings, broker.Address)), time);
            connection.Client.StatusChanged += status => OnStatus(connection, status);
            slot.Current = connection;
            connection.Client.Start();
        }
        catch (MqttArgumentException exception)
        {
            // Settings of another version of TriggerConsole; ours are checked when they are saved
            slot.Current = null;
            slot.Fault = new("settings", exception.Sentence);
            LogUnusable(broker.Id, broker.Name, exception.Sentence);
        }
    }

    private void OnStatus(MqttConnection connection, MqttStatus status)
    {
        var broker = connection.Broker;
        var view = connection.ToStatus(status);
        switch (status.State)
        {
            case MqttState.Connected:
                LogConnected(broker.Id, broker.Name, view.ProtocolVersion, view.RoundTripMs);
                Connected?.Invoke(broker.TargetKey);
                break;
            case MqttState.Waiting:
                LogAway(broker.Id, broker.Name, view.LastFailure?.Code, view.LastFailure?.Detail, view.NextTryAt);
                break;
        }
        feed.Tell(new(TriggerKind.Mqtt, broker.Id, view));
    }

    [LoggerMessage(EventIds.BrokerConnected, LogLevel.Information, "MQTT broker {BrokerId} ({BrokerName}) connected: MQTT {Version}, answered in {RoundTripMs} ms.")]
    private partial void LogConnected(Guid brokerId, string brokerName, string? version, double? roundTripMs);

    [LoggerMessage(EventIds.BrokerAway, LogLevel.Warning, "MQTT broker {BrokerId} ({BrokerName}) is away: {Code}, {Detail} Next try at {NextTryAt}.")]
    private partial void LogAway(Guid brokerId, string brokerName, string? code, string? detail, DateTimeOffset? nextTryAt);

    [LoggerMessage(EventIds.BrokerUnusable, LogLevel.Error, "MQTT broker {BrokerId} ({BrokerName}) has settings that cannot be used: {Sentence}")]
    private partial void LogUnusable(Guid brokerId, string brokerName, string sentence);

    [LoggerMessage(EventIds.BrokerFault, LogLevel.Error, "A fault of ours while the connection to MQTT broker {BrokerId} was closed.")]
    private partial void LogFault(Guid brokerId, Exception exception);

    /// <summary>What is and what shall be for one broker. Its own lock guards it, but for reading <see cref="Current"/>.</summary>
    private sealed class Slot(Guid id)
    {
        private volatile MqttConnection? _current;

        public Guid Id { get; } = id;

        /// <summary>Null for none.</summary>
        public RuntimeMqttBroker? Wanted { get; set; }

        public MqttConnection? Current { get => _current; set => _current = value; }

        public BrokerFailure? Fault { get; set; }

        public bool IsSettling { get; set; }

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
