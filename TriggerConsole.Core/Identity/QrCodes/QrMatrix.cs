namespace TriggerConsole.Core.Identity.QrCodes;

/// <summary>Puts codewords into the square, round the patterns that readers look for, and chooses the mask.</summary>
internal sealed class QrMatrix
{
    private const int FormatGenerator = 0x537;
    private const int FormatMask = 0x5412;
    private const int VersionGenerator = 0x1F25;
    private const int FirstWithVersion = 7;
    private const int Masks = 8;

    private readonly QrVersion _version;
    private readonly int _size;
    private readonly bool[,] _dark;
    private readonly bool[,] _isFixed;

    private QrMatrix(QrVersion version)
    {
        (_version, _size) = (version, version.Size);
        (_dark, _isFixed) = (new bool[_size, _size], new bool[_size, _size]);
    }

    public static bool[,] Draw(QrVersion version, byte[] codewords)
    {
        var matrix = new QrMatrix(version);
        matrix.DrawPatterns();
        matrix.DrawCodewords(codewords);
        var best = Enumerable.Range(0, Masks).MinBy(mask => QrPenalty.Of(matrix.Masked(mask)));
        return matrix.Masked(best);
    }

    private bool[,] Masked(int mask)
    {
        DrawFormat(mask);
        var result = (bool[,])_dark.Clone();
        for (var row = 0; row < _size; row++)
            for (var column = 0; column < _size; column++)
                if (!_isFixed[row, column]) result[row, column] ^= IsInverted(mask, row, column);
        return result;
    }

    // ISO/IEC 18004, table 10
    private static bool IsInverted(int mask, int row, int column) => mask switch
    {
        0 => (row + column) % 2 == 0,
        1 => row % 2 == 0,
        2 => column % 3 == 0,
        3 => (row + column) % 3 == 0,
        4 => (row / 2 + column / 3) % 2 == 0,
        5 => row * column % 2 + row * column % 3 == 0,
        6 => (row * column % 2 + row * column % 3) % 2 == 0,
        _ => ((row + column) % 2 + row * column % 3) % 2 == 0,
    };

    private void DrawPatterns()
    {
        for (var i = 0; i < _size; i++)
        {
            Fix(6, i, i % 2 == 0);
            Fix(i, 6, i % 2 == 0);
        }
        DrawFinder(3, 3);
        DrawFinder(3, _size - 4);
        DrawFinder(_size - 4, 3);
        var last = _version.Alignments.Length - 1;
        for (var i = 0; i <= last; i++)
            for (var j = 0; j <= last; j++)
                if (!((i == 0 && (j == 0 || j == last)) || (i == last && j == 0))) DrawAlignment(_version.Alignments[i], _version.Alignments[j]); // finders are there
        DrawFormat(0); // keeps its place free
        DrawVersion();
    }

    private void DrawFinder(int row, int column)
    {
        for (var y = -4; y <= 4; y++)
            for (var x = -4; x <= 4; x++)
            {
                var distance = Math.Max(Math.Abs(x), Math.Abs(y));
                if (row + y >= 0 && row + y < _size && column + x >= 0 && column + x < _size) Fix(row + y, column + x, distance is not (2 or 4));
            }
    }

    private void DrawAlignment(int row, int column)
    {
        for (var y = -2; y <= 2; y++)
            for (var x = -2; x <= 2; x++) Fix(row + y, column + x, Math.Max(Math.Abs(x), Math.Abs(y)) != 1);
    }

    // Level M is 00, so the five bits are the mask; twice, round the finders (section 7.9)
    private void DrawFormat(int mask)
    {
        var bits = (mask << 10 | Remainder(mask, 10, FormatGenerator)) ^ FormatMask;
        for (var i = 0; i < 15; i++)
        {
            var isDark = (bits >> i & 1) == 1;
            Fix(i < 6 ? i : i < 8 ? i + 1 : _size - 15 + i, 8, isDark);
            Fix(8, i < 8 ? _size - 1 - i : i == 8 ? 7 : 14 - i, isDark);
        }
        Fix(_size - 8, 8, true);
    }

    // From version 7 on (section 7.10)
    private void DrawVersion()
    {
        if (_version.Number < FirstWithVersion) return;
        var bits = _version.Number << 12 | Remainder(_version.Number, 12, VersionGenerator);
        for (var i = 0; i < 18; i++)
        {
            var isDark = (bits >> i & 1) == 1;
            var (far, near) = (_size - 11 + i % 3, i / 3);
            Fix(near, far, isDark);
            Fix(far, near, isDark);
        }
    }

    // Up and down in columns of two, from the right; the timing pattern's column is left out (section 7.7.3)
    private void DrawCodewords(byte[] codewords)
    {
        var bit = 0;
        for (var right = _size - 1; right >= 1; right -= 2)
        {
            if (right == 6) right = 5;
            for (var i = 0; i < _size; i++)
                for (var column = right; column >= right - 1; column--)
                {
                    var isUpward = (right + 1 & 2) == 0;
                    var row = isUpward ? _size - 1 - i : i;
                    if (_isFixed[row, column] || bit >= codewords.Length * 8) continue;
                    _dark[row, column] = (codewords[bit / 8] >> 7 - bit % 8 & 1) == 1;
                    bit++;
                }
        }
    }

    private void Fix(int row, int column, bool isDark) => (_dark[row, column], _isFixed[row, column]) = (isDark, true);

    private static int Remainder(int value, int degree, int generator)
    {
        var remainder = value;
        for (var i = 0; i < degree; i++) remainder = remainder << 1 ^ (remainder >> degree - 1) * generator;
        return remainder;
    }
}

/// <summary>How hard a square is to read (ISO/IEC 18004, section 7.8.3.1): long runs, blocks, what looks like a finder, too much of one colour.</summary>
internal static class QrPenalty
{
    public static int Of(bool[,] dark)
    {
        var size = dark.GetLength(0);
        var penalty = 0;
        for (var i = 0; i < size; i++)
        {
            var line = i;
            penalty += OfLine(size, j => dark[line, j]) + OfLine(size, j => dark[j, line]);
        }
        var count = 0;
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
            {
                if (dark[row, column]) count++;
                if (row > 0 && column > 0 && dark[row, column] == dark[row - 1, column] && dark[row, column] == dark[row, column - 1] && dark[row, column] == dark[row - 1, column - 1]) penalty += 3;
            }
        return penalty + Math.Abs(count * 20 - size * size * 10) / (size * size) * 10;
    }

    private static int OfLine(int size, Func<int, bool> isDark)
    {
        var (penalty, run) = (0, 1);
        for (var i = 1; i <= size; i++)
        {
            if (i < size && isDark(i) == isDark(i - 1)) run++;
            else
            {
                if (run >= 5) penalty += run - 2;
                run = 1;
            }
        }
        for (var i = 0; i + 7 <= size; i++)
        {
            // Dark, light, three dark, light, dark; with four light before or after, where the quiet zone counts as light
            if (!(isDark(i) && !isDark(i + 1) && isDark(i + 2) && isDark(i + 3) && isDark(i + 4) && !isDark(i + 5) && isDark(i + 6))) continue;
            if (IsLight(i - 4, i) || IsLight(i + 7, i + 11)) penalty += 40;
        }
        return penalty;

        bool IsLight(int from, int to)
        {
            for (var i = Math.Max(0, from); i < Math.Min(size, to); i++)
                if (isDark(i)) return false;
            return true;
        }
    }
}
