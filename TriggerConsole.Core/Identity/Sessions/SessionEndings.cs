using System.Collections.Concurrent;

namespace TriggerConsole.Core.Identity.Sessions;

/// <summary>Sessions that have just ended on this node, or whose user may do less than before.</summary>
/// <param name="Session">Null for all of the user's.</param>
/// <param name="Except">That one goes on.</param>
internal sealed record SessionEnd(Guid User, Guid? Session, Guid? Except)
{
    public bool Concerns(Guid user, Guid? session) => user == User && (Session is null || session == Session) && (Except is null || session != Except);
}

/// <summary>Tells open pages and live connections of this node that their session has ended, so that they need not find out by asking.</summary>
internal sealed class SessionEndings
{
    private readonly ConcurrentDictionary<Action<SessionEnd>, byte> _listeners = new();

    /// <param name="listener">Must not throw and not wait.</param>
    public IDisposable OnEnded(Action<SessionEnd> listener)
    {
        _listeners.TryAdd(listener, 0);
        return new Listening(this, listener);
    }

    public void Tell(SessionEnd end)
    {
        foreach (var listener in _listeners.Keys) listener(end);
    }

    private sealed class Listening(SessionEndings endings, Action<SessionEnd> listener) : IDisposable
    {
        public void Dispose() => endings._listeners.TryRemove(listener, out _);
    }
}
