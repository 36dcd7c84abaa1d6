using System.Text;
using System.Text.Unicode;

namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>Strings as the standard has them: well-formed UTF-8 without U+0000 (section 1.5.4), at most 65,535 bytes.</summary>
internal static class Utf8Rules
{
    public const int MostBytes = ushort.MaxValue;

    /// <summary>
    /// Received text. Control characters and non-characters are let through: a receiver may refuse them, but the harm would be
    /// greater than the use.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> text) => Utf8.IsValid(text) && !text.Contains((byte)0);

    public static string Decode(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
