using System.Text;

namespace TriggerConsole.Core.Identity.Passwords;

/// <summary>A password as it is compared: the same letters typed on another keyboard are the same password (NIST SP 800-63B section 3.1.1.2).</summary>
internal static class PasswordText
{
    /// <summary>Characters that a password may have at most.</summary>
    public const int MaxLength = 256;

    public static string Normalize(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return password; // half a surrogate pair: text that no keyboard makes, compared as it is
        }
    }

    /// <summary>Characters as people count them: one for each code point.</summary>
    public static int Length(string password) => password.EnumerateRunes().Count();
}
