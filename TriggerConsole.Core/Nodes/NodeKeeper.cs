using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Live;

namespace TriggerConsole.Core.Nodes;

/// <summary>
/// Keeps this node's row: says that it is alive, finds nodes that are not and gives back what they held, and notices when it was
/// itself taken for dead. <c>docs/nodes.md</c> and <c>docs/adr/0007-nodes-and-leases.md</c> tell the whole.
/// </summary>
internal sealed partial class NodeKeeper(
    INodeStore store, ExecutionNode node, NodeDirectory directory, NodePlacement placement, NodeLease lease, INodeMessages messages, WorkSignals signals, Dispatcher dispatcher, NodeBrokers brokers, BrokerFeed feed,
    ExecutionJournal journal, EngineMetrics metrics, IOptions<NodeOptions> options, IOptions<ExecutionOptions> execution, TimeProvider time, ILogger<NodeKeeper> logger) : IDisposable
{
    // Where nobody waits for it, it is for people to see
    private const int SlowerWhenAlone = 5;
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeOptions _options = options.Value;
    private readonly DateTimeOffset _startedAt = time.Now();
    private IDisposable? _subscription;
    private IDisposable? _feed;
    private volatile bool _hasNews;
    private int _hasStopped;
    private Task _loop = Task.CompletedTask;
    private long _orphansLookedAt;
    private bool _isFailing;

    /// <summary>What people call this node.</summary>
    public string Name { get; } = NameOf(options.Value);

    public NodeRole Role => _options.Role;

    /// <summary>As it is configured, else machine and process.</summary>
    public static string NameOf(NodeOptions options) => string.IsNullOrWhiteSpace(options.Name) ? $"{Environment.MachineName}-{Environment.ProcessId}" : options.Name.Trim();

    /// <summary>Raised when another node took this one's slot while it was away.</summary>
    public event Action? SlotChanged;

    /// <summary>Registers, after what dead nodes held is back in the table, and goes on saying that it is alive. Comes before anything is owned.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!store.IsShared && Role != NodeRole.All)
            throw new InvalidOperationException($"Node:Role is {Role}, but this database belongs to one node alone, which must do everything. Take the key out, or set Database:Provider to PostgreSql.");
        node.SharesDatabase = store.IsShared;
        dispatcher.AttemptFenced += _ => metrics.AttemptFenced();
        if (store.IsShared)
        {
            // Before the slots are counted: a node that is started again gets the one it had
            await RescueAsync(await store.ListAsync(cancellationToken) is var rows ? [.. rows.Select(NodeView.Of).Where(NodeProcess.IsSurelyGone).Select(n => n.Id)] : [], cancellationToken);
        }
        await RegisterAsync(node.Id, null, cancellationToken);
        _subscription = messages.Subscribe(NodeTopics.Members, _ => Wake());
        _feed = feed.OnChanged(OnBroker);
        await RunOnceAsync(cancellationToken);
        messages.Publish(NodeTopics.Members, "");
        _loop = Task.Run(LoopAsync, CancellationToken.None);
    }

    /// <summary>Gives the row back: what the node held is in the table again.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _hasStopped, 1) != 0) return;
        _subscription?.Dispose();
        _feed?.Dispose();
        await _stop.CancelAsync();
        await _loop;
        try
        {
            await store.RemoveAsync(node.Id, CancellationToken.None);
            messages.Publish(NodeTopics.Members, "");
        }
        catch (Exception exception)
        {
            LogNotRemoved(exception.Message);
        }
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _stop.Dispose();
        _wake.Dispose();
    }

    /// <summary>One heartbeat, and what follows from it.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var sentAt = time.GetTimestamp();
        var rows = await store.BeatAsync(node.Id, Workers, State().Write(), _options.Lease, cancellationToken);
        if (rows is null)
        {
            await StartAgainAsync(cancellationToken);
            return;
        }
        var mayStart = lease.MayStart;
        if (store.IsShared) lease.Renew(sentAt);
        if (!mayStart) dispatcher.Pump();
        TakeOver([.. rows.Where(r => r.IsAlive).Select(r => NodeView.Of(r.Node))]);
        if (!store.IsShared) return;
        Guid[] gone = [.. rows.Select(r => NodeView.Of(r.Node)).Where(NodeProcess.IsSurelyGone).Select(n => n.Id)];
        if (gone.Length > 0 || rows.Any(r => !r.IsAlive) || time.GetElapsedTime(_orphansLookedAt) > _options.Lease) await RescueAsync(gone, cancellationToken);
    }

    /// <summary>Whether the last heartbeat could not be written.</summary>
    public bool IsFailing => Volatile.Read(ref _isFailing);

    private int Workers => placement.RunsWork ? execution.Value.MaxConcurrency : 0;

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wait = _isFailing ? Shorter(s_retry, _options.Heartbeat) : store.IsShared ? _options.Heartbeat : _options.Heartbeat * SlowerWhenAlone;
            try
            {
                if (await _wake.WaitAsync(wait, _stop.Token)) await Task.Delay(s_gather, _stop.Token); // several may come together
                var hasNews = _hasNews;
                _hasNews = false;
                await RunOnceAsync(_stop.Token);
                if (hasNews && directory.HasOthers) messages.Publish(NodeTopics.Members, "");
                if (_isFailing) LogBeatsAgain();
                _isFailing = false;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                if (!_isFailing) LogBeatFailed(exception.Message);
                _isFailing = true;
            }
            catch (OperationCanceledException)
            {
                return; // stopping
            }
        }
    }

    /// <summary>The row is gone: others have taken this node for dead. It goes on as a new one.</summary>
    private async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        var before = node.Id;
        var (id, slot) = (Uuid7.New(time.GetUtcNow()), node.Slot);
        LogLeaseLost(before, id);
        metrics.LeaseLost();
        await RegisterAsync(id, slot, cancellationToken); // first the row, then executions that say it
        dispatcher.TakeNewNode(() => node.Become(id));
        if (node.Slot != slot) SlotChanged?.Invoke();
        messages.Publish(NodeTopics.Members, "");
        await RunOnceAsync(cancellationToken);
    }

    private async Task RegisterAsync(Guid id, int? slot, CancellationToken cancellationToken)
    {
        var state = State();
        node.Slot = await store.RegisterAsync(new()
        {
            Id = id,
            Name = Name.Length > Node.MaxNameLength ? Name[..Node.MaxNameLength] : Name,
            Host = NodeProcess.Host,
            ProcessId = Environment.ProcessId,
            Role = Role.ToString().ToLowerInvariant(),
            Version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "",
            StartedAt = _startedAt,
            HeartbeatAt = _startedAt,
            Workers = Workers,
            State = state.Write(),
        }, state, slot, cancellationToken);
    }

    private async Task RescueAsync(Guid[] gone, CancellationToken cancellationToken)
    {
        _orphansLookedAt = time.GetTimestamp();
        var rescue = await store.RescueAsync(node.Id, gone, _options.Lease, withOrphans: true, cancellationToken);
        if (rescue.Nodes.Count == 0 && rescue.Executions == 0) return;
        LogRescued(rescue.Nodes.Count == 0 ? "a node without a row" : string.Join(", ", rescue.Nodes), rescue.Executions);
        metrics.Rescued(rescue.Executions);
        signals.Announce(rescue.Triggers);
        messages.Publish(NodeTopics.Members, "");
        Wake();
    }

    private void TakeOver(IReadOnlyList<NodeView> living)
    {
        bool? joined = null;
        void Note(bool hasJoined) => joined = hasJoined;
        var before = directory.All;
        directory.Changed += Note;
        directory.Set(living, node.Id);
        directory.Changed -= Note;
        brokers.Compare(before, directory.All, node.Id);
        if (joined is not { } hasJoined) return;
        placement.Note(hasJoined);
        dispatcher.Replace();
    }

    // Others show what our connections do
    private void OnBroker(BrokerChanged change)
    {
        if (change.Node is not null || !directory.HasOthers) return;
        _hasNews = true;
        Wake();
    }

    private NodeState State()
    {
        var figures = dispatcher.Figures;
        return new() { Running = figures.Running, Held = figures.Held, Slot = node.Slot, ProcessStart = NodeProcess.Start, IsWriting = journal.Fault is null, Brokers = brokers.Report() };
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (SemaphoreFullException) { } // two at the same moment: one is enough
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(EventIds.LeaseLost, LogLevel.Warning, "Node {Before} was silent for too long and was taken for dead; others have taken its work over. It goes on as node {After}.")]
    private partial void LogLeaseLost(Guid before, Guid after);

    [LoggerMessage(EventIds.NodeRescued, LogLevel.Warning, "{Nodes} ended without a word: {Executions} executions that it held are back in the queue.")]
    private partial void LogRescued(string nodes, int executions);

    [LoggerMessage(EventIds.HeartbeatFailed, LogLevel.Warning, "The heartbeat could not be written: {Reason} It is tried again; if that takes too long, nothing new is begun.")]
    private partial void LogBeatFailed(string reason);

    [LoggerMessage(EventIds.HeartbeatBack, LogLevel.Information, "The heartbeat is written again.")]
    private partial void LogBeatsAgain();

    [LoggerMessage(EventIds.NodeNotRemoved, LogLevel.Warning, "The node's row could not be deleted: {Reason} Another node, or the next start, does it.")]
    private partial void LogNotRemoved(string reason);
}
