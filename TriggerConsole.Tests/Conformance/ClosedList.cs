using System.Reflection;
using System.Xml.Linq;

namespace TriggerConsole.Tests.Conformance;

/// <summary>The codes that a kind documents where it makes them: the terms in the summary of its failures class.</summary>
internal sealed class ClosedList
{
    private static readonly Lazy<XDocument> s_docs = new(() => XDocument.Load(Path.ChangeExtension(typeof(Core.CoreJson).Assembly.Location, ".xml")));

    private readonly HashSet<string> _codes = [];
    private readonly List<string> _prefixes = [];

    public ClosedList(Type failures)
    {
        Constants = [.. failures.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral && f.FieldType == typeof(string)).Select(f => (string)f.GetRawConstantValue()!)];
        var summary = s_docs.Value.Descendants("member").Single(m => (string?)m.Attribute("name") == $"T:{failures.FullName}");
        foreach (var term in summary.Descendants("term"))
        {
            var goesOn = term.Nodes().OfType<XText>().Any(t => t.Value.Contains('…', StringComparison.Ordinal));
            foreach (var code in term.Elements("c").Select(c => c.Value))
            {
                if (code.EndsWith('…')) _prefixes.Add(code[..^1]); // template_…
                else if (goesOn) _prefixes.Add(code[..(code.IndexOf('_', StringComparison.Ordinal) + 1)]); // http_200 …
                else _codes.Add(code);
            }
        }
    }

    /// <summary>Those that the class names as constants; prefixes among them.</summary>
    public IReadOnlyList<string> Constants { get; }

    public bool Has(string code) => _codes.Contains(code) || _prefixes.Any(p => code.StartsWith(p, StringComparison.Ordinal) && code.Length >= p.Length);
}
