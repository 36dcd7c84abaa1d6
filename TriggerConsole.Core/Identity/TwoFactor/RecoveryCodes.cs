using System.Security.Cryptography;
using System.Text;
using TriggerConsole.Core.Identity.Passwords;

namespace TriggerConsole.Core.Identity.TwoFactor;

/// <summary>Makes recovery codes and hashes them: twelve letters and digits, 59 bits, so slowly hashed like a password.</summary>
internal static class RecoveryCodes
{
    public const int Count = 10;
    public const int SaltLength = 16;
    public const int HashLength = 32;

    private const int Length = 12;
    private const int Group = 4;

    // Without those that look alike
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    public static string Create()
    {
        var text = RandomNumberGenerator.GetString(Alphabet, Length);
        return string.Join('-', text.Chunk(Group).Select(c => new string(c)));
    }

    /// <summary>A code as it is compared: without spaces and dashes, in small letters; null when it cannot be one.</summary>
    public static string? Clean(string code)
    {
        var text = new string([.. code.Where(c => !char.IsWhiteSpace(c) && c != '-')]).ToLowerInvariant();
        return text.Length == Length ? text : null;
    }

    /// <summary>All codes of a user have one salt, so that one look costs one hash, not ten.</summary>
    public static byte[] Hash(string clean, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(clean), salt, PasswordHashing.Iterations, HashAlgorithmName.SHA512, HashLength);
}
