using System.Text;
using TriggerConsole.Core.Identity.QrCodes;

namespace TriggerConsole.Tests.Identity.QrCodes;

/// <summary>Reads a QR code back, the other way round and without its writer: format, mask, zigzag, blocks, checks of each block.</summary>
internal static class QrReader
{
    public static string Read(QrCode code)
    {
        var size = code.Size;
        var version = QrVersion.All.Single(v => v.Size == size);
        var mask = MaskOf(code);
        var codewords = new List<byte>();
        var (value, bits) = (0, 0);
        foreach (var (row, column) in Path(size))
        {
            if (IsFixed(version, row, column)) continue;
            value = value << 1 | (code[row, column] ^ IsMasked(mask, row, column) ? 1 : 0);
            if (++bits % 8 == 0)
            {
                codewords.Add((byte)value);
                value = 0;
            }
        }
        return Text(version, Blocks(version, codewords));
    }

    private static int MaskOf(QrCode code)
    {
        var bits = 0;
        foreach (var row in (int[])[0, 1, 2, 3, 4, 5, 7, 8]) bits |= (code[row, 8] ? 1 : 0) << (row > 6 ? row - 1 : row);
        foreach (var (column, bit) in ((int, int)[])[(7, 8), (5, 9), (4, 10), (3, 11), (2, 12), (1, 13), (0, 14)]) bits |= (code[8, column] ? 1 : 0) << bit;
        var second = 0;
        for (var i = 0; i < 8; i++) second |= (code[8, code.Size - 1 - i] ? 1 : 0) << i;
        for (var i = 8; i < 15; i++) second |= (code[code.Size - 15 + i, 8] ? 1 : 0) << i;
        // ISO/IEC 18004, table C.1: the 15 bits of level M with each mask
        int[] known = [0x5412, 0x5125, 0x5E7C, 0x5B4B, 0x45F9, 0x40CE, 0x4F97, 0x4AA0];
        var mask = Array.IndexOf(known, bits);
        return mask >= 0 && second == bits ? mask : throw new InvalidOperationException($"Format {bits:X} and {second:X} is none of level M.");
    }

    private static bool IsMasked(int mask, int i, int j) => mask switch
    {
        0 => (i + j) % 2 == 0,
        1 => i % 2 == 0,
        2 => j % 3 == 0,
        3 => (i + j) % 3 == 0,
        4 => (i / 2 + j / 3) % 2 == 0,
        5 => i * j % 2 + i * j % 3 == 0,
        6 => (i * j % 2 + i * j % 3) % 2 == 0,
        _ => ((i + j) % 2 + i * j % 3) % 2 == 0,
    };

    private static IEnumerable<(int Row, int Column)> Path(int size)
    {
        var isUp = true;
        for (var pair = size - 1; pair > 0; pair -= 2, isUp = !isUp)
        {
            if (pair == 6) pair--;
            for (var i = 0; i < size; i++)
            {
                var row = isUp ? size - 1 - i : i;
                yield return (row, pair);
                yield return (row, pair - 1);
            }
        }
    }

    private static bool IsFixed(QrVersion version, int row, int column)
    {
        var last = version.Size - 1;
        if (row == 6 || column == 6) return true;
        if ((row <= 8 && column <= 8) || (row <= 8 && column >= last - 7) || (row >= last - 7 && column <= 8)) return true;
        if (version.Number >= 7 && ((row <= 5 && column >= last - 10) || (column <= 5 && row >= last - 10))) return true;
        foreach (var y in version.Alignments)
            foreach (var x in version.Alignments)
            {
                var isFinder = (y == 6 && x == 6) || (y == 6 && x == last - 6) || (y == last - 6 && x == 6);
                if (!isFinder && Math.Abs(row - y) <= 2 && Math.Abs(column - x) <= 2) return true;
            }
        return false;
    }

    private static byte[] Blocks(QrVersion version, List<byte> codewords)
    {
        var blocks = version.BlockLengths.Select(_ => new List<byte>()).ToArray();
        var next = 0;
        for (var i = 0; i < version.BlockLengths.Max(); i++)
            for (var b = 0; b < blocks.Length; b++)
                if (i < version.BlockLengths[b]) blocks[b].Add(codewords[next++]);
        for (var i = 0; i < version.CorrectionCodewords; i++)
            foreach (var block in blocks) block.Add(codewords[next++]);
        foreach (var block in blocks) Check(block, version.CorrectionCodewords);
        return [.. blocks.SelectMany((b, i) => b.Take(version.BlockLengths[i]))];
    }

    // A whole block is zero at 2⁰, 2¹, …
    private static void Check(List<byte> block, int count)
    {
        byte root = 1;
        for (var i = 0; i < count; i++, root = ReedSolomon.Multiply(root, 2))
        {
            byte sum = 0;
            foreach (var value in block) sum = (byte)(ReedSolomon.Multiply(sum, root) ^ value);
            if (sum != 0) throw new InvalidOperationException($"A block is not whole at root {i}.");
        }
    }

    private static string Text(QrVersion version, byte[] data)
    {
        var bits = string.Concat(data.Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        if (bits[..4] != "0100") throw new InvalidOperationException("Not in byte mode.");
        var counted = version.Number < 10 ? 8 : 16;
        var count = Convert.ToInt32(bits.Substring(4, counted), 2);
        return Encoding.UTF8.GetString([.. Enumerable.Range(0, count).Select(i => Convert.ToByte(bits.Substring(4 + counted + 8 * i, 8), 2))]);
    }
}
