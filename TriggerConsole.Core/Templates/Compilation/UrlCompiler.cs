using System.Buffers;
using System.Text;
using TriggerConsole.Core.Templates.Rendering;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>
/// An absolute http or https URL (RFC 3986, section 3). Where it leads is fixed: who sends an event chooses parts of path
/// and query, never scheme, user name, host or port. What is typed and cannot stand in a URL as it is, such as a space or
/// another language's letter, is percent-encoded.
/// </summary>
internal sealed class UrlCompiler(TemplateBuilder builder)
{
    private const string Fragment = "The part after # is never sent: take it away. For the character itself write %23.";

    private static readonly SearchValues<char> s_authorityEnd = SearchValues.Create("/?#\\");
    private static readonly SearchValues<char> s_encodedInPath = SearchValues.Create(" \"<>^`|");
    private static readonly SearchValues<char> s_noHost = SearchValues.Create(" \"<>^`|%");

    private readonly List<(Placeholder Placeholder, Insertion Insertion)> _base = [];
    private readonly StringBuilder _authority = new();
    private readonly StringBuilder _segment = new();
    private Part _part = Part.Authority;

    // -1: not in a path, or in a segment with placeholders
    private int _segmentStart = -1;

    private enum Part
    {
        Authority,
        Path,
        Query,
    }

    public bool HasBase => _base.Count > 0;

    public void Compile()
    {
        var source = builder.Source;
        var start = source.Length - source.AsSpan().TrimStart().Length;
        var pieces = TemplatePieces.ReadAll(new(source), start, source.AsSpan().TrimEnd().Length, builder);
        if (pieces.Count == 0)
        {
            if (!builder.HasFaults) builder.Fault(0, "Write the address to call, such as https://example.com/orders.");
            return;
        }
        var literalFrom = BeginsWithScheme(pieces);
        if (literalFrom < 0) return;

        for (var i = 0; i < pieces.Count; i++)
        {
            var (kind, from, end, placeholder) = pieces[i];
            if (kind == PieceKind.Text) AddText(Math.Max(from, literalFrom), end);
            else if (kind == PieceKind.Brace) AddBrace(from);
            else if (placeholder is not null) AddPlaceholder(placeholder, BaseAt(i, pieces));
            else _segmentStart = -1;
        }
        EndSegment();
        CheckAuthority(start);
    }

    /// <returns>Where the text after <c>scheme://</c> begins; -1 when there is no scheme, and that was reported.</returns>
    private int BeginsWithScheme(List<TemplatePiece> pieces)
    {
        var (kind, start, end, _) = pieces[0];
        if (kind == PieceKind.Placeholder)
        {
            // {env:SCHEME}://… is the one case of a literal that begins with what ends authorities
            if (pieces.Count == 1 || !builder.Source.AsSpan(pieces[1].Start).StartsWith("://")) return 0;
            builder.Fault(start, "Write the scheme itself, http:// or https://, or a variable that holds the whole beginning of the address: {env:NAME}/orders.");
            return -1;
        }
        var text = builder.Source.AsSpan(start, end - start);
        var length = text.IndexOf("://");
        if (length >= 0 && UrlRules.IsHttp(text[..length]))
        {
            builder.Literal(text[..(length + 3)]);
            return start + length + 3;
        }
        builder.Fault(start, length > 0 && !text[..length].ContainsAny("/?#.")
            ? $"Only http and https addresses can be called, not {text[..length]}."
            : "An address begins with http:// or https://, such as https://example.com/orders.");
        return -1;
    }

    private void AddText(int from, int end)
    {
        if (_part == Part.Authority) from = AddAuthority(from, end);
        var source = builder.Source;
        for (var i = from; i < end; i++)
        {
            switch (source[i])
            {
                case '#':
                    builder.Fault(i, Fragment);
                    return;
                case '\\':
                    builder.Fault(i, "A backslash cannot stand in an address. Write /, or %5C for the character itself.");
                    break;
                case < ' ' or '\x7F':
                    builder.Fault(i, "A line break or control character cannot stand in an address: take it away.");
                    break;
                case '%' when !Literals.IsPercentTriplet(source, i, end):
                    builder.Fault(i, Literals.BarePercent);
                    break;
                case '/' or '?' when _part == Part.Path:
                    EndSegment();
                    if (source[i] == '?') _part = Part.Query;
                    else _segmentStart = i + 1;
                    builder.Literal(source.AsSpan(i, 1));
                    break;
                default:
                    if (_part == Part.Path) _segment.Append(source[i]);
                    var rest = source.AsSpan(i, end - i);
                    i += (s_encodedInPath.Contains(source[i]) ? Literals.AddPercent(builder, rest) : Literals.AddEncoded(builder, rest)) - 1;
                    break;
            }
        }
    }

