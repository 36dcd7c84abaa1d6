using System.Security.Claims;

namespace TriggerConsole.Authentication.External;

/// <summary>Who a provider says someone is.</summary>
/// <param name="Provider">Name of the scheme.</param>
/// <param name="Subject">His id there, which never changes.</param>
/// <param name="IsVerified">Whether the provider has seen that the e-mail is his. Others could write in whatever they like.</param>
internal sealed record ExternalIdentity(string Provider, string Subject, string? Email, bool IsVerified);

/// <summary>Carries an <see cref="ExternalIdentity"/> through the short-lived cookie between the provider's answer and the sign-in.</summary>
internal static class ExternalClaims
{
    private const string Verified = "tc:verified";

    public static void Add(ClaimsIdentity identity, string subject, string? email, bool isVerified)
    {
        identity.AddClaim(new(ClaimTypes.NameIdentifier, subject));
        if (email is { Length: > 0 and <= 256 }) identity.AddClaim(new(ClaimTypes.Email, email));
        if (isVerified) identity.AddClaim(new(Verified, "true"));
    }

    public static ExternalIdentity? Read(ClaimsPrincipal principal)
        => principal.Identity is { AuthenticationType: { } provider } && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { Length: > 0 } subject
            ? new(provider, subject, principal.FindFirstValue(ClaimTypes.Email), principal.HasClaim(Verified, "true"))
            : null;
}
