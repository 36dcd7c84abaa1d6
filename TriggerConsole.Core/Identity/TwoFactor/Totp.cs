using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TriggerConsole.Core.Identity.TwoFactor;

/// <summary>Codes of authenticator apps: six digits, a new one every 30 seconds, by HMAC-SHA1 (RFC 6238). SHA1 because most apps know no other; HMAC does not suffer from its faults.</summary>
internal static class Totp
{
    public const int Digits = 6;

    /// <summary>Bytes of a secret: as many as the hash has (RFC 4226 section 4).</summary>
    public const int SecretLength = 20;

    private const int Modulus = 1_000_000;
    private const int StepSeconds = 30;

    /// <summary>Steps before and after this one whose codes are taken as well: clocks of phones go wrong, and typing takes time (RFC 6238 section 5.2).</summary>
    private const int Window = 1;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    public static long StepOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    public static string CodeOf(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // what RFC 6238 says and apps do
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var value = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 15)..]) & int.MaxValue; // RFC 4226 section 5.3
        return (value % Modulus).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is; null when it is none of now. All are compared, whichever it is.</summary>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        long? found = null;
        var current = StepOf(now);
        for (var step = current - Window; step <= current + Window; step++)
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(CodeOf(secret, step)), System.Text.Encoding.ASCII.GetBytes(code))) found = step;
        return found;
    }

    /// <summary>What an authenticator app reads from the picture (the Key Uri Format that all of them take).</summary>
    public static string UriOf(string secret, string email)
    {
        const int MostOfLabel = 100; // a longer one would not fit into the picture
        var label = Uri.EscapeDataString(email);
        if (label.Length > MostOfLabel) label = Uri.EscapeDataString(email.Split('@')[0]);
        if (label.Length > MostOfLabel) label = "account";
        return $"otpauth://totp/TriggerConsole:{label}?secret={secret}&issuer=TriggerConsole";
    }
}
