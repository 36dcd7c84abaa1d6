using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Templates.Compilation;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Controls.Templates;

/// <summary>A stretch of text to underline.</summary>
/// <param name="Start">First character.</param>
/// <param name="End">Behind the last one.</param>
public readonly record struct FaultRange(int Start, int End);

/// <summary>Finds what is wrong with a template while it is typed, and where to underline it.</summary>
internal static class TemplateFaults
{
    private const int LongestRange = 60;

    /// <summary>Every fault with line and column; none for a template that can be used.</summary>
    public static IReadOnlyList<FieldError> Of(string source, TemplateFormat format, TemplateRules rules)
    {
        if (source.Length == 0) return []; // whether something must be there is for the form to say
        var errors = new FieldErrors();
        Template.Compile(source, format, rules, errors, "");
        return errors.All;
    }

    /// <summary>The placeholder or word that the fault points at. Never empty, except in an empty text.</summary>
    public static FaultRange RangeOf(string source, FieldError fault)
    {
        if (source.Length == 0) return default;
        var start = Math.Min(SourcePosition.ToOffset(source, fault.Line ?? 1, fault.Column ?? 1), source.Length - 1);
        var end = start + 1;
        if (source[start] == '{')
        {
            var rest = source.AsSpan(start, Math.Min(LongestRange, source.Length - start));
            var close = rest[1..].IndexOfAny("{}\r\n");
            if (close >= 0) end = start + 1 + close + (rest[1 + close] == '}' ? 1 : 0);
            else end = start + rest.Length;
        }
        else
        {
            while (end < source.Length && end - start < LongestRange && IsWord(source[start]) && IsWord(source[end])) end++;
        }
        return new(start, end);
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.';
}
