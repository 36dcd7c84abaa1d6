using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>A name with a value of some type, as it is typed: an argument, a header.</summary>
public sealed class TypedRow
{
    public string Name { get; set; } = "";

    public AmqpHeaderType Type { get; set; }

    public string Value { get; set; } = "";

    [JsonIgnore]
    public bool IsEmpty => Name.Length == 0 && Value.Length == 0;
}

/// <summary>Arguments or headers, in their order. Rows in which nothing stands do not count.</summary>
public sealed class TypedList
{
    /// <summary>The types that an argument can have, with their words.</summary>
    public static IReadOnlyList<(AmqpHeaderType Type, string Word)> OfArguments { get; } =
        [(AmqpHeaderType.String, "Text"), (AmqpHeaderType.Integer, "Whole number"), (AmqpHeaderType.Number, "Number"), (AmqpHeaderType.Boolean, "Yes or no")];

    /// <summary>The types that a header can have, with their words.</summary>
    public static IReadOnlyList<(AmqpHeaderType Type, string Word)> OfHeaders { get; } =
        [.. OfArguments, (AmqpHeaderType.Timestamp, "Time"), (AmqpHeaderType.Binary, "Bytes (base64)")];

    public List<TypedRow> Rows { get; set; } = [];

    [JsonIgnore]
    public IEnumerable<TypedRow> Filled => Rows.Where(r => !r.IsEmpty);

    [JsonIgnore]
    public int Count => Filled.Count();

    public static TypedList Of(IReadOnlyDictionary<string, JsonElement> arguments) => new() { Rows = [.. arguments.Select(a => Row(a.Key, a.Value))] };

    public static TypedList Of(IEnumerable<AmqpHeader> headers) => new() { Rows = [.. headers.Select(h => new TypedRow { Name = h.Name, Type = h.Type, Value = h.Value })] };

    /// <summary>As a JSON object. What is no value of its type, or stands twice, goes to <paramref name="errors"/>.</summary>
    /// <param name="field">As the API names it: <c>arguments</c>.</param>
    public Dictionary<string, JsonElement> ToArguments(FieldErrors errors, string field)
    {
        var arguments = new Dictionary<string, JsonElement>();
        foreach (var row in Filled)
        {
            var name = row.Name.Trim();
            if (name.Length == 0) errors.Add(field, "Give each a name, or take it out.");
            else if (ValueOf(row) is not { } value) errors.Add($"{field}.{name}", Expected(row.Type));
            else if (!arguments.TryAdd(name, value)) errors.Add($"{field}.{name}", "This name stands here twice.");
        }
        return arguments;
    }

    /// <summary>As headers. What stands twice or without a name goes to <paramref name="errors"/>; values are checked where they are used.</summary>
    public IReadOnlyList<AmqpHeader> ToHeaders(FieldErrors errors, string field)
    {
        var headers = new List<AmqpHeader>();
        foreach (var row in Filled)
        {
            var name = row.Name.Trim();
            if (name.Length == 0) errors.Add(field, "Give each header a name, or take it out.");
            else if (headers.Any(h => h.Name == name)) errors.Add($"{field}.{name}", "This header stands here twice.");
            else headers.Add(new(name, row.Value, row.Type));
        }
        return headers;
    }

    private static JsonElement? ValueOf(TypedRow row) => row.Type switch
    {
        AmqpHeaderType.Integer => long.TryParse(row.Value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonSerializer.SerializeToElement(whole) : null,
        AmqpHeaderType.Number => double.TryParse(row.Value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonSerializer.SerializeToElement(number) : null,
        AmqpHeaderType.Boolean => bool.TryParse(row.Value.Trim(), out var yes) ? JsonSerializer.SerializeToElement(yes) : null,
        _ => JsonSerializer.SerializeToElement(row.Value),
    };

    private static string Expected(AmqpHeaderType type) => type switch
    {
        AmqpHeaderType.Integer => "Write a whole number, for example 5.",
        AmqpHeaderType.Number => "Write a number, for example 0.5.",
        _ => "Choose yes or no.",
    };

    private static TypedRow Row(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new() { Name = name, Value = value.GetString()! },
        JsonValueKind.Number => new() { Name = name, Value = value.GetRawText(), Type = value.TryGetInt64(out _) ? AmqpHeaderType.Integer : AmqpHeaderType.Number },
        var kind => new() { Name = name, Value = kind == JsonValueKind.True ? "true" : "false", Type = AmqpHeaderType.Boolean },
    };
}
