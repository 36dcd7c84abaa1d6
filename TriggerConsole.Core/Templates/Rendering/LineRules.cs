using System.Buffers;
using System.Text;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>What headers, topics and routing keys do not take: the same rules for literals on save and for values when rendering.</summary>
internal static class LineRules
{
    private static readonly SearchValues<byte> s_lineBreaks = SearchValues.Create("\r\n\0"u8);
    private static readonly SearchValues<byte> s_headerControls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(b => b != '\t').Select(b => (byte)b), 0x7F, 0xC2]);
    private static readonly SearchValues<byte> s_controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), 0x7F, 0xC2]);
    private static readonly SearchValues<byte> s_topicForbidden = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'+', (byte)'#', 0x7F, 0xC2]);

    public static bool IsForbiddenInHeader(char c) => c != '\t' && char.IsControl(c);

    public static bool IsForbiddenInTopic(char c) => c is '+' or '#' || char.IsControl(c);

    public static bool IsForbiddenInRoutingKey(char c) => char.IsControl(c);

    public static ReadOnlySpan<byte> CheckHeader(ReadOnlySpan<byte> value, Placeholder placeholder)
    {
        if (!HasForbidden(value, s_headerControls)) return value;
        throw value.ContainsAny(s_lineBreaks)
            ? new TemplateException(TemplateException.LineBreak, $"The value of {placeholder.Text} holds a line break, which a header cannot carry. Send it in the body instead.")
            : new TemplateException(TemplateException.ControlCharacter, $"The value of {placeholder.Text} holds a control character, which a header cannot carry. Send it in the body instead.");
    }

    public static ReadOnlySpan<byte> CheckTopic(ReadOnlySpan<byte> value, Placeholder placeholder)
    {
        if (!HasForbidden(value, s_topicForbidden)) return value;
        throw new TemplateException(TemplateException.BadTopic, value.ContainsAny((byte)'+', (byte)'#')
            ? $"The value of {placeholder.Text} holds + or #, which stand for many topics and cannot be published to."
            : $"The value of {placeholder.Text} holds a control character, which a topic cannot carry.");
    }

    public static ReadOnlySpan<byte> CheckRoutingKey(ReadOnlySpan<byte> value, Placeholder placeholder)
    {
        if (!HasForbidden(value, s_controls)) return value;
        throw new TemplateException(TemplateException.BadRoutingKey, $"The value of {placeholder.Text} holds a control character (line breaks are among them), which a routing key cannot carry.");
    }

    public static void CheckWholeTopic(ReadOnlySpan<byte> topic)
    {
        if (topic.IsEmpty)
            throw new TemplateException(TemplateException.BadTopic, "With the values of this event the topic is empty. Give its placeholders defaults, or look at what was sent.");
        if (topic.Length > TemplateLimits.MaxTopicBytes)
            throw new TemplateException(TemplateException.BadTopic, $"With the values of this event the topic has {topic.Length:N0} bytes; MQTT allows {TemplateLimits.MaxTopicBytes:N0}.");
    }

    public static void CheckWholeRoutingKey(ReadOnlySpan<byte> key)
    {
        if (key.Length > TemplateLimits.MaxRoutingKeyBytes)
            throw new TemplateException(TemplateException.RoutingKeyTooLong, $"With the values of this event the routing key has {key.Length:N0} bytes; AMQP allows {TemplateLimits.MaxRoutingKeyBytes}. Send less in it, or look at what was sent.");
    }

    // 0xC2 begins U+0080 to U+009F, the second set of control characters, and harmless ones up to U+00BF
    private static bool HasForbidden(ReadOnlySpan<byte> value, SearchValues<byte> forbidden)
    {
        while (value.IndexOfAny(forbidden) is >= 0 and var at)
        {
            if (value[at] != 0xC2 || Rune.DecodeFromUtf8(value[at..], out var rune, out var length) != OperationStatus.Done || Rune.IsControl(rune)) return true;
            value = value[(at + length)..];
        }
        return false;
    }
}