    /// <returns>Where path or query begin.</returns>
    private int AddAuthority(int from, int end)
    {
        var text = builder.Source.AsSpan(from, end - from);
        var length = text.IndexOfAny(s_authorityEnd);
        var authority = length < 0 ? text : text[..length];
        for (var i = 0; i < authority.Length; i++)
            if (s_noHost.Contains(authority[i]) || char.IsControl(authority[i])) builder.Fault(from + i, "This character cannot stand in a host name: take it away.");
        builder.Literal(authority);
        _authority.Append(authority);
        if (length >= 0) _part = Part.Path;
        return from + authority.Length;
    }

    private void AddBrace(int at)
    {
        if (_part == Part.Authority) builder.Fault(at, "A brace cannot stand in a host name: take it away.");
        _segment.Append('{');
        builder.Literal(builder.Source[at] == '{' ? "%7B"u8 : "%7D"u8);
    }

    /// <summary>How the operator's value is put in there, should it be the beginning or in the authority.</summary>
    private Insertion BaseAt(int index, List<TemplatePiece> pieces) => index > 0 ? Insertion.UrlAuthority
        : pieces.Count == 1 ? Insertion.UrlWhole
        : builder.Source[pieces[1].Start] == '/' ? Insertion.UrlBaseBeforeSlash : Insertion.UrlBase;

    private void AddPlaceholder(Placeholder placeholder, Insertion inBase)
    {
        _segmentStart = -1;
        if (_part == Part.Authority)
        {
            if (placeholder.Kind != PlaceholderKind.Environment)
                builder.Fault(placeholder.Offset, $"{placeholder.Text} cannot stand here: scheme, user name, host and port are fixed, so that no event can choose where data and secrets are sent. Write the host itself or {{env:NAME}}; values may follow after the first / behind it.");
            _base.Add((placeholder, inBase));
            builder.Insert(placeholder, inBase);
        }
        else
        {
            builder.Insert(placeholder, _part == Part.Query ? Insertion.UrlQuery : placeholder.IsOperators ? Insertion.UrlPathWithSlashes : Insertion.UrlPath);
        }
    }

    /// <summary>Judges a segment that is all literal; one with placeholders is judged when it is rendered.</summary>
    private void EndSegment()
    {
        if (_segmentStart >= 0 && UrlRules.IsDotSegment(Encoding.UTF8.GetBytes(_segment.ToString())))
            builder.Fault(_segmentStart, "Write the path without . and .. between slashes: the address to which it leads.");
        _segment.Clear();
        _segmentStart = -1;
    }

    private void CheckAuthority(int start)
    {
        if (builder.HasFaults) return;
        if (HasBase)
        {
            CheckBase();
            return;
        }
        var scheme = builder.Source.AsSpan(start)[..builder.Source.AsSpan(start).IndexOf("://")];
        if (UrlRules.OriginOf($"{scheme}://{_authority}/") is null)
            builder.Fault(start + scheme.Length + 3, _authority.Length == 0 ? "After :// the host is missing, such as example.com." : $"“{_authority}” is no host name with or without a port, such as example.com:8080.");
    }

    /// <summary>Judges the operator's values as they are now, so that the fault shows on save; they are judged again when they are used.</summary>
    private void CheckBase()
    {
        var isKnown = true;
        foreach (var (placeholder, insertion) in _base)
        {
            var value = builder.Rules.Environment.Find(placeholder.Name) is { Length: > 0 } present ? Encoding.UTF8.GetBytes(present) : placeholder.Default?.Text;
            if (value is null) isKnown = false;
            else if (!UrlRules.IsFitForBase(value, insertion)) builder.Fault(placeholder.Offset, UrlRules.UnfitForBase(placeholder));
        }
        if (isKnown && !builder.HasFaults && UrlOrigin.Of(builder.Build(), builder.Rules.Environment) is null)
            builder.Fault(_base[0].Placeholder.Offset, $"With the value that the server has for {_base[0].Placeholder.Text}, the address does not begin with http:// or https:// and a host. Whoever runs the server can correct it.");
    }
}
