using System.Text;

namespace TriggerConsole.Core.Identity.QrCodes;

/// <summary>
/// A QR code (ISO/IEC 18004) of a text: byte mode, versions 1 to 10, error correction level M. Steps: data codewords, error correction for
/// each block, interleaving, placement, the best of eight masks.
/// </summary>
internal sealed class QrCode
{
    private const int ByteMode = 0b0100;
    private const int ModeBits = 4;

    private readonly bool[,] _modules;

    private QrCode(bool[,] modules) => _modules = modules;

    /// <summary>Modules on one side, without the quiet zone.</summary>
    public int Size => _modules.GetLength(0);

    /// <summary>Whether a module is dark.</summary>
    public bool this[int row, int column] => _modules[row, column];

    /// <summary>In the smallest version that holds it.</summary>
    /// <exception cref="ArgumentException">The text has more than 213 bytes in UTF-8.</exception>
    public static QrCode Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var version = QrVersion.All.FirstOrDefault(v => bytes.Length * 8 <= v.DataCodewords * 8 - ModeBits - v.CountBits)
            ?? throw new ArgumentException($"A text of {bytes.Length} bytes does not fit into a QR code of version 10.", nameof(text));
        return new(QrMatrix.Draw(version, Interleave(version, Codewords(version, bytes))));
    }

    // 1. Mode, count, bytes, end; then the two padding bytes in turn
    private static byte[] Codewords(QrVersion version, byte[] bytes)
    {
        var bits = new List<bool>(version.DataCodewords * 8);
        Add(bits, ByteMode, ModeBits);
        Add(bits, bytes.Length, version.CountBits);
        foreach (var value in bytes) Add(bits, value, 8);
        Add(bits, 0, Math.Min(4, version.DataCodewords * 8 - bits.Count));
        Add(bits, 0, (8 - bits.Count % 8) % 8);
        for (var isFirst = true; bits.Count < version.DataCodewords * 8; isFirst = !isFirst) Add(bits, isFirst ? 0xEC : 0x11, 8);
        var codewords = new byte[version.DataCodewords];
        for (var i = 0; i < bits.Count; i++)
            if (bits[i]) codewords[i / 8] |= (byte)(0x80 >> i % 8);
        return codewords;
    }

    // 2. and 3. The first codeword of each block, then the second of each, …; those of error correction after them
    private static byte[] Interleave(QrVersion version, byte[] data)
    {
        var blocks = new List<byte[]>();
        var start = 0;
        foreach (var length in version.BlockLengths)
        {
            blocks.Add(data[start..(start + length)]);
            start += length;
        }
        var corrections = blocks.Select(b => ReedSolomon.Remainder(b, version.CorrectionCodewords)).ToList();
        var result = new List<byte>();
        for (var i = 0; i < version.BlockLengths.Max(); i++) result.AddRange(blocks.Where(b => i < b.Length).Select(b => b[i]));
        for (var i = 0; i < version.CorrectionCodewords; i++) result.AddRange(corrections.Select(c => c[i]));
        return [.. result];
    }

    private static void Add(List<bool> bits, int value, int count)
    {
        for (var i = count - 1; i >= 0; i--) bits.Add((value >> i & 1) == 1);
    }
}

/// <summary>A size of QR codes at level M (ISO/IEC 18004, tables 7, 9 and E.1).</summary>
/// <param name="CorrectionCodewords">Of each block.</param>
/// <param name="BlockLengths">Data codewords of each block.</param>
/// <param name="Alignments">Rows and columns of the middles of alignment patterns.</param>
internal sealed record QrVersion(int Number, int CorrectionCodewords, int[] BlockLengths, int[] Alignments)
{
    public static IReadOnlyList<QrVersion> All { get; } =
    [
        new(1, 10, [16], []),
        new(2, 16, [28], [6, 18]),
        new(3, 26, [44], [6, 22]),
        new(4, 18, [32, 32], [6, 26]),
        new(5, 24, [43, 43], [6, 30]),
        new(6, 16, [27, 27, 27, 27], [6, 34]),
        new(7, 18, [31, 31, 31, 31], [6, 22, 38]),
        new(8, 22, [38, 38, 39, 39], [6, 24, 42]),
        new(9, 22, [36, 36, 36, 37, 37], [6, 26, 46]),
        new(10, 26, [43, 43, 43, 43, 44], [6, 28, 50]),
    ];

    public int Size => 17 + 4 * Number;

    public int DataCodewords => BlockLengths.Sum();

    /// <summary>Bits of the count of bytes.</summary>
    public int CountBits => Number < 10 ? 8 : 16;
}

/// <summary>Error correction over GF(256) with the polynomial x⁸ + x⁴ + x³ + x² + 1.</summary>
internal static class ReedSolomon
{
    private const int Polynomial = 0x11D;

    /// <summary>The codewords that make data and themselves a multiple of the generator with the roots 2⁰, 2¹, ….</summary>
    public static byte[] Remainder(ReadOnlySpan<byte> data, int count)
    {
        var generator = Generator(count);
        var remainder = new byte[count];
        foreach (var value in data)
        {
            var factor = (byte)(value ^ remainder[0]);
            Array.Copy(remainder, 1, remainder, 0, count - 1);
            remainder[^1] = 0;
            for (var i = 0; i < count; i++) remainder[i] ^= Multiply(generator[i], factor);
        }
        return remainder;
    }

    public static byte Multiply(byte a, byte b)
    {
        var product = 0;
        for (var bit = 7; bit >= 0; bit--)
        {
            product = product << 1 ^ (product >> 7) * Polynomial;
            if ((b >> bit & 1) == 1) product ^= a;
        }
        return (byte)product;
    }

    // Coefficients from the highest power but one, whose coefficient is 1
    private static byte[] Generator(int degree)
    {
        var result = new byte[degree];
        result[^1] = 1;
        byte root = 1;
        for (var i = 0; i < degree; i++)
        {
            for (var j = 0; j < degree; j++)
            {
                result[j] = Multiply(result[j], root);
                if (j + 1 < degree) result[j] ^= result[j + 1];
            }
            root = Multiply(root, 2);
        }
        return result;
    }
}
