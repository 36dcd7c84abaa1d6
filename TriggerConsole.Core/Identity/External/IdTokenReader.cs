using System.Text.Json;
using TriggerConsole.Core.Identity.Tokens;

namespace TriggerConsole.Core.Identity.External;

/// <summary>What an ID token must say to be taken here.</summary>
/// <param name="ClientId">Us, at the provider.</param>
/// <param name="Nonce">What this very sign-in began with.</param>
/// <param name="Skew">How far the clocks may be apart.</param>
internal sealed record IdTokenRules(string Issuer, string ClientId, string Nonce, TimeSpan Skew);

/// <summary>
/// Checks the ID token of a provider: OpenID Connect Core 1.0 section 3.1.3.7, RFC 7515 section 5.2, and the advice of RFC 8725.
/// Signatures with public keys only: neither <c>none</c> nor a shared secret is ever taken.
/// </summary>
internal static class IdTokenReader
{
    /// <summary>Longer ones are refused unread.</summary>
    public const int MaxLength = 32 * 1024;

    private static readonly HashSet<string> s_algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <param name="keys">Of the provider, fetched from where its discovery document says.</param>
    public static (Dictionary<string, JsonElement>? Claims, JwtProblem? Problem) Read(string token, IReadOnlyList<JsonWebKey> keys, IdTokenRules rules, DateTimeOffset now)
    {
        if (token.Length > MaxLength) return (null, JwtProblem.TooLong);
        if (JwtParts.Of(token) is not { Header: var head } parts) return (null, JwtProblem.Malformed);
        if (JwtParts.Text(head, "alg") is not { } algorithm || !s_algorithms.Contains(algorithm)) return (null, JwtProblem.WrongAlgorithm);
        // Absent or JWT: an access token or a logout token must not pass for one (RFC 8725 section 3.11)
        if (head.ContainsKey("typ") && !string.Equals(JwtParts.Text(head, "typ"), "JWT", StringComparison.OrdinalIgnoreCase)) return (null, JwtProblem.WrongType);
        if (head.ContainsKey("crit") || head.ContainsKey("b64")) return (null, JwtProblem.CriticalHeader);
        var candidates = head.ContainsKey("kid") ? [.. keys.Where(k => k.Id is not null && k.Id == JwtParts.Text(head, "kid"))] : keys;
        if (candidates.Count == 0) return (null, JwtProblem.UnknownKey);
        if (!candidates.Any(k => k.Verifies(algorithm, parts.Signed, parts.Signature))) return (null, JwtProblem.WrongSignature);
        return JwtParts.Object(parts.Payload) is { } claims ? Check(claims, rules, now) : (null, JwtProblem.Malformed);
    }

    private static (Dictionary<string, JsonElement>? Claims, JwtProblem? Problem) Check(Dictionary<string, JsonElement> claims, IdTokenRules rules, DateTimeOffset now)
    {
        if (JwtParts.Text(claims, "iss") != rules.Issuer) return (null, JwtProblem.WrongIssuer);
        if (!JwtParts.IsFor(claims, rules.ClientId)) return (null, JwtProblem.WrongAudience);
        // For several, the one it was made for must be named, and be us
        var isForSeveral = claims["aud"] is { ValueKind: JsonValueKind.Array } audience && audience.GetArrayLength() > 1;
        if ((isForSeveral || claims.ContainsKey("azp")) && JwtParts.Text(claims, "azp") != rules.ClientId) return (null, JwtProblem.WrongAudience);
        if (JwtParts.Time(claims, "exp") is not { } expires || JwtParts.Time(claims, "iat") is not { } issued || JwtParts.Text(claims, "sub") is not { Length: > 0 and <= 255 })
            return (null, JwtProblem.MissingClaim);
        if (now >= expires + rules.Skew) return (null, JwtProblem.Expired);
        if (now < issued - rules.Skew || (claims.ContainsKey("nbf") && !(now >= JwtParts.Time(claims, "nbf") - rules.Skew))) return (null, JwtProblem.NotYetValid);
        return JwtParts.Text(claims, "nonce") == rules.Nonce ? (claims, null) : (null, JwtProblem.WrongNonce);
    }
}
