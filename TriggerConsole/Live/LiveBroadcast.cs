using Microsoft.AspNetCore.SignalR;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Live;

/// <summary>Carries the feed to the hub: gathers what was committed and sends it in steps. With no client it costs a glance.</summary>
internal sealed class LiveBroadcast : IHostedService, IDisposable
{
    private const int MostPerMessage = 500;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private static int s_clients;

    private readonly IHubContext<LiveHub, ILiveClient> _hub;
    private readonly ExecutionFeed _feed;
    private readonly BrokerFeed _brokers;
    private readonly TriggerDirectory _triggers;
    private readonly Dispatcher _dispatcher;
    private readonly ILogger<LiveBroadcast> _logger;
    private readonly Throttle _throttle;
    private readonly FeedGatherer _gathered = new(MostPerMessage);
    private readonly Lock _gate = new();
    private Dictionary<(Guid Id, string? Node), BrokerChanged> _brokerChanges = [];
    private IDisposable? _subscription;
    private IDisposable? _brokerSubscription;

    public LiveBroadcast(
        IHubContext<LiveHub, ILiveClient> hub, ExecutionFeed feed, BrokerFeed brokers, TriggerDirectory triggers, Dispatcher dispatcher, TimeProvider time, ILogger<LiveBroadcast> logger)
    {
        (_hub, _feed, _brokers, _triggers, _dispatcher, _logger) = (hub, feed, brokers, triggers, dispatcher, logger);
        _throttle = new(SendAsync, s_interval, time);
    }

    public static void ClientCame() => Interlocked.Increment(ref s_clients);

    public static void ClientWent() => Interlocked.Decrement(ref s_clients);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = _feed.OnChanged(Note);
        _brokerSubscription = _brokers.OnChanged(Note);
        _dispatcher.CircuitMoved += OnCircuit;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _dispatcher.CircuitMoved -= OnCircuit;
        _subscription?.Dispose();
        _brokerSubscription?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _brokerSubscription?.Dispose();
        _throttle.Dispose();
    }

    private void Note(FeedChange change)
    {
        if (Volatile.Read(ref s_clients) == 0) return;
        _gathered.Add(change);
        _throttle.Signal();
    }

    private void Note(BrokerChanged change)
    {
        if (Volatile.Read(ref s_clients) == 0) return;
        lock (_gate) _brokerChanges[(change.BrokerId, change.Node)] = change; // what came before is out of date
        _throttle.Signal();
    }

    private async Task SendAsync()
    {
        var (accepted, changes, truncated) = _gathered.Take();
        Dictionary<(Guid Id, string? Node), BrokerChanged> brokers;
        lock (_gate) (brokers, _brokerChanges) = (_brokerChanges, []);
        try
        {
            foreach (var ((id, node), broker) in brokers)
            {
                var status = broker.Status;
                await _hub.Clients.Group(LiveHub.AllGroup).BrokerStatusChanged(
                    new(broker.Kind, id, status.State, status.ConnectedSince, status.RoundTripMs, status.InFlight, status.LastFailure, status.NextTryAt, status.BlockedReason, node));
            }
            if (changes.Count == 0 && accepted == 0) return;
            var news = changes.Select(c => new ExecutionNews(c.ExecutionId, c.TriggerId, c.TriggerId is { } id ? _triggers.Find(id)?.CallbackId : null, c.Status)).ToList();
            await _hub.Clients.Group(LiveHub.AllGroup).News(new(accepted, news, truncated));
            foreach (var ofTrigger in news.Where(n => n.TriggerId is not null).GroupBy(n => n.TriggerId!.Value))
                await _hub.Clients.Group(LiveHub.GroupOfTrigger(ofTrigger.Key)).News(new(0, [.. ofTrigger], truncated));
            foreach (var ofCallback in news.Where(n => n.CallbackId is not null).GroupBy(n => n.CallbackId!.Value))
                await _hub.Clients.Group(LiveHub.GroupOfCallback(ofCallback.Key)).News(new(0, [.. ofCallback], truncated));
        }
        catch (Exception exception)
        {
            LiveLog.SendFailed(_logger, exception); // the next step tells what has come since
        }
    }

    private void OnCircuit(CircuitView circuit)
        => _ = _hub.Clients.Group(LiveHub.AllGroup).Circuit(new(circuit.Target, circuit.State.ToString(), circuit.OpenUntil, circuit.LastCode));
}

internal static partial class LiveLog
{
    [LoggerMessage(1501, LogLevel.Warning, "News could not be sent to the clients of the hub.")]
    public static partial void SendFailed(ILogger logger, Exception exception);
}
