using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Identity;

/// <summary>What someone who is signed in has to do before anything else.</summary>
public enum SignInDuty
{
    None,

    /// <summary>Someone else chose his password.</summary>
    ChangePassword,

    /// <summary>A second factor is demanded, and he has none.</summary>
    SetUpTwoFactor,
}

/// <summary>What the settings demand of a user.</summary>
internal sealed class SignInRules(IOptions<SignInOptions> options)
{
    public SignInDuty DutyOf(User user) => DutyOf(user.Role, user.MustChangePassword, user.TwoFactorEnabled);

    public SignInDuty DutyOf(Role role, bool mustChangePassword, bool hasTwoFactor)
    {
        if (mustChangePassword) return SignInDuty.ChangePassword;
        return DemandsTwoFactor(role) && !hasTwoFactor ? SignInDuty.SetUpTwoFactor : SignInDuty.None;
    }

    public bool DemandsTwoFactor(Role role) => options.Value.RequireTwoFactor switch
    {
        TwoFactorDemand.Everyone => true,
        TwoFactorDemand.Administrators => role == Role.Administrator,
        _ => false,
    };
}
