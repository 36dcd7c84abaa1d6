using System.Globalization;
using System.Text;

namespace TriggerConsole.Components.Controls.Records;

/// <summary>Bytes that are no text: place, sixteen bytes, and what of them can be printed.</summary>
internal static class HexDump
{
    private const int Width = 16;

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var output = new StringBuilder();
        for (var start = 0; start < bytes.Length; start += Width)
        {
            var line = bytes[start..Math.Min(start + Width, bytes.Length)];
            if (start > 0) output.Append('\n');
            output.Append(CultureInfo.InvariantCulture, $"{start:x4}  ");
            for (var i = 0; i < Width; i++)
            {
                if (i < line.Length) output.Append(CultureInfo.InvariantCulture, $"{line[i]:x2} ");
                else output.Append("   ");
                if (i == Width / 2 - 1) output.Append(' ');
            }
            output.Append(' ');
            foreach (var b in line) output.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
        }
        return output.ToString();
    }
}
