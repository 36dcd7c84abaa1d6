using TriggerConsole.Core.Templates.Rendering;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>
/// <c>a=1&amp;b={payload.x}</c>: pairs, parted by <c>&amp;</c> or line breaks, which are the same. Indents, spaces before a line
/// break and empty pairs are dropped; a literal space becomes <c>+</c>, and what is not ASCII is encoded.
/// </summary>
internal sealed class FormCompiler(TemplateBuilder builder)
{
    private bool _hasPairs;
    private bool _inPair;
    private int _spaces;

    public void Compile()
    {
        var pieces = new TemplatePieces(new(builder.Source), builder);
        while (pieces.Read(out var piece))
        {
            switch (piece.Kind)
            {
                case PieceKind.Placeholder:
                    BeginPair();
                    builder.Insert(piece.Placeholder, Insertion.Form);
                    break;
                case PieceKind.Brace:
                    BeginPair();
                    builder.Literal(builder.Source[piece.Start] == '{' ? "%7B"u8 : "%7D"u8);
                    break;
                default:
                    AddText(piece.Start, piece.End);
                    break;
            }
        }
    }

    private void AddText(int start, int end)
    {
        var source = builder.Source;
        for (var i = start; i < end; i++)
        {
            switch (source[i])
            {
                case '\r' or '\n':
                    _spaces = 0;
                    _inPair = false;
                    break;
                case '&':
                    WriteSpaces();
                    _inPair = false;
                    break;
                case ' ' or '\t':
                    // Known to be of the value only when something follows on the line
                    if (_inPair) _spaces++;
                    break;
                case '%' when !Literals.IsPercentTriplet(source, i, end):
                    builder.Fault(i, Literals.BarePercent);
                    break;
                case < ' ' or '\x7F':
                    builder.Fault(i, $"The control character U+{(int)source[i]:X4} cannot stand in a form as it is: write %{(int)source[i]:X2}.");
                    break;
                default:
                    BeginPair();
                    i += Literals.AddEncoded(builder, source.AsSpan(i, end - i)) - 1;
                    break;
            }
        }
    }

    private void BeginPair()
    {
        if (!_inPair && _hasPairs) builder.Literal((byte)'&');
        _hasPairs = _inPair = true;
        WriteSpaces();
    }

    private void WriteSpaces()
    {
        for (; _spaces > 0; _spaces--) builder.Literal((byte)'+');
    }
}

