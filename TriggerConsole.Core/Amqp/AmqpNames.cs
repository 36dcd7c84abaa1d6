using System.Text;

namespace TriggerConsole.Core.Amqp;

/// <summary>Names of exchanges and queues, and routing keys: short strings of AMQP 0-9-1 (section 4.2.5.3).</summary>
internal static class AmqpNames
{
    public const int MaxBytes = 255;

    /// <summary>Names that begin with this are the broker's own.</summary>
    public const string ReservedPrefix = "amq.";

    /// <summary>Null when it can be the name of an exchange or queue.</summary>
    /// <param name="what"><c>exchange</c>, <c>queue</c>.</param>
    public static string? WhyNotName(string? name, string what)
        => string.IsNullOrEmpty(name) ? $"Give the name of the {what}, for example orders." : WhyNotText(name, $"The name of {(what[0] == 'e' ? "an" : "a")} {what}");

    /// <summary>Null when it can be a routing key; it may be empty.</summary>
    public static string? WhyNotRoutingKey(string key) => WhyNotText(key, "A routing key");

    /// <summary>Null when it fits into a short string.</summary>
    /// <param name="subject">Begins the sentence: <c>A routing key</c>.</param>
    public static string? WhyNotText(string text, string subject)
    {
        if (text.Any(char.IsControl)) return $"{subject} cannot hold control characters, line breaks among them.";
        if (HoldsHalfCharacter(text)) return $"{subject} holds half a character. Write it again.";
        var bytes = text.Length * 3 <= MaxBytes ? 0 : Encoding.UTF8.GetByteCount(text);
        return bytes > MaxBytes ? $"{subject} has at most {MaxBytes} bytes; this has {bytes:N0}." : null;
    }

    private static bool HoldsHalfCharacter(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i])) return true;
        }
        return false;
    }
}
