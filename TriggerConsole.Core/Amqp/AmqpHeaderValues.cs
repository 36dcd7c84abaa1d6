using System.Globalization;
using RabbitMQ.Client;

namespace TriggerConsole.Core.Amqp;

/// <summary>Turns the texts of headers into what goes into a field table (AMQP 0-9-1, section 4.2.5.5, with RabbitMQ's letters for the types).</summary>
internal static class AmqpHeaderValues
{
    private static readonly string[] s_times = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    /// <summary>Null when the text is none of this type.</summary>
    public static object? Read(AmqpHeaderType type, string text) => type switch
    {
        AmqpHeaderType.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null,
        AmqpHeaderType.Number => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null,
        AmqpHeaderType.Boolean => text switch { "true" => true, "false" => false, _ => null },
        AmqpHeaderType.Timestamp => ReadTime(text) is { } time ? new AmqpTimestamp(time) : null,
        AmqpHeaderType.Binary => ReadBytes(text) is { } bytes ? new BinaryTableValue(bytes) : null,
        _ => text,
    };

    /// <summary>What a header of this type must be: goes on after "must be".</summary>
    public static string InWords(AmqpHeaderType type) => type switch
    {
        AmqpHeaderType.Integer => "a whole number of at most 64 bits",
        AmqpHeaderType.Number => "a number, with a point before the decimals",
        AmqpHeaderType.Boolean => "true or false",
        AmqpHeaderType.Timestamp => "a time, as 2026-01-31T09:30:00Z or in seconds since 1970",
        AmqpHeaderType.Binary => "bytes, written as base64",
        _ => "a text",
    };

    private static long? ReadTime(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return seconds;
        if (!DateTimeOffset.TryParseExact(text, s_times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return null;
        return time.ToUnixTimeSeconds() is >= 0 and var since ? since : null;
    }

    private static byte[]? ReadBytes(string text)
    {
        var bytes = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
