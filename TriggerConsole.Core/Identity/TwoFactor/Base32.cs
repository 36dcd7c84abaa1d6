using System.Text;

namespace TriggerConsole.Core.Identity.TwoFactor;

/// <summary>Bytes as letters and digits that cannot be mistaken for each other (RFC 4648 section 6), as authenticator apps take them; without padding.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        var (bits, count) = (0, 0);
        foreach (var value in bytes)
        {
            (bits, count) = ((bits << 8 | value) & 0xFFF, count + 8);
            while (count >= 5) text.Append(Alphabet[bits >> (count -= 5) & 31]);
        }
        if (count > 0) text.Append(Alphabet[bits << (5 - count) & 31]);
        return text.ToString();
    }

    /// <param name="text">Made by <see cref="Encode"/>.</param>
    public static byte[] Decode(string text)
    {
        var bytes = new byte[text.Length * 5 / 8];
        var (bits, count, next) = (0, 0, 0);
        foreach (var c in text)
        {
            (bits, count) = ((bits << 5 | Alphabet.IndexOf(c)) & 0xFFF, count + 5);
            if (count >= 8) bytes[next++] = (byte)(bits >> (count -= 8));
        }
        return bytes;
    }
}
