using System.Text.RegularExpressions;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Docs;

/// <summary>What tests want to know of a page of documentation, as GitHub shows it.</summary>
internal sealed partial class MarkdownFile
{
    private readonly List<string> _prose = [];

    private MarkdownFile(string path)
    {
        Path = path;
        Fence? fence = null;
        foreach (var (line, number) in File.ReadLines(path).Select((line, i) => (line, i + 1)))
        {
            if (fence is not null && line.TrimEnd() == "```")
            {
                fence = null;
            }
            else if (fence is not null)
            {
                fence.Lines.Add(line);
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                Fences.Add(fence = new(line[3..].Trim(), number, []));
            }
            else
            {
                _prose.Add(line);
            }
        }
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetRelativePath(Repository.Root, Path);

    /// <summary>Code between fences, in order.</summary>
    public List<Fence> Fences { get; } = [];

    /// <summary>The text outside the fences.</summary>
    public string Prose => string.Join('\n', _prose);

    /// <summary>Targets of links and images; code spans are no links.</summary>
    public IEnumerable<string> Links => _prose.SelectMany(line => Link().Matches(CodeSpan().Replace(line, ""))).Select(match => match.Groups["target"].Value);

    /// <summary>The anchors of the headings: lower case, without punctuation, spaces as hyphens, repeated ones counted.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>();
            foreach (var heading in _prose.Where(line => Heading().IsMatch(line)))
            {
                var text = string.Concat(Heading().Replace(heading, "").Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');
                var anchor = text;
                for (var i = 1; !anchors.Add(anchor); i++) anchor = $"{text}-{i}";
            }
            return anchors;
        }
    }

    public static MarkdownFile Read(params string[] path) => new(System.IO.Path.Combine([Repository.Root, .. path]));

    /// <param name="Info">What stands behind the opening fence: <c>json</c>.</param>
    /// <param name="LineNumber">Of the opening fence.</param>
    internal sealed record Fence(string Info, int LineNumber, List<string> Lines)
    {
        public string Code => string.Join('\n', Lines);
    }

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();
}
