using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TriggerConsole.Core.Secrets;

/// <summary>Tokens that we make and others show again: a prefix that says what it is, and 256 random bits in base64url.</summary>
internal static class RandomToken
{
    public static string Create(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored of a token. It has 256 random bits, so a slow hash would add nothing.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
