using System.Security.Cryptography;
using System.Text;

namespace TriggerConsole.Core.Callbacks.Verification;

/// <summary>The bytes that a signature covers: a template of <c>{body}</c>, <c>{timestamp}</c>, <c>{id}</c> and plain text. Hashed piece by piece, so that a large body is never copied.</summary>
internal sealed class SignedContent
{
    private readonly List<Piece> _pieces = [];

    private SignedContent() { }

    private enum Kind { Text, Body, Timestamp, Id }

    private readonly record struct Piece(Kind Kind, byte[] Text);

    public bool NeedsTimestamp => _pieces.Exists(p => p.Kind == Kind.Timestamp);

    public bool NeedsId => _pieces.Exists(p => p.Kind == Kind.Id);

    /// <summary>Null with a sentence when the template is none.</summary>
    public static SignedContent? Parse(string template, out string? problem)
    {
        problem = null;
        var content = new SignedContent();
        var rest = template.AsSpan();
        while (rest.Length > 0)
        {
            var open = rest.IndexOf('{');
            if (open != 0)
            {
                content._pieces.Add(new(Kind.Text, Encoding.UTF8.GetBytes(rest[..(open < 0 ? rest.Length : open)].ToString())));
                rest = open < 0 ? default : rest[open..];
                continue;
            }
            var close = rest.IndexOf('}');
            var kind = close < 0 ? (Kind?)null : rest[1..close] switch
            {
                "body" => Kind.Body,
                "timestamp" => Kind.Timestamp,
                "id" => Kind.Id,
                _ => null,
            };
            if (kind is null)
            {
                problem = "Use {body}, {timestamp} and {id} with plain text between them, for example {timestamp}.{body}.";
                return null;
            }
            content._pieces.Add(new(kind.Value, []));
            rest = rest[(close + 1)..];
        }
        if (content._pieces.Count(p => p.Kind == Kind.Body) == 1) return content;
        problem = "The signed content must hold {body} exactly once: a signature that does not cover the body proves nothing.";
        return null;
    }

    /// <summary>The HMAC over it.</summary>
    public byte[] Sign(HashAlgorithmName algorithm, byte[] secret, ReadOnlySpan<byte> body, string timestamp, string id)
    {
        using var hmac = IncrementalHash.CreateHMAC(algorithm, secret);
        foreach (var piece in _pieces)
        {
            switch (piece.Kind)
            {
                case Kind.Body: hmac.AppendData(body); break;
                case Kind.Timestamp: hmac.AppendData(Encoding.UTF8.GetBytes(timestamp)); break;
                case Kind.Id: hmac.AppendData(Encoding.UTF8.GetBytes(id)); break;
                default: hmac.AppendData(piece.Text); break;
            }
        }
        return hmac.GetHashAndReset();
    }
}
