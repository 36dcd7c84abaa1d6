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

    /// <summary>Made for another sign-in than this one.</summary>
    WrongNonce,

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

    /// <param name="keys">The key with this id; null when it is none of ours or was retired.</param>
    public static (JwtClaims? Claims, JwtProblem? Problem) Read(string token, Func<string, SigningKey?> keys, JwtRules rules, DateTimeOffset now)
    {
        if (token.Length > MaxLength) return (null, JwtProblem.TooLong);
        if (JwtParts.Of(token) is not { Header: var head } parts) return (null, JwtProblem.Malformed);
        if (JwtParts.Text(head, "alg") != JwtHeader.Algorithm) return (null, JwtProblem.WrongAlgorithm);
        if (JwtParts.Text(head, "typ") is not { } type || !IsAccessToken(type)) return (null, JwtProblem.WrongType);
        // We understand no extension, so each that must be understood is one too many (RFC 7515 section 4.1.11)
        if (head.ContainsKey("crit") || head.ContainsKey("b64")) return (null, JwtProblem.CriticalHeader);
        if (JwtParts.Text(head, "kid") is not { } kid || keys(kid) is not { } key) return (null, JwtProblem.UnknownKey);
        if (!key.Verifies(parts.Signed, parts.Signature)) return (null, JwtProblem.WrongSignature);
        return JwtParts.Object(parts.Payload) is { } claims ? Check(claims, rules, now) : (null, JwtProblem.Malformed);
    }

    /// <summary>The key that a token names, before anything of it is believed; null when it is no token.</summary>
    public static string? KeyIdOf(string token)
        => token.Length <= MaxLength && token.IndexOf('.') is > 0 and var end && Base64UrlText.Decode(token.AsSpan(0, end)) is { } header && JwtParts.Object(header) is { } head ? JwtParts.Text(head, "kid") ?? "" : null;

    private static (JwtClaims? Claims, JwtProblem? Problem) Check(Dictionary<string, JsonElement> claims, JwtRules rules, DateTimeOffset now)
    {
        if (JwtParts.Text(claims, "iss") != rules.Issuer) return (null, JwtProblem.WrongIssuer);
        if (!JwtParts.IsFor(claims, rules.Audience)) return (null, JwtProblem.WrongAudience);
        if (JwtParts.Time(claims, "exp") is not { } expires || JwtParts.Time(claims, "iat") is not { } issued) return (null, JwtProblem.MissingClaim);
        if (now >= expires + rules.Skew) return (null, JwtProblem.Expired);
        var notBefore = JwtParts.Time(claims, "nbf");
        if (claims.ContainsKey("nbf") && notBefore is null) return (null, JwtProblem.MissingClaim);
        if (now < (notBefore ?? issued) - rules.Skew || now < issued - rules.Skew) return (null, JwtProblem.NotYetValid);
        if (JwtParts.Text(claims, "sub") is not { Length: > 0 } subject || JwtParts.Text(claims, "jti") is not { Length: > 0 } id || JwtParts.Text(claims, "sid") is not { Length: > 0 } session
            || JwtParts.Text(claims, "name") is not { } name || RoleOf(JwtParts.Text(claims, "role")) is not { } role)
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

    // By name alone: a number would be taken by Enum.Parse
    private static Role? RoleOf(string? text)
    {
        foreach (var role in Enum.GetValues<Role>())
            if (text == role.ToString()) return role;
        return null;
    }
}
