using System.Text.Json;
using System.Text.Json.Serialization;

namespace TriggerConsole.Core.Amqp;

/// <summary>Headers as a JSON object. A plain string, number or boolean has that type; <c>{"type":…,"value":…}</c> says another.</summary>
internal sealed class AmqpHeadersConverter : JsonConverter<IReadOnlyList<AmqpHeader>>
{
    public override IReadOnlyList<AmqpHeader> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Headers are an object of names and values.");
        var headers = new List<AmqpHeader>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (headers.Any(h => h.Name == name)) throw new JsonException($"The header {name} is given twice.");
            reader.Read();
            headers.Add(ReadHeader(ref reader, name));
        }
        return headers;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<AmqpHeader> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var header in value)
        {
            if (header.Type == AmqpHeaderType.String)
            {
                writer.WriteString(header.Name, header.Value);
                continue;
            }
            writer.WriteStartObject(header.Name);
            writer.WriteString("type"u8, JsonNamingPolicy.CamelCase.ConvertName(header.Type.ToString()));
            writer.WriteString("value"u8, header.Value);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static AmqpHeader ReadHeader(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return Plain(ref reader, name);
        string? value = null;
        var type = AmqpHeaderType.String;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.GetString();
            reader.Read();
            if (property == "type")
            {
                var given = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                if (!Enum.TryParse(given, ignoreCase: true, out type) || !Enum.IsDefined(type) || !char.IsLetter(given![0])) throw new JsonException($"The type of the header {name} must be string, integer, number, boolean, timestamp or binary.");
            }
            else if (property == "value") value = Plain(ref reader, name).Value;
            else throw new JsonException($"The header {name} has type and value, and nothing else.");
        }
        return new(name, value ?? throw new JsonException($"Give the header {name} a value."), type);
    }

    private static AmqpHeader Plain(ref Utf8JsonReader reader, string name)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new(name, reader.GetString()!);
            case JsonTokenType.Number:
                var number = System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
                return new(name, number, reader.TryGetInt64(out _) ? AmqpHeaderType.Integer : AmqpHeaderType.Number);
            case JsonTokenType.True or JsonTokenType.False:
                return new(name, reader.TokenType == JsonTokenType.True ? "true" : "false", AmqpHeaderType.Boolean);
            default:
                throw new JsonException($"The header {name} must be a text, a number, true or false, or an object with type and value.");
        }
    }
}
