using System.Text;
using System.Text.Json;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>Why a token is not taken. For our log and tests; callers are only told that it is not valid, or that it has expired.</summary>
internal enum JwtProblem
{
    TooLong,
    Malformed,
    WrongAlgorithm,
    WrongType,
    CriticalHeader,
    UnknownKey,
    WrongSignature,
    MissingClaim,
    WrongIssuer,
    WrongAudience,
    Expired,
    NotYetValid,

    /// <summary>Right in itself, but its session was ended.</summary>
    Revoked,
}

/// <summary>What a token must say to be taken here.</summary>
/// <param name="Skew">How far the clocks of those who make and check tokens may be apart.</param>
internal sealed record JwtRules(string Issuer, string Audience, TimeSpan Skew);

/// <summary>
/// Reads and checks access tokens: RFC 7515 section 5.2, RFC 7519 section 7.2, and the advice of RFC 8725. One algorithm, one type,
/// keys looked up by exact id among our own, every claim required; nothing in the token chooses how it is checked.
/// </summary>
internal static class JwtReader
{
    /// <summary>Longer ones are refused unread.</summary>
    public const int MaxLength = 4096;

    private static readonly JsonReaderOptions s_json = new() { MaxDepth = 4, AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow };

    /// <param name="keys">The key with this id; null when it is none of ours or was retired.</param>
    public static (JwtClaims? Claims, JwtProblem? Problem) Read(string token, Func<string, SigningKey?> keys, JwtRules rules, DateTimeOffset now)
    {
        if (token.Length > MaxLength) return (null, JwtProblem.TooLong);
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');
        // Exactly three parts: five would be an encrypted token, two one without signature
        if (first <= 0 || last == first || token.AsSpan(first + 1, last - first - 1).Contains('.')) return (null, JwtProblem.Malformed);
        if (Base64UrlText.Decode(token.AsSpan(0, first)) is not { } header || Base64UrlText.Decode(token.AsSpan(first + 1, last - first - 1)) is not { } payload
            || Base64UrlText.Decode(token.AsSpan(last + 1)) is not { } signature)
            return (null, JwtProblem.Malformed);
        if (Object(header) is not { } head) return (null, JwtProblem.Malformed);
        if (Text(head, "alg") != JwtHeader.Algorithm) return (null, JwtProblem.WrongAlgorithm);
        if (Text(head, "typ") is not { } type || !IsAccessToken(type)) return (null, JwtProblem.WrongType);
        // We understand no extension, so each that must be understood is one too many (RFC 7515 section 4.1.11)
        if (head.ContainsKey("crit") || head.ContainsKey("b64")) return (null, JwtProblem.CriticalHeader);
        if (Text(head, "kid") is not { } kid || keys(kid) is not { } key) return (null, JwtProblem.UnknownKey);
        if (!key.Verifies(Encoding.ASCII.GetBytes(token, 0, last), signature)) return (null, JwtProblem.WrongSignature);
        return Object(payload) is { } claims ? Check(claims, rules, now) : (null, JwtProblem.Malformed);
    }

    /// <summary>The key that a token names, before anything of it is believed; null when it is no token.</summary>
    public static string? KeyIdOf(string token)
        => token.Length <= MaxLength && token.IndexOf('.') is > 0 and var end && Base64UrlText.Decode(token.AsSpan(0, end)) is { } header && Object(header) is { } head ? Text(head, "kid") ?? "" : null;

    private static (JwtClaims? Claims, JwtProblem? Problem) Check(Dictionary<string, JsonElement> claims, JwtRules rules, DateTimeOffset now)
    {
        if (Text(claims, "iss") != rules.Issuer) return (null, JwtProblem.WrongIssuer);
        if (!IsFor(claims, rules.Audience)) return (null, JwtProblem.WrongAudience);
        if (Time(claims, "exp") is not { } expires || Time(claims, "iat") is not { } issued) return (null, JwtProblem.MissingClaim);
        if (now >= expires + rules.Skew) return (null, JwtProblem.Expired);
        var notBefore = Time(claims, "nbf");
        if (claims.ContainsKey("nbf") && notBefore is null) return (null, JwtProblem.MissingClaim);
        if (now < (notBefore ?? issued) - rules.Skew || now < issued - rules.Skew) return (null, JwtProblem.NotYetValid);
        if (Text(claims, "sub") is not { Length: > 0 } subject || Text(claims, "jti") is not { Length: > 0 } id || Text(claims, "sid") is not { Length: > 0 } session
            || Text(claims, "name") is not { } name || RoleOf(Text(claims, "role")) is not { } role)
            return (null, JwtProblem.MissingClaim);
        return (new()
        {
            Issuer = rules.Issuer,
            Audience = rules.Audience,
            Subject = subject,
            Id = id,
            Session = session,
            IssuedAt = issued,
            NotBefore = notBefore,
            ExpiresAt = expires,
            Role = role,
            Name = name,
        }, null);
    }

    // RFC 7515 section 4.1.9: case does not count, and application/ may stand before it
    private static bool IsAccessToken(string type)
        => type.Equals(JwtHeader.Type, StringComparison.OrdinalIgnoreCase) || type.Equals("application/" + JwtHeader.Type, StringComparison.OrdinalIgnoreCase);

    // RFC 7519 section 4.1.3: one text or a list of them
    private static bool IsFor(Dictionary<string, JsonElement> claims, string audience)
    {
        if (!claims.TryGetValue("aud", out var value)) return false;
        if (value.ValueKind == JsonValueKind.Array) return value.EnumerateArray().Any(v => v.ValueKind == JsonValueKind.String && v.ValueEquals(audience));
        return value.ValueKind == JsonValueKind.String && value.ValueEquals(audience);
    }

    // By name alone: a number would be taken by Enum.Parse
    private static Role? RoleOf(string? text)
    {
        foreach (var role in Enum.GetValues<Role>())
            if (text == role.ToString()) return role;
        return null;
    }

    private static string? Text(Dictionary<string, JsonElement> members, string name)
        => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // NumericDate (RFC 7519 section 2): seconds, perhaps with a fraction
    private static DateTimeOffset? Time(Dictionary<string, JsonElement> members, string name)
        => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>The members of a JSON object; null when it is none, or names one of them twice (RFC 7519 section 4 lets readers refuse that, and two readers that choose differently are an attack).</summary>
    private static Dictionary<string, JsonElement>? Object(byte[] utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, s_json);
            if (!JsonElement.TryParseValue(ref reader, out var parsed) || parsed is not { ValueKind: JsonValueKind.Object } root || reader.Read()) return null;
            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in root.EnumerateObject())
            {
                if (!members.TryAdd(member.Name, member.Value)) return null;
                if (member.Value.ValueKind == JsonValueKind.String) _ = member.Value.GetString(); // throws here and not later
            }
            return members;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or names and texts that are no Unicode
        }
    }
}
