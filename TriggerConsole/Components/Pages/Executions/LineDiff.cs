namespace TriggerConsole.Components.Pages.Executions;

/// <summary>What became of a line.</summary>
public enum LineChange
{
    Same,
    Removed,
    Added,

    /// <summary>Stands for lines that are the same and left out; the text says how many.</summary>
    Skipped,
}

/// <summary>One line of a difference.</summary>
public readonly record struct DiffLine(LineChange Change, string Text);

/// <summary>
/// The difference of two texts by lines: the longest common subsequence, after what is the same at both ends was taken off.
/// Texts too long for that are shown as all replaced in the middle.
/// </summary>
internal static class LineDiff
{
    /// <summary>Lines around a change that are shown.</summary>
    public const int Context = 3;

    private const int MostCells = 4_000_000;

    public static IReadOnlyList<DiffLine> Of(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start]) start++;
        var end = 0;
        while (end < before.Count - start && end < after.Count - start && before[^(end + 1)] == after[^(end + 1)]) end++;

        var lines = new List<DiffLine>();
        for (var i = 0; i < start; i++) lines.Add(new(LineChange.Same, before[i]));
        Middle([.. before.Skip(start).Take(before.Count - start - end)], [.. after.Skip(start).Take(after.Count - start - end)], lines);
        for (var i = before.Count - end; i < before.Count; i++) lines.Add(new(LineChange.Same, before[i]));
        return lines;
    }

    /// <summary>Leaves out long stretches of lines that are the same.</summary>
    public static IReadOnlyList<DiffLine> Shorten(IReadOnlyList<DiffLine> lines)
    {
        var result = new List<DiffLine>();
        for (var i = 0; i < lines.Count;)
        {
            var length = 0;
            while (i + length < lines.Count && lines[i + length].Change == LineChange.Same) length++;
            if (length == 0)
            {
                result.Add(lines[i++]);
                continue;
            }
            var head = i == 0 ? 0 : Context;
            var tail = i + length == lines.Count ? 0 : Context;
            // A mark for one line would take as much room as the line
            if (length > head + tail + 1)
            {
                result.AddRange(lines.Skip(i).Take(head));
                result.Add(new(LineChange.Skipped, $"{length - head - tail} lines are the same"));
                result.AddRange(lines.Skip(i + length - tail).Take(tail));
            }
            else
            {
                result.AddRange(lines.Skip(i).Take(length));
            }
            i += length;
        }
        return result;
    }

    private static void Middle(string[] before, string[] after, List<DiffLine> lines)
    {
        if ((long)before.Length * after.Length > MostCells)
        {
            lines.AddRange(before.Select(l => new DiffLine(LineChange.Removed, l)));
            lines.AddRange(after.Select(l => new DiffLine(LineChange.Added, l)));
            return;
        }
        // common[i, j]: length of the longest common subsequence of what follows line i of one and line j of the other
        var common = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
            for (var j = after.Length - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var (a, b) = (0, 0);
        while (a < before.Length || b < after.Length)
        {
            if (a < before.Length && b < after.Length && before[a] == after[b])
            {
                lines.Add(new(LineChange.Same, before[a]));
                (a, b) = (a + 1, b + 1);
            }
            else if (b == after.Length || a < before.Length && common[a + 1, b] >= common[a, b + 1]) lines.Add(new(LineChange.Removed, before[a++]));
            else lines.Add(new(LineChange.Added, after[b++]));
        }
    }
}
