using System.Buffers;
using System.Xml;
using TriggerConsole.Core.Templates.Rendering;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>
/// A well-formed XML 1.0 document. A scan of its own finds where text, attribute values and CDATA are, and the placeholders in
/// them; <see cref="XmlReader"/> judges the document as it was typed, for there placeholders are only text.
/// </summary>
internal sealed class XmlCompiler(TemplateBuilder builder)
{
    private static readonly SearchValues<char> s_beforeName = SearchValues.Create(" \t\r\n\"'");

    private readonly string _source = builder.Source;
    private readonly List<int> _misplaced = [];
    private int _flushed;

    public void Compile()
    {
        if (string.IsNullOrWhiteSpace(_source))
        {
            builder.Fault(0, "The document is empty. Write XML, such as <event>{original_payload}</event>, or choose another format.");
            return;
        }
        var at = 0;
        while (at < _source.Length && !builder.IsFull) at = _source[at] == '<' ? ReadMarkup(at) : ReadContent(at, EndOf("<", at), Insertion.XmlText);
        Flush(_source.Length);
        CheckDocument();
    }

    private int ReadMarkup(int at)
    {
        var rest = _source.AsSpan(at);
        if (rest.StartsWith("<!--")) return ReadOpaque(at, After("-->", at + 4), "a comment");
        if (rest.StartsWith("<?")) return ReadOpaque(at, After("?>", at + 2), "a processing instruction");
        if (rest.StartsWith("<![CDATA["))
        {
            var end = EndOf("]]>", at + 9);
            ReadContent(at + 9, end, Insertion.XmlCData);
            return Math.Min(end + 3, _source.Length);
        }
        // The reader names the fault; what follows a DTD is not looked at
        return rest.StartsWith("<!") ? _source.Length : ReadTag(at + 1);
    }

    private int ReadTag(int at)
    {
        while (at < _source.Length && _source[at] != '>' && !builder.IsFull)
        {
            switch (_source[at])
            {
                case '"' or '\'':
                    var end = EndOf(_source.Substring(at, 1), at + 1);
                    ReadAttribute(NameBefore(at), at + 1, end);
                    at = Math.Min(end + 1, _source.Length);
                    break;
                case '{':
                    at = Misplaced(at, "in the name of an element or attribute: what an event sends must not change the structure");
                    break;
                case '<':
                    return at;      // the tag before is not closed, which the reader reports
                default:
                    at++;
                    break;
            }
        }
        return Math.Min(at + 1, _source.Length);
    }

    private void ReadAttribute(ReadOnlySpan<char> name, int start, int end)
    {
        var brace = _source.AsSpan(start, end - start).IndexOf('{');
        if (!(name is "xmlns" or "xml:space" || name.StartsWith("xmlns:"))) ReadContent(start, end, Insertion.XmlAttribute);
        else if (brace >= 0) Misplaced(start + brace, $"in {name}, which belongs to the structure");
    }

    /// <summary>The name in <c>name = "value"</c>.</summary>
    private ReadOnlySpan<char> NameBefore(int quote)
    {
        var tag = _source.AsSpan(0, quote).TrimEnd().TrimEnd('=').TrimEnd();
        return tag[(tag.LastIndexOfAny(s_beforeName) + 1)..];
    }

    private int ReadContent(int start, int end, Insertion insertion)
    {
        if (_source.AsSpan(start, end - start).IndexOfAny('{', '}') < 0) return end;
        var text = insertion == Insertion.XmlCData ? new(_source) : XmlEntities.Decode(_source, start, end);
        var pieces = text.Offsets is null
            ? new TemplatePieces(text, start, end, builder)
            : new TemplatePieces(text, builder);
        while (pieces.Read(out var piece))
        {
            if (piece.Kind == PieceKind.Text) continue;
            Flush(text.OffsetOf(piece.Start));
            if (piece.Kind == PieceKind.Brace)
            {
                builder.Literal(text.Text.AsSpan(piece.Start, 1));
            }
            else
            {
                if (insertion == Insertion.XmlCData && _source[piece.Start - 1] == ']') builder.Literal(Escaping.CDataBreak);
                builder.Insert(piece.Placeholder, insertion);
            }
            _flushed = text.OffsetOf(piece.End);
        }
        return end;
    }

    private int ReadOpaque(int start, int end, string where)
    {
        for (var at = start; at < end && !builder.IsFull; at++)
            if (_source[at] == '{' && PlaceholderNames.StartsWithName(_source.AsSpan(at + 1, end - at - 1))) at = Misplaced(at, "in " + where) - 1;
        return end;
    }

    /// <returns>Where to read on.</returns>
    private int Misplaced(int at, string where)
    {
        _misplaced.Add(at);
        builder.Fault(at, $"A placeholder cannot stand {where}. It can in text, in attribute values and in CDATA.");
        var close = _source.AsSpan(at).IndexOfAny("}<>");
        return close >= 0 && _source[at + close] == '}' ? at + close + 1 : at + 1;
    }

    private void CheckDocument()
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            // It misjudges what has fewer than four characters
            using var reader = XmlReader.Create(new StringReader(_source.PadRight(4)), settings);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.XmlDeclaration && reader.GetAttribute("encoding") is { } encoding && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                    builder.Fault(0, $"The document is sent as UTF-8, but says {encoding}. Write encoding=\"UTF-8\", or leave it out.");
            }
        }
        catch (XmlException exception)
        {
            Explain(SourcePosition.ToOffset(_source, exception.LineNumber, exception.LinePosition), exception.Message);
        }
    }

    private void Explain(int offset, string message)
    {
        // A placeholder in the tag has been reported in better words
        if (_misplaced.Exists(at => offset <= at && offset > _source.LastIndexOf('<', at))) return;
        if (message.Contains("DTD", StringComparison.Ordinal) && _source.IndexOf("<!DOCTYPE", StringComparison.Ordinal) is >= 0 and var declaration)
            builder.Fault(declaration, "A document type (<!DOCTYPE …>) cannot be used: take it away.");
        else if (offset < _source.Length && _source[offset] == '{')
            builder.Fault(offset, "A placeholder cannot stand outside of the root element: put it into an element.");
        else
            builder.Fault(offset, "This is not well-formed XML: " + WithoutPosition(message));
    }

    private static string WithoutPosition(string message)
    {
        var position = message.LastIndexOf(" Line ", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }

    /// <summary>Literal source up to there, as it was typed.</summary>
    private void Flush(int end)
    {
        if (end > _flushed) builder.Literal(_source.AsSpan(_flushed, end - _flushed));
        _flushed = end;
    }

    private int EndOf(string mark, int from)
    {
        var at = from >= _source.Length ? -1 : _source.IndexOf(mark, from, StringComparison.Ordinal);
        return at < 0 ? _source.Length : at;
    }

    private int After(string mark, int from) => Math.Min(EndOf(mark, from) + mark.Length, _source.Length);
}
