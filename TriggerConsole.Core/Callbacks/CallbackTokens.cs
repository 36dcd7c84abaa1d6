using System.Security.Cryptography;
using System.Text;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Callbacks;

/// <summary>Makes and checks the tokens of callbacks: <c>tct_</c> and 256 random bits in base64url.</summary>
public static class CallbackTokens
{
    private const string Prefix = "tct_";
    private const int MaxLength = 200;

    public static string Create() => RandomToken.Create(Prefix);

    public static byte[] Hash(string token) => RandomToken.Hash(token);

    public static string Hint(string token) => token[^4..];

    /// <summary>Whether the token is the present one, or the previous one within its overlap. Takes the same time whichever it is.</summary>
    public static bool IsValid(Callback callback, string token, DateTimeOffset now)
    {
        if (token.Length > MaxLength) return false;
        Span<byte> utf8 = stackalloc byte[MaxLength * 3];
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
        var isCurrent = CryptographicOperations.FixedTimeEquals(hash, callback.TokenHash);
        var isPrevious = CryptographicOperations.FixedTimeEquals(hash, callback.PreviousTokenHash ?? callback.TokenHash)
            && callback.PreviousTokenHash is not null && now < callback.PreviousTokenExpiresAt;
        return isCurrent | isPrevious;
    }
}
