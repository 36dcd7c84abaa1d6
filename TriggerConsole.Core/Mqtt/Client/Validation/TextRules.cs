using System.Buffers;
using System.Text;
using TriggerConsole.Core.Mqtt.Client.Packets;

namespace TriggerConsole.Core.Mqtt.Client.Validation;

/// <summary>
/// What may be sent as text. Beyond the rules of section 1.5.4, control characters and non-characters are refused: the standard
/// advises against them, and brokers end the connection over them.
/// </summary>
internal static class TextRules
{
    private static readonly SearchValues<char> s_plain = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c)]);

    /// <exception cref="MqttArgumentException"/>
    public static void Check(string property, string? text, string what)
    {
        if (text is null || (text.Length <= Utf8Rules.MostBytes && text.AsSpan().IndexOfAnyExcept(s_plain) < 0)) return;
        if (Fault(text) is { } fault) throw new MqttArgumentException(property, $"{what} {fault}.");
    }

    private static string? Fault(string text)
    {
        var size = 0L;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var count) != OperationStatus.Done) return "contains half of a character (a lone surrogate)";
            if (rune.Value == 0) return "contains the character NUL";
            if (Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Control) return $"contains the control character U+{rune.Value:X4}";
            if (rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE) return $"contains U+{rune.Value:X4}, which is not a character";
            size += rune.Utf8SequenceLength;
            rest = rest[count..];
        }
        return size > Utf8Rules.MostBytes ? $"is {size:N0} bytes long; at most {Utf8Rules.MostBytes:N0} are possible" : null;
    }
}
