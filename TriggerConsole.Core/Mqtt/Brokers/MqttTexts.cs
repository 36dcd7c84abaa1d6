using System.Text;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>What MQTT takes as text (MQTT 5.0, section 1.5.4) and as the name of a topic to publish to (4.7).</summary>
internal static class MqttTexts
{
    public const int MaxBytes = 65_535;

    /// <summary>Null when the text can be sent.</summary>
    public static string? WhyNotText(string text, int maxLength)
    {
        if (text.Length > maxLength) return $"Use at most {maxLength:N0} characters.";
        if (text.Any(char.IsControl)) return "There is a control character in this text, which MQTT does not carry. Line breaks are among them.";
        return IsWellFormed(text) ? null : "There is half a character in this text. Write it again.";
    }

    /// <summary>Null when it can be published to.</summary>
    public static string? WhyNotTopic(string topic)
    {
        if (topic.Length == 0) return "Give the topic, for example status/triggerconsole.";
        if (topic.AsSpan().ContainsAny('+', '#')) return "+ and # stand for many topics and cannot be published to. Give one topic.";
        if (topic.Any(char.IsControl)) return "There is a control character in this topic, which MQTT does not carry.";
        if (!IsWellFormed(topic)) return "There is half a character in this topic. Write it again.";
        var bytes = Encoding.UTF8.GetByteCount(topic);
        return bytes > MaxBytes ? $"The topic has {bytes:N0} bytes; MQTT allows {MaxBytes:N0}." : null;
    }

    private static bool IsWellFormed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (rune == Rune.ReplacementChar && !text.Contains('\uFFFD')) return false;
        return true;
    }
}
