namespace TriggerConsole.Core.Events;

/// <summary>Where an event came from.</summary>
public enum EventOrigin
{
    /// <summary>A request to a callback.</summary>
    Callback,

    /// <summary>A call of the API that names a trigger.</summary>
    Api,

    /// <summary>A test sent from the editor or <c>POST /api/triggers/test</c>.</summary>
    Test,

    /// <summary>A replay with an edited payload.</summary>
    Replay,

    /// <summary>A schedule that was due, or run by hand.</summary>
    Schedule,
}

/// <summary>One thing that arrived. Never changed after it is stored.</summary>
public sealed class StoredEvent
{
    public const int MaxPathLength = 2048;
    public const int MaxMethodLength = 16;
    public const int MaxContentTypeLength = 256;
    public const int MaxEventTypeLength = 200;

    public required Guid Id { get; init; }

    /// <summary>The callback it arrived at; null for events of other origins.</summary>
    public Guid? CallbackId { get; init; }

    public required EventOrigin Origin { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>The raw query with its question mark, the callback token taken out; empty when there was none.</summary>
    public string QueryString { get; init; } = "";

    /// <summary>UTF-8 JSON: <c>[["name","value"],…]</c> in the order they arrived, credentials masked.</summary>
    public required byte[] Headers { get; init; }

    public string? ContentType { get; init; }

    public string? RemoteAddress { get; init; }

    /// <summary>What happened, as the sender names it: from <c>ce-type</c>, <c>X-Event-Type</c> or <c>X-GitHub-Event</c>, else a top-level <c>type</c>, <c>event_type</c> or <c>event</c> of a JSON payload.</summary>
    public string? EventType { get; init; }

    /// <summary>UTF-8 JSON of <see cref="Verdict"/>s: for each trigger considered, whether it fired and why not.</summary>
    public required byte[] Verdicts { get; set; }

    /// <summary>Who sent it: e-mail of the user or name of the API key; null for requests that came to a callback from outside.</summary>
    public string? Actor { get; init; }

    /// <summary>The event whose payload was edited to make this one.</summary>
    public Guid? ReplayOf { get; init; }

    /// <summary>UTF-8 JSON object of the variables given to the API; null when there were none.</summary>
    public byte[]? Variables { get; init; }

    // Last, so that the database reads the other columns without going through a large payload
    /// <summary>The payload, byte for byte as it arrived.</summary>
    public required byte[] Body { get; init; }
}
