using System.Globalization;
using System.Text;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>
/// Reads one placeholder. <c>'{' name [ ':' argument | path ] [ '|' default ] '}'</c>, without spaces between its parts;
/// <c>path = { '.' name | '[' digits ']' | '[' quoted ']' }</c>, where a quote inside quotes is doubled. Neither a default nor an argument can hold braces.
/// Every fault is reported, and reading goes on behind the closing brace.
/// </summary>
internal ref struct PlaceholderParser
{
    private readonly TemplateText _source;
    private readonly TemplateBuilder _builder;
    private readonly string _text;
    private readonly int _start;
    private readonly int _end;
    private int _at;
    private bool _failed;

    private PlaceholderParser(TemplateText source, int start, int end, TemplateBuilder builder)
        => (_source, _text, _start, _end, _builder, _at) = (source, source.Text, start, end, builder, start + 1);

    private readonly char Next => _at < _end ? _text[_at] : '\0';

    /// <param name="start">Where the opening brace is.</param>
    /// <param name="end">Where the text ends in which it may stand.</param>
    /// <param name="next">Where to read on.</param>
    /// <returns>Null when it is faulty; that has been reported.</returns>
    public static Placeholder? Parse(TemplateText source, int start, int end, TemplateBuilder builder, out int next)
    {
        var parser = new PlaceholderParser(source, start, end, builder);
        builder.Count(source.OffsetOf(start));
        var placeholder = parser.Read();
        next = parser._at;
        return parser._failed ? null : placeholder;
    }

    private Placeholder? Read()
    {
        var name = ReadWord();
        if (name.Length == 0) return NotAPlaceholder();
        if (PlaceholderNames.Find(name) is not { } found) return Fail(_start, Suggestions.ForUnknown(_text.AsSpan(_start + 1, RestOfPlaceholder())));

        var (kind, argument, path) = (found.Kind, "", PayloadPath.Root);
        switch (found.Shape)
        {
            case PlaceholderShape.Path when Next is '.' or '[':
                kind = PlaceholderKind.PayloadPath;
                if (ReadPath() is not { } steps) return null;
                path = new(steps);
                break;
            case PlaceholderShape.Named:
                if (ReadArgument(name) is not { } read) return null;
                argument = read;
                break;
        }

        PlaceholderDefault? standIn = null;
        if (Next == '|')
        {
            _at++;
            var from = _at;
            while (_at < _end && _text[_at] is not ('{' or '}')) _at++;
            if (Next == '{') return Fail(_at, "A default cannot hold braces or another placeholder. Write plain text after the |.");
            standIn = new(_text[from.._at]);
        }
        if (Next != '}') return Fail(_at, AfterName(name, found.Shape));
        _at++;

        return PlaceholderRules.Check(_builder, new()
        {
            Kind = kind,
            Text = _text[_start.._at],
            Offset = _source.OffsetOf(_start),
            Name = argument,
            Path = path,
            Default = standIn,
        });
    }

    private string ReadWord()
    {
        var from = _at;
        while (char.IsAsciiLetterOrDigit(Next) || Next is '_' or '-') _at++;
        return _text[from.._at];
    }

    private string? ReadArgument(string name)
    {
        if (Next != ':')
        {
            Fail(_at, $"{{{name}}} needs a name after a colon: {{{name}:NAME}}.");
            return null;
        }
        _at++;
        var from = _at;
        while (_at < _end && _text[_at] is not ('{' or '}' or '|') && !char.IsControl(_text[_at])) _at++;
        var argument = _text[from.._at];
        if (argument.Length == 0) Fail(_at, $"After {{{name}: a name is missing: {{{name}:NAME}}.");
        else if (argument[0] == ' ' || argument[^1] == ' ') Fail(from, $"Take the space away: {{{name}:{argument.Trim()}}}.");
        return _failed ? null : argument;
    }

    private PayloadPath.Step[]? ReadPath()
    {
        var steps = new List<PayloadPath.Step>();
        while (Next is '.' or '[')
        {
            var from = _at;
            if (ReadStep() is not { } step) return null;
            steps.Add(step);
            if (steps.Count > TemplateLimits.MaxDepth)
            {
                Fail(from, $"A path has at most {TemplateLimits.MaxDepth} steps.");
                return null;
            }
        }
        return [.. steps];
    }

    private PayloadPath.Step? ReadStep()
    {
        if (_text[_at++] == '.')
        {
            var from = _at;
            if (Next is '@' or '#') _at++;      // attributes and text of XML payloads
            while (_at < _end && IsNameCharacter(_text[_at])) _at++;
            if (_at > from) return new(Encoding.UTF8.GetBytes(_text[from.._at]), 0);
            Fail(_at, "After the dot a name is missing. Names with other characters stand in brackets and quotes: {payload['first name']}.");
            return null;
        }
        if (char.IsAsciiDigit(Next)) return ReadIndex();
        if (Next is '\'' or '"') return ReadQuoted();
        Fail(_at, "Between [ and ] stands a number from 0, or a name in quotes: {payload.items[0]}, {payload['first name']}.");
        return null;
    }

    private PayloadPath.Step? ReadIndex()
    {
        var from = _at;
        while (char.IsAsciiDigit(Next)) _at++;
        if (!int.TryParse(_text.AsSpan(from, _at - from), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) Fail(from, "No list is that long. Write a smaller number.");
        else if (Next != ']') Fail(_at, "Close the number with ].");
        else _at++;
        return _failed ? null : new(null, index);
    }

    private PayloadPath.Step? ReadQuoted()
    {
        var (from, quote, name) = (_at, _text[_at], new StringBuilder());
        for (_at++; _at < _end; _at++)
        {
            if (_text[_at] != quote)
            {
                name.Append(_text[_at]);
            }
            else if (_at + 1 < _end && _text[_at + 1] == quote)
            {
                name.Append(quote);
                _at++;
            }
            else
            {
                _at++;
                if (Next == ']')
                {
                    _at++;
                    return new(Encoding.UTF8.GetBytes(name.ToString()), 0);
                }
                Fail(_at, $"Close the name with ]. A {quote} inside it is written twice.");
                return null;
            }
        }
        _at = from + 1;
        Fail(from, $"The name is not closed. Close it with {quote}].");
        return null;
    }

    private Placeholder? NotAPlaceholder()
    {
        var rest = _text.AsSpan(_at, RestOfPlaceholder() - (_at - _start - 1));
        if (Next == '}') return Fail(_start, "Between the braces a name is missing, such as {payload.id}. For literal braces write {{ and }}.");
        var trimmed = rest.Trim();
        if (trimmed.Length < rest.Length && PlaceholderNames.StartsWithName(trimmed)) return Fail(_start, $"Placeholders are written without spaces: {{{trimmed}}}.");
        _builder.Fault(_source.OffsetOf(_start), "This { begins no placeholder. For a literal brace write {{.");
        _failed = true;
        return null;
    }

    private readonly string AfterName(string name, PlaceholderShape shape) => (Next, shape) switch
    {
        (' ', _) => "Placeholders are written without spaces.",
        ('{', _) => "This { stands inside a placeholder that is not closed. Write } before it.",
        ('.' or '[', PlaceholderShape.Plain) => $"{{{name}}} has no fields. Write {{{name}}}; fields of the payload are written {{payload.field}}.",
        (':', PlaceholderShape.Plain or PlaceholderShape.Path) => $"{{{name}}} takes no name after a colon.",
        (_, PlaceholderShape.Path) => $"“{Next}” cannot stand in a path as it is. Names with other characters stand in brackets and quotes: {{payload['first name']}}.",
        _ => $"“{Next}” cannot stand here. Close the placeholder with }}.",
    };

    /// <summary>Length of what stands between the braces, if they are closed.</summary>
    private readonly int RestOfPlaceholder()
    {
        var rest = _text.AsSpan(_start + 1, _end - _start - 1);
        var length = rest.IndexOfAny("}\r\n");
        return length < 0 ? rest.Length : length;
    }

    private Placeholder? Fail(int at, string message)
    {
        _failed = true;
        var close = _text.AsSpan(_at, _end - _at).IndexOfAny("}\r\n");
        if (close < 0 || _text[_at + close] != '}')
        {
            _builder.Fault(_source.OffsetOf(_start), "This { is never closed. Close the placeholder with }, or write {{ for a literal brace.");
            _at = _start + 1;
        }
        else
        {
            _builder.Fault(_source.OffsetOf(at), message);
            _at += close + 1;
        }
        return null;
    }

    private static bool IsNameCharacter(char c)
        => c is '_' or '-' || char.IsLetterOrDigit(c)
            || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
