using System.Text;

namespace TriggerConsole.Components.Controls.Records;

/// <summary>A stretch of text that is shown in one way.</summary>
internal readonly record struct TextRun(string Text, bool IsName);

/// <summary>
/// Indents JSON without reading it as values: numbers, escapes and repeated names stay exactly as they were written, and what
/// was cut off in the middle can be shown as well. Not a check: text that is no JSON comes out as some other arrangement of it.
/// </summary>
internal static class JsonIndent
{
    private const int Step = 2;

    /// <summary>Whether the text looks like an object or an array.</summary>
    public static bool Fits(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..];

    public static string Apply(string text) => string.Concat(Runs(text).Select(r => r.Text));

    /// <summary>The same with names apart from the rest.</summary>
    public static IReadOnlyList<TextRun> Runs(string text)
    {
        var runs = new List<TextRun>();
        var output = new StringBuilder();
        var depth = 0;
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at];
            switch (c)
            {
                case '"':
                    var end = EndOfString(text, at);
                    var isName = NextSolid(text, end) is { } next && next < text.Length && text[next] == ':';
                    if (isName) Flush();
                    output.Append(text, at, end - at);
                    if (isName) Flush(isName: true);
                    at = end;
                    continue;
                case '{' or '[':
                    var inside = NextSolid(text, at + 1);
                    if (inside < text.Length && text[inside] is '}' or ']')
                    {
                        output.Append(c).Append(text[inside]);
                        at = inside + 1;
                        continue;
                    }
                    output.Append(c);
                    NewLine(++depth);
                    break;
                case '}' or ']':
                    NewLine(depth = Math.Max(0, depth - 1));
                    output.Append(c);
                    break;
                case ',':
                    output.Append(c);
                    NewLine(depth);
                    break;
                case ':':
                    output.Append(": ");
                    break;
                case ' ' or '\t' or '\r' or '\n':
                    break;
                default:
                    output.Append(c);
                    break;
            }
            at++;
        }
        Flush();
        return runs;

        void NewLine(int level) => output.Append('\n').Append(' ', level * Step);

        void Flush(bool isName = false)
        {
            if (output.Length > 0) runs.Add(new(output.ToString(), isName));
            output.Clear();
        }
    }

    private static int EndOfString(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i + 1;
        }
        return text.Length;
    }

    private static int NextSolid(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n') at++;
        return at;
    }
}
