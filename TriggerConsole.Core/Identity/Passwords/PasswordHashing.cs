using Microsoft.AspNetCore.Identity;

namespace TriggerConsole.Core.Identity.Passwords;

/// <summary>How passwords are stored: PBKDF2 with HMAC-SHA512 and a random salt each.</summary>
internal sealed class PasswordHashing(IPasswordHasher<User> hasher)
{
    /// <summary>OWASP's figure for PBKDF2 with HMAC-SHA512, 2023.</summary>
    public const int Iterations = 210_000;

    // Checked against when there is no such user, so that how long the answer takes says nothing of that
    private static readonly User s_nobody = new() { CreatedAt = default };
    private readonly Lazy<string> _nobodysHash = new(() => hasher.HashPassword(s_nobody, "nobody's password"));

    public string Hash(User user, string password) => hasher.HashPassword(user, password);

    /// <param name="user">Null when there is none: takes as long and says no.</param>
    /// <param name="password">As it was typed.</param>
    /// <returns>Whether it is right, and whether its hash is one of less work and wants to be made anew.</returns>
    public (bool IsRight, bool IsOld) Verify(User? user, string password)
    {
        // A text that no form lets through is not worth the work
        var text = password.Length > PasswordText.MaxLength ? password[..PasswordText.MaxLength] : password;
        var result = hasher.VerifyHashedPassword(user ?? s_nobody, user?.PasswordHash ?? _nobodysHash.Value, text);
        if (user?.PasswordHash is null || password.Length > PasswordText.MaxLength) return (false, false);
        return (result != PasswordVerificationResult.Failed, result == PasswordVerificationResult.SuccessRehashNeeded);
    }
}
