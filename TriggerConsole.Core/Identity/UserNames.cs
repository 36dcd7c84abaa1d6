namespace TriggerConsole.Core.Identity;

/// <summary>How users are told apart.</summary>
internal static class UserNames
{
    /// <summary>An e-mail address as it is compared, the same way as ASP.NET Core Identity does.</summary>
    public static string Normalize(string email)
    {
        try
        {
            return email.Trim().Normalize().ToUpperInvariant();
        }
        catch (ArgumentException)
        {
            return email.Trim().ToUpperInvariant(); // half a surrogate pair
        }
    }
}
