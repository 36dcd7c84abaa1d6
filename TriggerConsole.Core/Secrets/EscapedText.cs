using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TriggerConsole.Core.Secrets;

/// <summary>Compares bytes with text in which any of them may be escaped, each in its own way.</summary>
internal static class EscapedText
{
    /// <summary>
    /// How many bytes of <paramref name="text"/>, from its start, spell out <paramref name="wanted"/>; 0 when they do not.
    /// </summary>
    /// <param name="enoughAtEnd">Text that ends in the middle counts as a match from this many bytes on.</param>
    public static int Match(ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted, int enoughAtEnd = int.MaxValue)
    {
        Span<byte> decoded = stackalloc byte[4];
        var (at, found) = (0, 0);
        // The last place where a byte could be read both as itself and as the start of an escape: "%" in "%25"
        var (forkAt, forkFound) = (-1, 0);
        while (found < wanted.Length)
        {
            if (at >= text.Length && forkAt < 0) return found >= enoughAtEnd ? at : 0;
            if (at >= text.Length)
            {
                (at, found, forkAt) = (forkAt + 1, forkFound + 1, -1);
                continue;
            }
            var escape = IsEscape(text[at]) ? Decode(text[at..], decoded, out var length) : length = 0;
            if (escape > 0 && wanted[found..].StartsWith(decoded[..length]))
            {
                if (text[at] == wanted[found]) (forkAt, forkFound) = (at, found);
                at += escape;
                found += length;
            }
            else if (text[at] == wanted[found])
            {
                at++;
                found++;
            }
            else if (forkAt >= 0)
            {
                (at, found, forkAt) = (forkAt + 1, forkFound + 1, -1); // it was itself after all
            }
            else return 0;
        }
        return at;
    }

    private static bool IsEscape(byte value) => value is (byte)'%' or (byte)'\\' or (byte)'&' or (byte)'+';

    /// <summary>Reads one escape: how long it is (0 for none) and the bytes it stands for.</summary>
    private static int Decode(ReadOnlySpan<byte> text, Span<byte> decoded, out int length)
    {
        length = 1;
        switch (text[0])
        {
            case (byte)'+':
                decoded[0] = (byte)' ';
                return 1;
            case (byte)'%' when text.Length >= 3 && TryHex(text[1..3], out var value):
                decoded[0] = (byte)value;
                return 3;
            case (byte)'\\' when text.Length >= 6 && text[1] == 'u' && TryHex(text[2..6], out var unit):
                return DecodeUnits(text, unit, decoded, out length);
            case (byte)'\\' when text.Length >= 2 && "\"\\/bfnrt"u8.IndexOf(text[1]) is >= 0 and var which:
                decoded[0] = "\"\\/\b\f\n\r\t"u8[which];
                return 2;
            case (byte)'&':
                return DecodeEntity(text, decoded, out length);
            default:
                length = 0;
                return 0;
        }
    }

    private static int DecodeUnits(ReadOnlySpan<byte> text, int unit, Span<byte> decoded, out int length)
    {
        var used = 6;
        Rune rune;
        if (char.IsHighSurrogate((char)unit) && text.Length >= 12 && text[6] == '\\' && text[7] == 'u' && TryHex(text[8..12], out var low)
            && Rune.TryCreate((char)unit, (char)low, out rune)) used = 12;
        else if (!Rune.TryCreate((char)unit, out rune)) { length = 0; return 0; }
        length = rune.EncodeToUtf8(decoded);
        return used;
    }

    private static int DecodeEntity(ReadOnlySpan<byte> text, Span<byte> decoded, out int length)
    {
        length = 0;
        var end = text[..Math.Min(text.Length, 12)].IndexOf((byte)';');
        if (end < 2) return 0;
        var name = text[1..end];
        int value;
        if (name.StartsWith("#x"u8) || name.StartsWith("#X"u8)) { if (!TryHex(name[2..], out value)) return 0; }
        else if (name[0] == '#') { if (!Utf8Parser.TryParse(name[1..], out value, out var used) || used != name.Length - 1) return 0; }
        else
        {
            value = name switch
            {
                _ when name.SequenceEqual("amp"u8) => '&',
                _ when name.SequenceEqual("lt"u8) => '<',
                _ when name.SequenceEqual("gt"u8) => '>',
                _ when name.SequenceEqual("quot"u8) => '"',
                _ when name.SequenceEqual("apos"u8) => '\'',
                _ => -1,
            };
        }
        if (!Rune.IsValid(value)) return 0;
        length = new Rune(value).EncodeToUtf8(decoded);
        return end + 1;
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out int value)
        => int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
