using System.Buffers;
using TriggerConsole.Core.Templates.Rendering;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>
/// A JSON document (RFC 8259), read strictly and without recursion: tokens here, their order in <see cref="JsonStructure"/>.
/// What was typed is kept as it is; placeholders are looked for in strings only.
/// </summary>
internal sealed class JsonCompiler
{
    private static readonly SearchValues<char> s_wordEnd = SearchValues.Create(" \t\r\n,:{}[]\"'/");

    private readonly TemplateBuilder _builder;
    private readonly JsonStructure _structure;
    private readonly string _source;
    private int _at;
    private int _flushed;

    public JsonCompiler(TemplateBuilder builder)
    {
        _builder = builder;
        _source = builder.Source;
        _structure = new(builder);
    }

    public void Compile()
    {
        if (string.IsNullOrWhiteSpace(_source))
        {
            _builder.Fault(0, "The document is empty. Write JSON, such as {\"payload\": \"{original_payload}\"}, or choose another format.");
            return;
        }
        while (!_builder.IsFull && SkipWhitespace()) ReadToken();
        _structure.End(_source.Length);
        Flush(_source.Length);
    }

    private void ReadToken()
    {
        var c = _source[_at];
        switch (c)
        {
            case '{' when IsUnquotedPlaceholder():
                ReadUnquotedPlaceholder();
                break;
            case '{' or '[':
                _structure.Open(_at++, c);
                break;
            case '}' or ']':
                _structure.Close(_at++, c);
                break;
            case ',':
                _structure.Comma(_at++);
                break;
            case ':':
                _structure.Colon(_at++);
                break;
            case '"':
                ReadString();
                break;
            case '\'':
                ReadWord(_source.AsSpan(_at + 1).IndexOfAny("'\r\n") is >= 0 and var end && _source[_at + 1 + end] == '\'' ? end + 2 : 1);
                break;
            case '/' when _source.AsSpan(_at).StartsWith("//") || _source.AsSpan(_at).StartsWith("/*"):
                ReadComment();
                break;
            default:
                var length = _source.AsSpan(_at).IndexOfAnyExcept(Suggestions.WordCharacters);
                var others = _source.AsSpan(_at).IndexOfAny(s_wordEnd);
                ReadWord(Math.Max(1, others < 0 ? _source.Length - _at : others), length);
                break;
        }
    }

    /// <summary>Numbers, <c>true</c>, <c>false</c>, <c>null</c>, and whatever else stands there.</summary>
    private void ReadWord(int length, int letters = 0)
    {
        var word = _source.AsSpan(_at, length);
        var isName = _structure.ExpectsName && NextIsColon(_at + length);
        if (word[0] == '\'')
            _builder.Fault(_at, "Text stands in double quotes in JSON, not in single ones.");
        else if (isName)
            _builder.Fault(_at, $"Names stand in double quotes in JSON: \"{Shorten(word)}\".");
        else if (!IsWord(word))
            _builder.Fault(_at, ExplainWord(word, letters));
        if (isName) _structure.Name(_at, null);
        else _structure.Value(_at);
        _at += length;
    }

    private void ReadString()
    {
        var start = _at;
        var text = JsonStrings.Read(_builder, start, out _at);
        if (text is not { } content)
        {
            _structure.Lose();
            return;
        }

        var isName = _structure.ExpectsName || _structure.IsLost && NextIsColon(_at);
        if (isName) _structure.Name(start, content.Offsets is null ? _source[(start + 1)..(_at - 1)] : content.Text);
        else _structure.Value(start);

        var pieces = content.Offsets is null
            ? TemplatePieces.ReadAll(content, start + 1, _at - 1, _builder)
            : TemplatePieces.ReadAll(content, 0, content.Text.Length, _builder);
        if (!isName && pieces is [{ Kind: PieceKind.Placeholder }])
        {
            Flush(start);
            _builder.Insert(pieces[0].Placeholder, Insertion.JsonValue);
            _flushed = _at;
            return;
        }
        foreach (var piece in pieces)
        {
            if (piece.Kind == PieceKind.Text) continue;
            Flush(content.OffsetOf(piece.Start));
            if (piece.Kind == PieceKind.Brace) _builder.Literal(content.Text.AsSpan(piece.Start, 1));
            else _builder.Insert(piece.Placeholder, Insertion.JsonString);
            _flushed = content.OffsetOf(piece.End);
        }
    }

    /// <summary>Whether what looks like an object is a placeholder whose quotes were forgotten: <c>{payload.n}</c>, not <c>{name: 1}</c>.</summary>
    private bool IsUnquotedPlaceholder()
    {
        var rest = _source.AsSpan(_at + 1);
        var length = Math.Max(0, rest.IndexOfAnyExcept(Suggestions.WordCharacters));
        if (length == 0 || char.IsAsciiDigit(rest[0])) return false;
        return rest[length] switch
        {
            '}' or '.' or '|' => true,
            '[' => PlaceholderNames.StartsWithName(rest),
            ':' => PlaceholderNames.Find(rest[..length].ToString()) is { Shape: PlaceholderShape.Named } && rest[(length + 1)..] is [not (' ' or '"' or '[' or '{'), ..],
            _ => false,
        };
    }

    private void ReadUnquotedPlaceholder()
    {
        var start = _at;
        if (PlaceholderParser.Parse(new(_source), start, _source.Length, _builder, out _at) is { } placeholder)
            _builder.Fault(start, $"A placeholder stands in quotes: \"{placeholder.Text}\". It keeps its type, so a number stays a number and an object an object.");
        if (_structure.ExpectsName) _structure.Name(start, null);
        else _structure.Value(start);
    }

    private void ReadComment()
    {
        _builder.Fault(_at, "JSON has no comments: take this one away.");
        var isLine = _source[_at + 1] == '/';
        var end = isLine ? _source.AsSpan(_at).IndexOfAny('\r', '\n') : _source.IndexOf("*/", _at + 2, StringComparison.Ordinal) + 2 - _at;
        _at = end < (isLine ? 0 : 2) ? _source.Length : _at + end;
    }

    private bool SkipWhitespace()
    {
        while (_at < _source.Length && _source[_at] is ' ' or '\t' or '\r' or '\n') _at++;
        return _at < _source.Length;
    }

    private bool NextIsColon(int at) => _source.AsSpan(at).TrimStart() is [':', ..];

    /// <summary>Literal source up to there, as it was typed.</summary>
    private void Flush(int end)
    {
        if (end > _flushed) _builder.Literal(_source.AsSpan(_flushed, end - _flushed));
        _flushed = end;
    }

    private static bool IsWord(ReadOnlySpan<char> word) => word is "true" or "false" or "null" || JsonStrings.IsNumber(word);

    private static string ExplainWord(ReadOnlySpan<char> word, int letters)
    {
        if (word is "True" or "False" or "None" or "TRUE" or "FALSE" or "NULL" or "Null" or "nil" or "undefined") return "In JSON these are written true, false and null.";
        if (char.IsAsciiDigit(word[0]) || word[0] is '-' or '+' or '.') return $"“{Shorten(word)}” is no JSON number. Text stands in double quotes.";
        return letters == 0 && word.Length == 1
            ? $"The character {JsonStrings.Describe(word[0])} cannot stand here in JSON."
            : $"“{Shorten(word)}” cannot stand here: text stands in double quotes in JSON.";
    }

    private static string Shorten(ReadOnlySpan<char> word) => word.Length <= 40 ? word.ToString() : string.Concat(word[..40], "…");
}
