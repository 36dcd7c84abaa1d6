namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>Lines and columns as editors count them: from 1, columns in UTF-16 units, lines ended by LF, CR or CR LF.</summary>
internal static class SourcePosition
{
    public static (int Line, int Column) Of(string source, int offset)
    {
        var (line, start) = (1, 0);
        for (var i = 0; i < offset && i < source.Length; i++)
        {
            if (source[i] == '\n' || source[i] == '\r' && (i + 1 == source.Length || source[i + 1] != '\n'))
                (line, start) = (line + 1, i + 1);
        }
        return (line, offset - start + 1);
    }

    /// <summary>The way back, for parsers that tell lines and columns.</summary>
    public static int ToOffset(string source, int line, int column)
    {
        var offset = 0;
        for (; line > 1 && offset < source.Length; line--)
        {
            var end = source.AsSpan(offset).IndexOfAny('\r', '\n');
            if (end < 0) break;
            offset += end + (source.AsSpan(offset + end).StartsWith("\r\n") ? 2 : 1);
        }
        return Math.Clamp(offset + column - 1, 0, source.Length);
    }
}
