using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Brokers;

/// <summary>
/// One kept connection for each broker of one kind that is switched on. Follows the directory: made when a broker is made, replaced
/// when its settings change (the old one first takes the acknowledgements that are still to come), closed when it is switched off or
/// deleted.
/// </summary>
internal abstract partial class BrokerConnections<TBroker, TConnection>(TriggerKind kind, BrokerDirectory<TBroker> directory, BrokerFeed feed, TimeProvider time, ILogger logger) : ITargetConnections, IBrokerStatuses
    where TBroker : RuntimeBroker
    where TConnection : BrokerConnection<TBroker>
{
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_prepareAgain = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_connectStep = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Slot> _slots = new();
    private readonly string _protocol = kind.ToString().ToUpperInvariant();
    private volatile bool _isRunning;

    public event Action<string>? Connected;

    public TriggerKind Kind => kind;

    public bool KeepsNone { get; set; }

    public Func<Guid, IReadOnlyList<NodeBrokerStatus>>? Elsewhere { get; set; }

    /// <summary>Connects to all brokers, in the background, and follows their changes.</summary>
    public void Start()
    {
        _isRunning = true;
        directory.Changed += Settle;
        if (KeepsNone) return;
        foreach (var broker in directory.All) Settle(broker.Id, broker);
    }

    /// <summary>Makes all connections anew: what they call themselves at brokers has changed.</summary>
    public void Restart()
    {
        foreach (var id in _slots.Keys) Settle(id, directory.Find(id), isAnew: true);
    }

    public async ValueTask EnsureAsync(string targetKey, CancellationToken cancellationToken)
    {
        if (!KeepsNone || IdOf(targetKey) is not { } id || directory.Find(id) is not { Enabled: true } broker) return;
        var slot = _slots.GetOrAdd(id, static _ => new());
        slot.UsedAt = time.GetTimestamp();
        slot.IsInUse = true;
        Settle(id, broker);
        var start = time.GetTimestamp();
        while (slot.Current is not { IsConnected: true } && slot.Current is not { Status.State: BrokerState.Waiting } && slot.Fault is null && time.GetElapsedTime(start) < s_connectLimit)
            await Task.Delay(s_connectStep, time, cancellationToken);
        _ = CloseWhenIdleAsync(id, slot);
    }

    public IReadOnlyList<NodeBroker> Report()
    {
        if (KeepsNone) return [];
        return [.. directory.All.Where(b => b.Enabled).Select(b => (b.Id, Status: OwnStatusOf(b.Id)))
            .Select(b => new NodeBroker(kind, b.Id, b.Status.State, b.Status.ConnectedSince, b.Status.State == BrokerState.Connected ? null : b.Status.BlockedReason ?? b.Status.LastFailure?.Detail))];
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
    public TConnection? Find(Guid brokerId) => _slots.TryGetValue(brokerId, out var slot) ? slot.Current : null;

    /// <summary>True as well when waiting would be in vain, because the broker was deleted.</summary>
    public bool IsConnected(string targetKey) => IdOf(targetKey) is not { } id || Find(id) is { IsConnected: true } || directory.Find(id) is null;

    public BrokerStatus StatusOf(Guid brokerId)
    {
        var own = OwnStatusOf(brokerId);
        if (Elsewhere?.Invoke(brokerId) is not { Count: > 0 } nodes) return own;
        // Of a node that keeps none, the best that another one has says how things stand
        if (!KeepsNone || own.State != BrokerState.Stopped) return own with { Nodes = nodes };
        var best = nodes.MinBy(n => n.State switch { BrokerState.Connected => 0, BrokerState.Blocked => 1, BrokerState.Connecting => 2, _ => 3 })!;
        return new() { State = best.State, ConnectedSince = best.ConnectedSince, LastFailure = best.Problem is { } problem ? new("away", problem) : null, Nodes = nodes };
    }

    private BrokerStatus OwnStatusOf(Guid brokerId)
    {
        if (directory.Find(brokerId) is { Enabled: false }) return BrokerStatus.Disabled;
        if (!_slots.TryGetValue(brokerId, out var slot)) return new() { State = BrokerState.Stopped };
        return slot.Current is { } connection ? connection.Status : new() { State = BrokerState.Stopped, LastFailure = slot.Fault };
    }

    protected abstract Guid? IdOf(string targetKey);

    /// <exception cref="BrokerSettingsException"/>
    protected abstract TConnection Create(TBroker broker);

    /// <summary>What a connection that has come up needs before executions go on. Faults of the broker are no exceptions here.</summary>
    protected virtual ValueTask PrepareAsync(TConnection connection) => default;

    // One change of a broker at a time; changes that come meanwhile are taken together afterwards
    private void Settle(Guid id, TBroker? broker) => Settle(id, broker, isAnew: false);

    private void Settle(Guid id, TBroker? broker, bool isAnew)
    {
        var slot = _slots.GetOrAdd(id, static _ => new());
        lock (slot)
        {
            slot.Wanted = broker is { Enabled: true } && _isRunning && (!KeepsNone || slot.IsInUse) ? broker : null;
            slot.MustClose |= isAnew;
            if (slot.IsSettling) return;
            slot.IsSettling = true;
            slot.Work = SettleAsync(slot);
        }
        if (broker is null or { Enabled: false }) feed.Tell(new(kind, id, StatusOf(id)));
    }

    private async Task SettleAsync(Slot slot)
    {
        while (true)
        {
            TConnection? old;
            lock (slot)
            {
                if (slot.Current is null)
                {
                    (slot.Fault, slot.MustClose) = (null, false);
                    if (slot.Wanted is { } wanted) Open(slot, wanted);
                    slot.IsSettling = false;
                    return;
                }
                if (slot.Wanted is { } broker && slot.Current.Fits(broker) && !slot.MustClose)
                {
                    slot.Current.Broker = broker;
                    slot.IsSettling = false;
                    return;
                }
                old = slot.Current;
                slot.MustClose = false;
                slot.Current = null; // from here on nothing new goes through it
            }
            try
            {
                await old.CloseAsync(s_drainLimit);
            }
            catch (Exception exception)
            {
                LogFault(_protocol, old.Broker.Id, exception);
            }
        }
    }

    private async Task CloseWhenIdleAsync(Guid id, Slot slot)
    {
        await Task.Delay(s_idle, time);
        if (time.GetElapsedTime(slot.UsedAt) < s_idle) return; // used again since
        slot.IsInUse = false;
        Settle(id, directory.Find(id));
    }

    private void Open(Slot slot, TBroker broker)
    {
        try
        {
            var connection = Create(broker);
            connection.StatusChanged = status => OnStatus(connection, status);
            slot.Current = connection;
            connection.Start();
        }
        catch (BrokerSettingsException exception)
        {
            // Settings of another version of TriggerConsole; ours are checked when they are saved
            slot.Current = null;
            slot.Fault = new("settings", exception.Message);
            LogUnusable(_protocol, broker.Id, broker.Name, exception.Message);
        }
    }

    private void OnStatus(TConnection connection, BrokerStatus status)
    {
        var broker = connection.Broker;
        switch (status.State)
        {
            case BrokerState.Connected:
                LogConnected(_protocol, broker.Id, broker.Name, status.ProtocolVersion, status.RoundTripMs);
                Prepare(connection);
                break;
            case BrokerState.Waiting:
                LogAway(_protocol, broker.Id, broker.Name, status.LastFailure?.Code, status.LastFailure?.Detail, status.NextTryAt);
                break;
            case BrokerState.Blocked:
                LogBlocked(_protocol, broker.Id, broker.Name, status.BlockedReason);
                break;
        }
        feed.Tell(new(kind, broker.Id, status));
    }

    // Until it is done, nothing goes out: so a fault of the moment (our database is away) must not be the end of it
    private async void Prepare(TConnection connection)
    {
        while (true)
        {
            try
            {
                await PrepareAsync(connection);
                break;
            }
            catch (Exception exception)
            {
                LogUnprepared(_protocol, connection.Broker.Id, exception);
            }
            await Task.Delay(s_prepareAgain, time);
            if (connection.Status.State is not (BrokerState.Connected or BrokerState.Blocked)) return;
        }
        if (connection.IsConnected) Connected?.Invoke(connection.Broker.TargetKey);
    }

    [LoggerMessage(EventIds.BrokerConnected, LogLevel.Information, "{Protocol} broker {BrokerId} ({BrokerName}) connected: version {Version}, answered in {RoundTripMs} ms.")]
    private partial void LogConnected(string protocol, Guid brokerId, string brokerName, string? version, double? roundTripMs);

    [LoggerMessage(EventIds.BrokerAway, LogLevel.Warning, "{Protocol} broker {BrokerId} ({BrokerName}) is away: {Code}, {Detail} Next try at {NextTryAt}.")]
    private partial void LogAway(string protocol, Guid brokerId, string brokerName, string? code, string? detail, DateTimeOffset? nextTryAt);

    [LoggerMessage(EventIds.BrokerBlocked, LogLevel.Warning, "{Protocol} broker {BrokerId} ({BrokerName}) takes no messages for now: {Reason}")]
    private partial void LogBlocked(string protocol, Guid brokerId, string brokerName, string? reason);

    [LoggerMessage(EventIds.BrokerUnusable, LogLevel.Error, "{Protocol} broker {BrokerId} ({BrokerName}) has settings that cannot be used: {Sentence}")]
    private partial void LogUnusable(string protocol, Guid brokerId, string brokerName, string sentence);

    [LoggerMessage(EventIds.BrokerFault, LogLevel.Error, "A fault of ours while the connection to {Protocol} broker {BrokerId} was closed.")]
    private partial void LogFault(string protocol, Guid brokerId, Exception exception);

    [LoggerMessage(EventIds.BrokerUnprepared, LogLevel.Error, "A fault of ours after the connection to {Protocol} broker {BrokerId} came up.")]
    private partial void LogUnprepared(string protocol, Guid brokerId, Exception exception);

    /// <summary>What is and what shall be for one broker. Its own lock guards it, but for reading <see cref="Current"/>.</summary>
    private sealed class Slot
    {
        private volatile TConnection? _current;

        /// <summary>Null for none.</summary>
        public TBroker? Wanted { get; set; }

        public TConnection? Current { get => _current; set => _current = value; }

        public BrokerFailure? Fault { get; set; }

        public bool IsSettling { get; set; }

        /// <summary>The present connection is to be replaced even if its settings are the same.</summary>
        public bool MustClose { get; set; }

        /// <summary>Someone needs it just now, on a node that keeps none.</summary>
        public bool IsInUse { get; set; }

        public long UsedAt { get; set; }

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
