using System.Text.Json;

namespace TriggerConsole.Core.Events;

/// <summary>
/// An event as templates and executors read it: payload, headers and query are parsed once, on first use, and shared by all
/// executions of the event. Safe to use from several threads. Nothing here throws for what a sender sent.
/// </summary>
public sealed class EventContent(StoredEvent stored)
{
    private readonly Lock _parsing = new();
    private volatile ParsedPayload? _payload;
    private volatile IReadOnlyList<KeyValuePair<string, string>>? _headers;
    private volatile List<KeyValuePair<string, string>>? _query;
    private volatile ParsedVariables? _variables;

    public StoredEvent Stored { get; } = stored;

    /// <summary>
    /// The payload as JSON value: JSON as it is; a form as an object of its fields (repeated names become arrays); XML as an
    /// object tree; anything else is undefined (<see cref="JsonValueKind.Undefined"/>).
    /// </summary>
    /// <remarks>
    /// The content type decides, with two allowances for senders that name none or the wrong one: an object or array in
    /// JSON is JSON whatever it is called (<c>curl -d</c> calls everything a form), and without a content type a payload
    /// that is JSON or XML is read as such. JSON is read strictly, at most 64 levels deep; of duplicate names the last one
    /// counts. XML: <c>{"root":{"@attribute":"…","child":["…","…"],"#text":"…"}}</c>, an element with nothing but text is a
    /// string, names keep their prefix, name space declarations and comments are left out, a DTD makes it undefined.
    /// Payloads over 16 MB, broken UTF-8 and anything malformed are undefined.
    /// </remarks>
    public JsonElement Payload => Parsed.Value;

    internal ParsedPayload Parsed
    {
        get
        {
            if (_payload is { } parsed) return parsed;
            lock (_parsing) return _payload ??= ParsedPayload.Of(Stored);
        }
    }

    /// <summary>The first value of a header, without regard to case; null when it was not sent.</summary>
    public string? Header(string name) => First(Headers, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The first value of a query parameter, decoded; null when it was not sent.</summary>
    public string? Query(string name) => First(Parameters, name, StringComparison.Ordinal);

    /// <summary>A variable given to the API; null when it was not given. One that is no string is its JSON, compact.</summary>
    public string? Variable(string name) => JsonText.TextOf(VariableValue(name));

    /// <summary>The same with its type; undefined when it was not given.</summary>
    internal JsonElement VariableValue(string name)
    {
        if (Stored.Variables is null) return default;
        if (_variables is null)
        {
            lock (_parsing) _variables ??= new(JsonParsing.TryParse(Stored.Variables));
        }
        return JsonParsing.Find(_variables.Value, System.Text.Encoding.UTF8.GetBytes(name));
    }

    private IReadOnlyList<KeyValuePair<string, string>> Headers
    {
        get
        {
            if (_headers is { } headers) return headers;
            lock (_parsing) return _headers ??= EventHeaders.Read(Stored.Headers);
        }
    }

    private List<KeyValuePair<string, string>> Parameters
    {
        get
        {
            if (_query is { } query) return query;
            lock (_parsing) return _query ??= FormFields.Read(Stored.QueryString.AsSpan().TrimStart('?')) ?? [];
        }
    }

    private static string? First(IReadOnlyList<KeyValuePair<string, string>> pairs, string name, StringComparison comparison)
    {
        for (var i = 0; i < pairs.Count; i++)
            if (string.Equals(pairs[i].Key, name, comparison)) return pairs[i].Value;
        return null;
    }

    private sealed record ParsedVariables(JsonElement Value);
}
