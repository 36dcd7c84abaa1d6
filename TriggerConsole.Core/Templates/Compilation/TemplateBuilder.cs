using System.Buffers;
using System.Text;
using TriggerConsole.Core.Templates.Rendering;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>What the compilers of all formats share: it collects segments and faults.</summary>
internal sealed class TemplateBuilder(string source, TemplateRules rules)
{
    private readonly List<Segment> _segments = [];
    private readonly ArrayBufferWriter<byte> _literal = new();
    private readonly List<(int Offset, string Message)> _faults = [];
    private readonly HashSet<string> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private int _placeholders;

    public string Source { get; } = source;

    public TemplateRules Rules { get; } = rules;

    public IReadOnlyCollection<string> SecretNames => _secrets;

    public bool HasFaults => _faults.Count > 0;

    /// <summary>Enough is wrong already: the rest need not be read.</summary>
    public bool IsFull => _faults.Count >= TemplateLimits.MaxFaults || _placeholders > TemplateLimits.MaxPlaceholders;

    public void Literal(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, _literal);

    public void Literal(ReadOnlySpan<byte> utf8) => _literal.Write(utf8);

    public void Literal(byte b) => Literal([b]);

    /// <summary>A placeholder to be filled in here; null for one that is faulty, and has been reported.</summary>
    public void Insert(Placeholder? placeholder, Insertion insertion)
    {
        if (placeholder is null) return;
        FlushLiteral();
        _segments.Add(new(null, placeholder, insertion));
    }

    /// <summary>Reports what is wrong at a place in the source, in a sentence that says what to do.</summary>
    public void Fault(int offset, string message)
    {
        if (!IsFull) _faults.Add((offset, message));
    }

    /// <summary>To be told of each placeholder that is met, faulty or not.</summary>
    public void Count(int offset)
    {
        if (_placeholders == TemplateLimits.MaxPlaceholders)
            Fault(offset, $"A template holds at most {TemplateLimits.MaxPlaceholders:N0} placeholders; this one is past that. Send {{original_payload}} whole, or split the trigger in two.");
        _placeholders++;
    }

    public void Uses(string secretName) => _secrets.Add(secretName);

    public Segment[] Build()
    {
        FlushLiteral();
        return [.. _segments];
    }

    /// <summary>Hands over the faults in the order of the source.</summary>
    public void Report(FieldErrors errors, string field)
    {
        foreach (var (offset, message) in _faults.OrderBy(f => f.Offset).Distinct())
        {
            var (line, column) = SourcePosition.Of(Source, offset);
            errors.Add(field, message, line, column);
        }
    }

    private void FlushLiteral()
    {
        if (_literal.WrittenCount == 0) return;
        _segments.Add(new(_literal.WrittenSpan.ToArray(), null, default));
        _literal.ResetWrittenCount();
    }
}
