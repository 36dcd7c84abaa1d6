using System.Collections.Concurrent;
using TriggerConsole.Core.Nodes;

namespace TriggerConsole.Core.Identity.Sessions;

/// <summary>Sessions that have just ended, or whose user may do less than before.</summary>
/// <param name="Session">Null for all of the user's.</param>
/// <param name="Except">That one goes on.</param>
internal sealed record SessionEnd(Guid User, Guid? Session, Guid? Except)
{
    private const string None = "-";

    public bool Concerns(Guid user, Guid? session) => user == User && (Session is null || session == Session) && (Except is null || session != Except);

    /// <summary>As other nodes are told.</summary>
    public string Compose() => $"{User:N} {Session?.ToString("N") ?? None} {Except?.ToString("N") ?? None}";

    public static SessionEnd? Read(string text)
        => text.Split(' ') is [var user, var session, var except] && Guid.TryParseExact(user, "N", out var id) && TryRead(session, out var one) && TryRead(except, out var other) ? new(id, one, other) : null;

    private static bool TryRead(string text, out Guid? id)
    {
        id = Guid.TryParseExact(text, "N", out var read) ? read : null;
        return id is not null || text == None;
    }
}

/// <summary>
/// Tells open pages, live connections and whoever remembers sessions that one has ended, on this node and on the others, so that they need
/// not find out by asking. What other nodes say may be lost; each looks at its sessions once a minute all the same.
/// </summary>
internal sealed class SessionEndings : IDisposable
{
    private readonly ConcurrentDictionary<Action<SessionEnd>, byte> _listeners = new();
    private readonly ConcurrentDictionary<Guid, long> _changed = new();
    private readonly INodeMessages _messages;
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;
    private long _allChanged = long.MinValue;

    public SessionEndings(INodeMessages messages, TimeProvider time)
    {
        (_messages, _time) = (messages, time);
        _subscription = messages.Subscribe(NodeTopics.Sessions, Hear);
        messages.Missed += LookAllAgain;
    }

    /// <param name="listener">Must not throw and not wait.</param>
    public IDisposable OnEnded(Action<SessionEnd> listener)
    {
        _listeners.TryAdd(listener, 0);
        return new Listening(this, listener);
    }

    /// <summary>To be called once the end is in the database.</summary>
    public void Tell(SessionEnd end)
    {
        TellHere(end);
        _messages.Publish(NodeTopics.Sessions, end.Compose());
    }

    /// <summary>The user has changed, and no session has ended: what was read of him before is too old.</summary>
    public void LookAgain(Guid user)
    {
        _changed[user] = _time.GetTimestamp();
        _messages.Publish(NodeTopics.Sessions, user.ToString("N"));
    }

    /// <summary>Whether what was read of a user and his sessions from this moment on (<see cref="TimeProvider.GetTimestamp"/>) may be too old.</summary>
    public bool HasChangedSince(Guid user, long timestamp) => Volatile.Read(ref _allChanged) >= timestamp || (_changed.TryGetValue(user, out var at) && at >= timestamp);

    public void Dispose()
    {
        _subscription.Dispose();
        _messages.Missed -= LookAllAgain;
    }

    private void TellHere(SessionEnd end)
    {
        _changed[end.User] = _time.GetTimestamp(); // before the listeners: whoever they throw out may be back at once
        foreach (var listener in _listeners.Keys) listener(end);
    }

    private void Hear(NodeMessage message)
    {
        if (SessionEnd.Read(message.Payload) is { } end) TellHere(end);
        else if (Guid.TryParseExact(message.Payload, "N", out var user)) _changed[user] = _time.GetTimestamp();
    }

    private void LookAllAgain() => Volatile.Write(ref _allChanged, _time.GetTimestamp());

    private sealed class Listening(SessionEndings endings, Action<SessionEnd> listener) : IDisposable
    {
        public void Dispose() => endings._listeners.TryRemove(listener, out _);
    }
}
