using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Nodes;

/// <summary>
/// Tells other nodes of rows that wait in the table, and this one of theirs: what was gathered in some milliseconds goes as one
/// message. Under it lies a net, a look into the table now and then, so that a message that is lost costs seconds and nothing else.
/// </summary>
internal sealed partial class WorkSignals(
    INodeStore store, INodeMessages messages, NodeDirectory nodes, NodePlacement placement, Dispatcher dispatcher, TimeProvider time, ILogger<WorkSignals> logger) : IDisposable
{
    /// <summary>Stands for: look for all triggers.</summary>
    private const string Everything = "*";

    private const int BytesPerTrigger = 24;
    private const int MostTriggers = 200;
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Dictionary<Guid, DateTimeOffset> _waiting = [];
    private bool _all;
    private ITimer? _send;
    private ITimer? _net;
    private IDisposable? _subscription;
    private int _isLooking;

    /// <summary>Begins to listen; from here on the dispatcher knows the triggers.</summary>
    public void Start()
    {
        if (!store.IsShared) return;
        _send = time.CreateTimer(_ => Send(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!placement.RunsWork) return;
        _subscription = messages.Subscribe(NodeTopics.Work, Hear);
        messages.Missed += Look;
        _net = time.CreateTimer(_ => Look(), null, s_look, s_look);
    }

    /// <summary>Observer of the journal: takes note of what may be another node's to run.</summary>
    public void Committed(IReadOnlyList<JournalEntry> entries)
    {
        if (!nodes.HasOthers) return;
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case AcceptEntry { IsRepeated: false } accept:
                    foreach (var execution in accept.Executions)
                        if (execution is { OwnerId: null, TriggerId: { } trigger }) Note(trigger, execution.DueAt);
                    break;
                case AttemptEntry { Applied: true, Change: { Status: ExecutionStatus.Retrying, TriggerId: { } trigger } change }:
                    Note(trigger, change.DueAt);
                    break;
                case MoveEntry { Applied: true, Move: ExecutionMove.RetryNow or ExecutionMove.Release, TriggerId: { } trigger } move:
                    Note(trigger, move.At);
                    break;
                case ReleaseAllEntry:
                    NoteAll();
                    break;
            }
        }
    }

    /// <summary>Executions of these triggers came back to the table.</summary>
    public void Announce(IReadOnlyList<Guid> triggers)
    {
        var now = time.GetUtcNow();
        foreach (var trigger in triggers) Note(trigger, now);
        if (_subscription is not null) dispatcher.NoteTable(triggers.Select(t => (t, now)));
    }

    /// <summary>Sends what is gathered: the node stops.</summary>
    public void Stop()
    {
        messages.Missed -= Look;
        _subscription?.Dispose();
        _net?.Dispose();
        Send();
    }

    public void Dispose()
    {
        _send?.Dispose();
        _net?.Dispose();
        _subscription?.Dispose();
    }

    internal static string Write(IReadOnlyCollection<KeyValuePair<Guid, DateTimeOffset>> waiting)
    {
        var bytes = new byte[waiting.Count * BytesPerTrigger];
        var at = 0;
        foreach (var (trigger, due) in waiting)
        {
            trigger.TryWriteBytes(bytes.AsSpan(at));
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at + 16), due.UtcTicks);
            at += BytesPerTrigger;
        }
        return Convert.ToBase64String(bytes);
    }

    internal static IEnumerable<(Guid Trigger, DateTimeOffset Due)> Read(string payload)
    {
        var bytes = Convert.FromBase64String(payload);
        for (var at = 0; at + BytesPerTrigger <= bytes.Length; at += BytesPerTrigger)
            yield return (new(bytes.AsSpan(at, 16)), new(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + 16)), TimeSpan.Zero));
    }

    private void Note(Guid trigger, DateTimeOffset due)
    {
        lock (_gate)
        {
            var isFirst = _waiting.Count == 0 && !_all;
            if (_waiting.TryGetValue(trigger, out var before)) _waiting[trigger] = due < before ? due : before;
            else if (_waiting.Count < MostTriggers) _waiting[trigger] = due;
            else _all = true;
            if (isFirst) _send?.Change(s_gather, Timeout.InfiniteTimeSpan);
        }
    }

    private void NoteAll()
    {
        lock (_gate)
        {
            _all = true;
            _send?.Change(s_gather, Timeout.InfiniteTimeSpan);
        }
    }

    private void Send()
    {
        Dictionary<Guid, DateTimeOffset> waiting;
        bool all;
        lock (_gate) (waiting, all, _waiting, _all) = (_waiting, _all, [], false);
        if (all || waiting.Count > 0) messages.Publish(NodeTopics.Work, all ? Everything : Write(waiting));
    }

    private void Hear(NodeMessage message)
    {
        if (message.Payload == Everything) Look();
        else dispatcher.NoteTable(Read(message.Payload));
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 0) _ = LookAsync();
    }

    private async Task LookAsync()
    {
        try
        {
            dispatcher.NoteTable(await store.WaitingAsync(CancellationToken.None));
        }
        catch (Exception exception)
        {
            LogLookFailed(exception.Message); // the database is away; the next look follows
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    [LoggerMessage(EventIds.LookFailed, LogLevel.Debug, "The look for executions that wait failed: {Reason}")]
    private partial void LogLookFailed(string reason);
}
