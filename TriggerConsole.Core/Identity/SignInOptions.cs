using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Identity;

/// <summary>Who has to sign in with a second factor.</summary>
public enum TwoFactorDemand
{
    /// <summary>Everyone as he likes.</summary>
    Nobody,
    Administrators,
    Everyone,
}

/// <summary>How people sign in, and for how long.</summary>
public sealed class SignInOptions : IValidatableObject
{
    public const string SectionName = "SignIn";

    /// <summary>After how long without use a browser is signed out. Default: 14 days.</summary>
    public TimeSpan IdleLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long a browser stays signed in at most, however much it is used. Default: 90 days.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long an invitation can be accepted. Default: 3 days.</summary>
    public TimeSpan InvitationLifetime { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How long a link that resets a password can be used. Default: 1 hour.</summary>
    public TimeSpan ResetLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Who has to sign in with a second factor: <c>Nobody</c>, <c>Administrators</c> or <c>Everyone</c>. Default: <c>Nobody</c>.</summary>
    public TwoFactorDemand RequireTwoFactor { get; set; } = TwoFactorDemand.Nobody;

    /// <summary>How old a look at a session may be. What is ended on this node counts at once, what another node ended within this time.</summary>
    internal TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IdleLifetime < TimeSpan.FromMinutes(5) || IdleLifetime > TimeSpan.FromDays(366)) yield return new("IdleLifetime: give a time from 5 minutes to 366 days.", [nameof(IdleLifetime)]);
        if (SessionLifetime < IdleLifetime || SessionLifetime > TimeSpan.FromDays(3660)) yield return new("SessionLifetime: give a time from IdleLifetime to 3660 days.", [nameof(SessionLifetime)]);
        if (InvitationLifetime < TimeSpan.FromMinutes(10) || InvitationLifetime > TimeSpan.FromDays(30)) yield return new("InvitationLifetime: give a time from 10 minutes to 30 days.", [nameof(InvitationLifetime)]);
        if (ResetLifetime < TimeSpan.FromMinutes(10) || ResetLifetime > TimeSpan.FromDays(1)) yield return new("ResetLifetime: give a time from 10 minutes to 1 day.", [nameof(ResetLifetime)]);
        if (!Enum.IsDefined(RequireTwoFactor)) yield return new("RequireTwoFactor: give Nobody, Administrators or Everyone.", [nameof(RequireTwoFactor)]);
    }
}

[OptionsValidator]
internal sealed partial class SignInOptionsValidator : IValidateOptions<SignInOptions>;
