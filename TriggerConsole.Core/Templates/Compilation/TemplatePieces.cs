namespace TriggerConsole.Core.Templates.Compilation;

internal enum PieceKind
{
    /// <summary>Literal text.</summary>
    Text,

    /// <summary><c>{{</c> or <c>}}</c>: one literal brace.</summary>
    Brace,

    /// <summary>A placeholder; null when it is faulty.</summary>
    Placeholder,
}

/// <summary>A part of a text, from <paramref name="Start"/> up to <paramref name="End"/>.</summary>
internal readonly record struct TemplatePiece(PieceKind Kind, int Start, int End, Placeholder? Placeholder = null);

/// <summary>Cuts text into literals and placeholders. It is all the grammar that the formats have in common.</summary>
internal struct TemplatePieces(TemplateText source, int start, int end, TemplateBuilder builder)
{
    private int _at = start;

    public TemplatePieces(TemplateText source, TemplateBuilder builder) : this(source, 0, source.Text.Length, builder) { }

    public static List<TemplatePiece> ReadAll(TemplateText source, int start, int end, TemplateBuilder builder)
    {
        var pieces = new List<TemplatePiece>();
        var reader = new TemplatePieces(source, start, end, builder);
        while (reader.Read(out var piece)) pieces.Add(piece);
        return pieces;
    }

    public bool Read(out TemplatePiece piece)
    {
        var text = source.Text;
        while (_at < end && !builder.IsFull)
        {
            var from = _at;
            var length = text.AsSpan(from, end - from).IndexOfAny('{', '}');
            if (length != 0)
            {
                _at = length < 0 ? end : from + length;
                piece = new(PieceKind.Text, from, _at);
                return true;
            }
            if (from + 1 < end && text[from + 1] == text[from])
            {
                _at += 2;
                piece = new(PieceKind.Brace, from, _at);
                return true;
            }
            if (text[from] == '{')
            {
                var placeholder = PlaceholderParser.Parse(source, from, end, builder, out _at);
                piece = new(PieceKind.Placeholder, from, _at, placeholder);
                return true;
            }
            builder.Fault(source.OffsetOf(from), "This } closes nothing. For a literal brace write }}.");
            _at++;
        }
        piece = default;
        return false;
    }
}
