using System.Globalization;
using System.Security.Cryptography;

namespace TriggerConsole.Core.Callbacks.Verification;

/// <summary>What came of checking a signature.</summary>
/// <param name="Reason">Null when it fits; else one word for the record.</param>
/// <param name="Message">For the sender: what is wrong, never what would be right.</param>
/// <param name="ReplayKey">
/// What makes this message one that is taken once: its id, or a digest of what is signed; null when neither time nor id is signed.
/// Never the signature as it was shown: the header may hold several, which whoever sends the message again can leave out or add to.
/// </param>
internal readonly record struct SignatureVerdict(string? Reason, string? Message, string? ReplayKey)
{
    public bool IsValid => Reason is null;
}

/// <summary>Checks requests that are signed with a shared secret. Prepared once for each callback; safe for several threads.</summary>
internal sealed class SignatureVerifier
{
    private const int MostSignatures = 8;
    private const int MaxSignatureLength = 512;
    private const string StandardSecretPrefix = "whsec_";

    private readonly SignatureRule _rule;
    private readonly SignedContent _content;
    private readonly HashAlgorithmName _algorithm;
    private readonly bool _isVersioned;

    private SignatureVerifier(SignatureRule rule, SignedContent content, bool isVersioned)
        => (_rule, _content, _algorithm, _isVersioned) = (rule, content, new(rule.Algorithm.ToString().ToUpperInvariant()), isVersioned);

    /// <summary>
    /// Signatures by the Standard Webhooks specification (standardwebhooks.com): headers <c>webhook-id</c>,
    /// <c>webhook-timestamp</c>, and <c>webhook-signature</c> with one or more of <c>v1,BASE64</c>.
    /// </summary>
    public static SignatureVerifier Standard(int toleranceSeconds) => new(
        new()
        {
            Header = "webhook-signature",
            Encoding = SignatureEncoding.Base64,
            TimestampHeader = "webhook-timestamp",
            IdHeader = "webhook-id",
            Content = "{id}.{timestamp}.{body}",
            ToleranceSeconds = toleranceSeconds,
        },
        SignedContent.Parse("{id}.{timestamp}.{body}", out _)!, isVersioned: true);

    /// <summary>Null with a sentence when the rule cannot be used.</summary>
    public static SignatureVerifier? Create(SignatureRule rule, out string? problem)
    {
        if (SignedContent.Parse(rule.Content, out problem) is not { } content) return null;
        problem = rule switch
        {
            { Header.Length: 0 } => "Name the header that carries the signature.",
            { HasTimestamp: false } when content.NeedsTimestamp => "The signed content holds {timestamp}: name the header, or the field of the signature header, that carries the time.",
            { HasTimestamp: true } when !content.NeedsTimestamp => "The time of sending is not signed, so anyone could change it: put {timestamp} into the signed content, or leave the time out.",
            { IdHeader.Length: 0 } when content.NeedsId => "The signed content holds {id}: name the header that carries the message's id.",
            _ => null,
        };
        return problem is null ? new(rule, content, isVersioned: false) : null;
    }

    /// <summary>The bytes of a Standard Webhooks secret: base64 after <c>whsec_</c>, 24 to 64 bytes. Null when it is none.</summary>
    public static byte[]? StandardSecret(string text)
    {
        if (text.StartsWith(StandardSecretPrefix, StringComparison.Ordinal)) text = text[StandardSecretPrefix.Length..];
        var bytes = new byte[64];
        return Convert.TryFromBase64String(text, bytes, out var written) && written >= 24 ? bytes[..written] : null;
    }

