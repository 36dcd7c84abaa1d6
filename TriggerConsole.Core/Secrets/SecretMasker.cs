using System.Buffers;
using System.Text;

namespace TriggerConsole.Core.Secrets;

/// <summary>
/// Replaces the secrets that an attempt used wherever they turn up in what is recorded of it. A target may echo what it got in
/// any dress, so a secret is also found percent-, form-, JSON- and XML-escaped, in whole or in part, and in base64.
/// Immutable; free of cost when there is nothing to mask.
/// </summary>
internal sealed class SecretMasker
{
    public const string Mask = "••••••";

    /// <summary>Shorter secrets are masked only where they stand alone: "no" must not blacken every "note".</summary>
    private const int ShortestAnywhere = 4;

    private const int ShortestBase64 = 8;

    /// <summary>The longest dress of one byte: <c>\u0041</c>, <c>&amp;#x41;</c>.</summary>
    private const int LongestEscape = 6;

    private static readonly byte[] s_mask = Encoding.UTF8.GetBytes(Mask);

    private readonly byte[][] _patterns; // the longest first
    private readonly SearchValues<byte>? _starts;

    private SecretMasker(byte[][] patterns)
    {
        _patterns = patterns;
        if (patterns.Length == 0) return;
        _starts = SearchValues.Create([.. patterns.Select(p => p[0]).Append((byte)'%').Append((byte)'\\').Append((byte)'&').Append((byte)'+').Distinct()]);
        Overlap = patterns[0].Length * LongestEscape;
    }

    public static SecretMasker None { get; } = new([]);

    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>How many bytes past a cut must be at hand to see a secret that crosses it.</summary>
    public int Overlap { get; }

    public static SecretMasker For(IEnumerable<string> secrets)
    {
        var patterns = secrets.Where(s => s.Length > 0).Distinct().SelectMany(PatternsOf)
            .DistinctBy(Convert.ToBase64String).OrderByDescending(p => p.Length).ToArray();
        return patterns.Length == 0 ? None : new(patterns);
    }

    public string MaskText(string text)
    {
        if (IsEmpty || text.Length == 0) return text;
        var scratch = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(text);
        var masked = MaskBytes(bytes, bytes.Length, endsEarly: false, scratch);
        return scratch.WrittenCount == 0 ? text : Encoding.UTF8.GetString(masked);
    }

    /// <summary>Whether any secret is in there.</summary>
    public bool Finds(ReadOnlySpan<byte> text)
    {
        for (var at = 0; !IsEmpty && at < text.Length; at++)
        {
            var candidate = text[at..].IndexOfAny(_starts!);
            if (candidate < 0) return false;
            at += candidate;
            if (FindAt(text, at, endsEarly: false) > 0) return true;
        }
        return false;
    }

    /// <summary>
    /// The first <paramref name="keep"/> bytes of <paramref name="text"/>, masked; a secret that begins there and ends behind is
    /// masked as a whole. The result is either a part of <paramref name="text"/> or was written to <paramref name="scratch"/>.
    /// </summary>
    /// <param name="endsEarly">The text broke off: the beginning of a secret at its very end is masked too.</param>
    public ReadOnlySpan<byte> MaskBytes(ReadOnlySpan<byte> text, int keep, bool endsEarly, ArrayBufferWriter<byte> scratch)
    {
        keep = Math.Min(keep, text.Length);
        if (IsEmpty) return text[..keep];
        var start = scratch.WrittenCount;
        var copied = 0;
        var at = 0;
        while (at < keep)
        {
            var candidate = text[at..keep].IndexOfAny(_starts!);
            if (candidate < 0) break;
            at += candidate;
            var length = FindAt(text, at, endsEarly);
            if (length == 0) { at++; continue; }
            scratch.Write(text[copied..at]);
            scratch.Write(s_mask);
            copied = at += length;
        }
        if (copied == 0) return text[..keep];
        if (copied < keep) scratch.Write(text[copied..keep]);
        return scratch.WrittenSpan[start..];
    }

    /// <summary>Length of the secret that begins here, 0 when none does.</summary>
    private int FindAt(ReadOnlySpan<byte> text, int at, bool endsEarly)
    {
        foreach (var pattern in _patterns)
        {
            var length = EscapedText.Match(text[at..], pattern, endsEarly ? ShortestAnywhere : int.MaxValue);
            if (length == 0) continue;
            if (pattern.Length >= ShortestAnywhere || StandsAlone(text, at, length)) return length;
        }
        return 0;
    }

    private static bool StandsAlone(ReadOnlySpan<byte> text, int at, int length)
        => (at == 0 || !IsWordByte(text[at - 1])) && (at + length == text.Length || !IsWordByte(text[at + length]));

    private static bool IsWordByte(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or >= 0x80;

    private static IEnumerable<byte[]> PatternsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return bytes;
        // Inside base64 of something longer a secret has one of three forms, by where it begins in a group of three bytes.
        // The characters at either end that also hold bits of its neighbours are left out.
        for (var shift = 0; shift < 3; shift++)
        {
            var whole = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            var first = (shift * 8 + 5) / 6;
            var last = (shift + bytes.Length) * 8 / 6;
            if (last - first < ShortestBase64) continue;
            var part = whole[first..last];
            yield return Encoding.ASCII.GetBytes(part);
            if (part.AsSpan().ContainsAny('+', '/')) yield return Encoding.ASCII.GetBytes(part.Replace('+', '-').Replace('/', '_'));
        }
    }
}
