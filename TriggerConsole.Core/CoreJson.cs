using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core;

/// <summary>The one set of rules for JSON that people and programs send us, and for JSON that we store.</summary>
public static class CoreJson
{
    /// <summary>
    /// Strict reading: unknown fields, duplicate fields, wrong types, comments and nesting deeper than 64 are faults.
    /// Writing: camelCase fields, enums as words (<c>Succeeded</c>; choices inside settings are camelCase: <c>apiKey</c>), text readable as it is (no needless \u escapes; answers are JSON, never HTML).
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.PropertyNameCaseInsensitive = false;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new EnumsAsWords());
        options.Converters.Add(new UtcTimes());
        // Answers mark secret fields with has…: true; whoever sends such an answer back changed, means nothing by it
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(SecretFields.IgnoreMarks);
        return options;
    }

    /// <summary>Times are written in UTC with a Z; read with any offset.</summary>
    private sealed class UtcTimes : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
    }

    /// <summary>Converters of the options come before the attribute of a type, so choices that bring their own are left to it.</summary>
    private sealed class EnumsAsWords : JsonConverterFactory
    {
        private readonly JsonStringEnumConverter _words = new(namingPolicy: null, allowIntegerValues: false);

        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum && !typeToConvert.IsDefined(typeof(JsonConverterAttribute), inherit: false);

        public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) => _words.CreateConverter(typeToConvert, options);
    }
}

/// <summary>For choices inside settings, which people type: <c>exponential</c>, <c>apiKey</c>.</summary>
public sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
