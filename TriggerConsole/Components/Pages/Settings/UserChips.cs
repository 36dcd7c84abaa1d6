using TriggerConsole.Core.Identity;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>The state of a user in a word.</summary>
internal static class UserChips
{
    public static (string Css, string Word, string Meaning) Of(UserView user)
    {
        if (user.LockedAt is not null) return ("bad", "Locked", "An administrator has locked this user out.");
        if (user.LockedOutUntil is not null) return ("warn", "Too many tries", "There were too many wrong passwords. Browsers that are not known are refused for a while; where the user is signed in, nothing changes.");
        if (user.IsInvited) return ("off", "Invited", "Has not chosen a password yet.");
        return user.MustChangePassword ? ("warn", "New password due", "Has to choose an own password at the next sign-in.") : ("good", "Active", "Can sign in.");
    }
}

/// <summary>What each role may do, in a sentence.</summary>
internal static class RoleWords
{
    public static string Of(Role role) => role switch
    {
        Role.Viewer => "Sees everything but secrets, and changes nothing.",
        Role.Operator => "Also runs, retries, replays, pauses.",
        Role.Editor => "Also makes and changes callbacks, triggers, brokers, schedules.",
        _ => "Also manages users, keys, secrets and settings: everything.",
    };
}
