using System.Globalization;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Live;

namespace TriggerConsole.Core.Nodes;

/// <summary>Carries what is committed here to the pages and hubs of other nodes, at most four times a second and in one short message, and theirs to ours.</summary>
internal sealed class FeedRelay : IDisposable
{
    private const int BytesPerChange = 33;
    private const int MostChanges = 160;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly INodeMessages _messages;
    private readonly INodeStore _store;
    private readonly NodeDirectory _nodes;
    private readonly ExecutionFeed _feed;
    private readonly Throttle _throttle;
    private readonly FeedGatherer _gathered = new(MostChanges);
    private IDisposable? _own;
    private IDisposable? _others;

    public FeedRelay(INodeMessages messages, INodeStore store, NodeDirectory nodes, ExecutionFeed feed, TimeProvider time)
    {
        (_messages, _store, _nodes, _feed) = (messages, store, nodes, feed);
        _throttle = new(SendAsync, s_interval, time);
    }

    public void Start()
    {
        if (!_store.IsShared) return;
        _own = _feed.OnChanged(Note);
        _others = _messages.Subscribe(NodeTopics.Feed, message => _feed.Tell(Read(message.Payload)));
    }

    public void Dispose()
    {
        _own?.Dispose();
        _others?.Dispose();
        _throttle.Dispose();
    }

    /// <summary><c>accepted truncated base64</c>; each change is execution, trigger and status.</summary>
    internal static string Write(FeedChange news)
    {
        var bytes = new byte[news.Changes.Count * BytesPerChange];
        var at = 0;
        foreach (var change in news.Changes)
        {
            change.ExecutionId.TryWriteBytes(bytes.AsSpan(at));
            (change.TriggerId ?? Guid.Empty).TryWriteBytes(bytes.AsSpan(at + 16));
            bytes[at + 32] = (byte)change.Status;
            at += BytesPerChange;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{news.EventsAccepted} {(news.Truncated ? 1 : 0)} {Convert.ToBase64String(bytes)}");
    }

    internal static FeedChange Read(string payload)
    {
        var parts = payload.Split(' ');
        var bytes = Convert.FromBase64String(parts[2]);
        var changes = new List<ExecutionChanged>(bytes.Length / BytesPerChange);
        for (var at = 0; at + BytesPerChange <= bytes.Length; at += BytesPerChange)
        {
            var trigger = new Guid(bytes.AsSpan(at + 16, 16));
            changes.Add(new(new(bytes.AsSpan(at, 16)), trigger == Guid.Empty ? null : trigger, (ExecutionStatus)bytes[at + 32]));
        }
        return new(int.Parse(parts[0], CultureInfo.InvariantCulture), changes, parts[1] == "1") { IsOfOtherNode = true };
    }

    private void Note(FeedChange change)
    {
        if (change.IsOfOtherNode || !_nodes.HasOthers) return;
        _gathered.Add(change);
        _throttle.Signal();
    }

    private Task SendAsync()
    {
        _messages.Publish(NodeTopics.Feed, Write(_gathered.Take()));
        return Task.CompletedTask;
    }
}