    /// <param name="header">The one value of a header; null when it is not there. Several of one name joined by commas.</param>
    /// <param name="secrets">The present secret and, in the overlap of a rotation, the one before.</param>
    /// <param name="withReplayKey">False for those who take a message more than once: the key costs a digest over the body.</param>
    public SignatureVerdict Verify(Func<string, string?> header, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> secrets, DateTimeOffset now, bool withReplayKey = true)
    {
        if (header(_rule.Header) is not { Length: > 0 } value) return No("signature_missing", $"This callback takes signed requests only: the header {_rule.Header} is missing.");
        var fields = _rule.SignatureField.Length > 0 || _rule.TimestampField.Length > 0 ? Fields(value) : null;
        var timestamp = (_rule.TimestampField.Length > 0 ? fields!.Find(f => f.Name == _rule.TimestampField).Value : _rule.TimestampHeader.Length > 0 ? header(_rule.TimestampHeader) : null) ?? "";
        if (_rule.HasTimestamp && !IsSeconds(timestamp)) return No("timestamp_missing", "The time of sending is missing, or is no number of seconds since 1970.");
        if (_rule.HasTimestamp && Math.Abs(now.ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture)) > _rule.ToleranceSeconds)
            return No("timestamp_too_far", $"The request was signed more than {_rule.ToleranceSeconds} s from our time. Check the clock of the sender, and send it anew instead of once more.");
        var id = _rule.IdHeader.Length > 0 ? header(_rule.IdHeader) ?? "" : "";
        if (_content.NeedsId && id.Length == 0) return No("id_missing", $"The header {_rule.IdHeader} with the message's id is missing.");
        var shown = Shown(value, fields);
        if (shown.Count == 0) return No("signature_malformed", $"The header {_rule.Header} holds no signature as this callback expects it.");
        var fits = false;
        foreach (var secret in secrets)
        {
            var expected = _content.Sign(_algorithm, secret, body, timestamp, id);
            // All are compared, whichever fits
            foreach (var signature in shown) fits |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }
        if (!fits) return No("signature_wrong", "The signature does not fit: another secret, or the body was changed on the way.");
        return new(null, null, withReplayKey ? ReplayKey(body, timestamp, id) : null);
    }

    private string? ReplayKey(ReadOnlySpan<byte> body, string timestamp, string id)
    {
        if (_content.NeedsId) return id;
        return _content.NeedsTimestamp ? Convert.ToHexString(_content.Sign(HashAlgorithmName.SHA256, [], body, timestamp, id)) : null;
    }

    // The text is signed as it stands, so it must have one spelling only: digits
    private static bool IsSeconds(string text) => text.Length is > 0 and <= 12 && text.All(char.IsAsciiDigit);

    private static SignatureVerdict No(string reason, string message) => new(reason, message, null);

    /// <summary>The signatures in the header, decoded; those that are none are left out.</summary>
    private List<byte[]> Shown(string value, List<(string Name, string Value)>? fields)
    {
        var texts = _isVersioned ? Versioned(value) : _rule.SignatureField.Length > 0 ? fields!.FindAll(f => f.Name == _rule.SignatureField).ConvertAll(f => f.Value) : [value.Trim()];
        var decoded = new List<byte[]>();
        foreach (var text in texts.Take(MostSignatures))
        {
            if (text.Length > MaxSignatureLength || !text.StartsWith(_rule.Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (Decode(text[_rule.Prefix.Length..]) is { } bytes) decoded.Add(bytes);
        }
        return decoded;
    }

    private byte[]? Decode(string text)
    {
        try
        {
            return _rule.Encoding == SignatureEncoding.Hex ? Convert.FromHexString(text) : Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // "v1,BASE64 v1,BASE64 v1a,…": others are of versions to come or of public keys, and do not count
    private static List<string> Versioned(string value)
        => [.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(part => part.StartsWith("v1,", StringComparison.Ordinal)).Select(part => part[3..])];

    private static List<(string Name, string Value)> Fields(string value)
    {
        var fields = new List<(string, string)>();
        foreach (var part in value.Split(','))
            if (part.IndexOf('=') is > 0 and var at) fields.Add((part[..at].Trim(), part[(at + 1)..].Trim()));
        return fields;
    }
}
