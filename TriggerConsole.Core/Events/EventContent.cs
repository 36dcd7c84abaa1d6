using System.Text.Json;

namespace TriggerConsole.Core.Events;

/// <summary>
/// An event as templates and executors read it: payload, headers and query are parsed once, on first use, and shared by all
/// executions of the event. Safe to use from several threads.
/// </summary>
public sealed class EventContent(StoredEvent stored)
{
    public StoredEvent Stored { get; } = stored;

    /// <summary>
    /// The payload as JSON value: JSON as it is; a form as an object of its fields (repeated names become arrays); XML as an
    /// object tree; anything else is undefined (<see cref="JsonValueKind.Undefined"/>).
    /// </summary>
    public JsonElement Payload => throw new NotImplementedException();

    /// <summary>The first value of a header, without regard to case; null when it was not sent.</summary>
    public string? Header(string name) => throw new NotImplementedException();

    /// <summary>The first value of a query parameter, decoded; null when it was not sent.</summary>
    public string? Query(string name) => throw new NotImplementedException();

    /// <summary>A variable given to the API; null when it was not given.</summary>
    public string? Variable(string name) => throw new NotImplementedException();
}
