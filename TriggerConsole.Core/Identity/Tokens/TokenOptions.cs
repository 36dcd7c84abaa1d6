using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>Access tokens for programs that act for a person (<c>POST /api/auth/token</c>).</summary>
public sealed class TokenOptions : IValidatableObject
{
    public const string SectionName = "Tokens";

    /// <summary>Who makes the tokens, as their <c>iss</c> says. Give each installation its own, best its address. Default: <c>triggerconsole</c>.</summary>
    [Required, MaxLength(200)] public string Issuer { get; set; } = "triggerconsole";

    /// <summary>How long an access token holds. Default: 10 min.</summary>
    public TimeSpan AccessLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a refresh token holds if it is not used; each use makes a new one. Default: 14 days.</summary>
    public TimeSpan RefreshLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long a sign-in by tokens lasts at most, however often it is refreshed. Default: 90 days.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>After how long a new key signs; the one before verifies until the last token it signed has expired. Default: 30 days.</summary>
    public TimeSpan KeyRotation { get; set; } = TimeSpan.FromDays(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AccessLifetime < TimeSpan.FromMinutes(1) || AccessLifetime > TimeSpan.FromHours(1)) yield return new("AccessLifetime: give a time from 1 minute to 1 hour.", [nameof(AccessLifetime)]);
        if (RefreshLifetime < AccessLifetime || RefreshLifetime > TimeSpan.FromDays(366)) yield return new("RefreshLifetime: give a time from AccessLifetime to 366 days.", [nameof(RefreshLifetime)]);
        if (SessionLifetime < RefreshLifetime || SessionLifetime > TimeSpan.FromDays(3660)) yield return new("SessionLifetime: give a time from RefreshLifetime to 3660 days.", [nameof(SessionLifetime)]);
        if (KeyRotation < TimeSpan.FromHours(1) || KeyRotation > TimeSpan.FromDays(366)) yield return new("KeyRotation: give a time from 1 hour to 366 days.", [nameof(KeyRotation)]);
    }
}

[OptionsValidator]
internal sealed partial class TokenOptionsValidator : IValidateOptions<TokenOptions>;
