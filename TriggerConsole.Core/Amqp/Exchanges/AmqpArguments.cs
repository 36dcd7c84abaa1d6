using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>Arguments of exchanges, queues and bindings: a JSON object of texts, numbers and booleans.</summary>
internal static class AmqpArguments
{
    public const int Most = 50;
    public const int MaxValueLength = 4096;
    public const string None = "{}";

    public static IReadOnlyDictionary<string, JsonElement> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json, CoreJson.Options)!;

    public static string Write(IReadOnlyDictionary<string, JsonElement>? arguments) => arguments is { Count: > 0 } ? JsonSerializer.Serialize(arguments, CoreJson.Options) : None;

    public static void Check(IReadOnlyDictionary<string, JsonElement>? arguments, FieldErrors errors, string field)
    {
        if (arguments is null) return;
        if (arguments.Count > Most) errors.Add(field, $"Give at most {Most} arguments.");
        foreach (var (name, value) in arguments)
        {
            if (name.Length == 0 || name.Any(char.IsControl) || Encoding.UTF8.GetByteCount(name) > AmqpNames.MaxBytes) errors.Add($"{field}.{name}", $"The name of an argument has 1 to {AmqpNames.MaxBytes} bytes, without control characters.");
            else if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)) errors.Add($"{field}.{name}", "Give a text, a number, true or false.");
            else if (value.GetRawText().Length > MaxValueLength) errors.Add($"{field}.{name}", $"Use at most {MaxValueLength:N0} characters.");
            else if (value.ValueKind == JsonValueKind.Number && !value.TryGetInt64(out _) && !double.IsFinite(value.GetDouble())) errors.Add($"{field}.{name}", "This number is too large for AMQP.");
        }
    }

    public static Dictionary<string, object?> ToTable(IReadOnlyDictionary<string, JsonElement> arguments) => arguments.ToDictionary(a => a.Key, a => Value(a.Value));

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        // Not one expression: both would become a double, which brokers do not take for a whole number
        _ when value.TryGetInt64(out var whole) => whole,
        _ => value.GetDouble(),
    };
}
