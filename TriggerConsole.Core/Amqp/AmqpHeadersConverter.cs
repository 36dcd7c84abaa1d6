using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp;

/// <summary>Headers as a JSON object. A plain string, number or boolean has that type; <c>{"type":…,"value":…}</c> says another.</summary>
internal sealed class AmqpHeadersConverter : JsonConverter<IReadOnlyList<AmqpHeader>>
{
    public override IReadOnlyList<AmqpHeader> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonSentenceException("Headers are an object of names and values.");
        var headers = new List<AmqpHeader>();
        var names = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name)) throw new JsonSentenceException("This header is given twice.", name);
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
        AmqpHeader? plain = null;
        AmqpHeaderType? type = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.GetString();
            reader.Read();
            if (property == "type") type = TypeOf(reader.TokenType == JsonTokenType.String ? reader.GetString()! : "", name);
            else if (property == "value") plain = Plain(ref reader, name);
            else throw new JsonSentenceException("A header has type and value, and nothing else.", name);
        }
        if (plain is null) throw new JsonSentenceException("Give this header a value.", name);
        return plain with { Type = type ?? plain.Type };
    }

    private static AmqpHeaderType TypeOf(string text, string name)
        => text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse<AmqpHeaderType>(text, ignoreCase: true, out var type) && Enum.IsDefined(type)
            ? type
            : throw new JsonSentenceException("The type of a header is string, integer, number, boolean, timestamp or binary.", name);

    private static AmqpHeader Plain(ref Utf8JsonReader reader, string name)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new(name, reader.GetString()!);
            case JsonTokenType.Number:
                // A request is read piece by piece, and a number may lie across two of them
                var number = Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
                return new(name, number, reader.TryGetInt64(out _) ? AmqpHeaderType.Integer : AmqpHeaderType.Number);
            case JsonTokenType.True or JsonTokenType.False:
                return new(name, reader.TokenType == JsonTokenType.True ? "true" : "false", AmqpHeaderType.Boolean);
            default:
                throw new JsonSentenceException("A header is a text, a number, true or false, or an object with type and value.", name);
        }
    }
}
