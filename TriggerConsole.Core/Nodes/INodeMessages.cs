namespace TriggerConsole.Core.Nodes;

/// <summary>
/// Short messages between the nodes that share a database. They hurry things up and carry nothing that must not be lost: what
/// counts is in the database, and whoever may have missed some looks there.
/// </summary>
public interface INodeMessages
{
    /// <summary>Bytes of UTF-8 that one message may have.</summary>
    const int MaxPayload = 7_600;

    /// <summary>Says who sends; the process keeps it for life. Its own messages do not come back to it.</summary>
    Guid Sender { get; }

    /// <summary>Raised when messages may have been missed: the connection was away and is back. Handlers must only take note.</summary>
    event Action? Missed;

    /// <summary>Begins to hear. What is published before any other node hears is heard by none.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Sends to all other nodes, soon and without waiting. Lost when the connection is away.</summary>
    /// <param name="topic">Letters alone.</param>
    /// <param name="payload">At most <see cref="MaxPayload"/> bytes.</param>
    void Publish(string topic, string payload);

    /// <summary>Calls <paramref name="handler"/> with each message of a topic, one at a time; it must only take note. Dispose the result to end it.</summary>
    IDisposable Subscribe(string topic, Action<NodeMessage> handler);

    Task StopAsync();
}

/// <summary>A message of another node.</summary>
/// <param name="Sender"><see cref="INodeMessages.Sender"/> of the node that sent it.</param>
public readonly record struct NodeMessage(Guid Sender, string Topic, string Payload);

/// <summary>What nodes tell one another about.</summary>
internal static class NodeTopics
{
    /// <summary>A node came or went: look who is there.</summary>
    public const string Members = "members";

    /// <summary>Rows wait in the table (<see cref="WorkSignals"/>).</summary>
    public const string Work = "work";

    /// <summary>Configuration was changed: kind, then ids.</summary>
    public const string Configuration = "configuration";

    /// <summary>Executions were made or changed, for pages and hub.</summary>
    public const string Feed = "feed";

    /// <summary>A connection to a broker changed its state.</summary>
    public const string Broker = "broker";

    /// <summary>Cancel an execution if you hold it.</summary>
    public const string Cancel = "cancel";

    /// <summary>Sessions of people have ended, or their user has changed.</summary>
    public const string Sessions = "sessions";
}

/// <summary>For a database with one node: nobody to tell.</summary>
internal sealed class NoNodeMessages : INodeMessages
{
    public Guid Sender { get; } = Guid.NewGuid();

    public event Action? Missed { add { } remove { } }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Publish(string topic, string payload) { }

    public IDisposable Subscribe(string topic, Action<NodeMessage> handler) => new Nothing();

    public Task StopAsync() => Task.CompletedTask;

    private sealed class Nothing : IDisposable
    {
        public void Dispose() { }
    }
}
