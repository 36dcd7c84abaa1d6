namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>What an access token says (RFC 7519 section 4.1, RFC 9068 section 2.2).</summary>
internal sealed record JwtClaims
{
    /// <summary><c>iss</c>: the installation that made it.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>aud</c>: what it is meant for.</summary>
    public required string Audience { get; init; }

    /// <summary><c>sub</c>: id of the user or the API key it was made for.</summary>
    public required string Subject { get; init; }

    /// <summary><c>jti</c>.</summary>
    public required string Id { get; init; }

    /// <summary><c>sid</c>: the chain of refresh tokens it belongs to; when that is revoked, so is this.</summary>
    public required string Session { get; init; }

    /// <summary><c>iat</c>, to the second.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary><c>nbf</c>, to the second; null when it holds from the start.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary><c>exp</c>, to the second.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>role</c>.</summary>
    public required Role Role { get; init; }

    /// <summary><c>name</c>: for records of who did something.</summary>
    public required string Name { get; init; }
}

/// <summary>The one header our tokens have.</summary>
internal static class JwtHeader
{
    /// <summary>The only algorithm that is taken (RFC 8725 section 3.1): what the token itself asks for decides nothing.</summary>
    public const string Algorithm = "ES256";

    /// <summary>Says that it is an access token and no other kind of JWT (RFC 9068 section 2.1, RFC 8725 section 3.11).</summary>
    public const string Type = "at+jwt";
}
