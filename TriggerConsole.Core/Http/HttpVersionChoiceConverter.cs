using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Http;

/// <summary>Versions are written as people say them, and names of enum members cannot be: <c>1.1</c>, <c>2</c>.</summary>
internal sealed class HttpVersionChoiceConverter : JsonConverter<HttpVersionChoice>
{
    public override HttpVersionChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => (reader.TokenType == JsonTokenType.String ? reader.GetString() : null) switch
        {
            "auto" => HttpVersionChoice.Auto,
            "1.1" => HttpVersionChoice.Http11,
            "2" => HttpVersionChoice.Http2,
            _ => throw new JsonSentenceException("Choose \"auto\", \"1.1\" or \"2\"."),
        };

    public override void Write(Utf8JsonWriter writer, HttpVersionChoice value, JsonSerializerOptions options)
        => writer.WriteStringValue(HttpRecordWriter.VersionText(value));
}
