namespace TriggerConsole.Core.Identity.Passwords;

/// <summary>A password as text. It is compared as it was typed, code point by code point: without ICU there is no other form to bring it into.</summary>
internal static class PasswordText
{
    /// <summary>Characters that a password may have at most.</summary>
    public const int MaxLength = 256;

    /// <summary>Characters as people count them: one for each code point.</summary>
    public static int Length(string password) => password.EnumerateRunes().Count();
}
