using System.Buffers;
using System.Text;
using System.Text.Json;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>Writes signed access tokens in the compact form (RFC 7515 section 3.1).</summary>
internal static class JwtWriter
{
    public static string Write(JwtClaims claims, SigningKey key)
    {
        var header = Json(json =>
        {
            json.WriteString("alg"u8, JwtHeader.Algorithm);
            json.WriteString("typ"u8, JwtHeader.Type);
            json.WriteString("kid"u8, key.Id);
        });
        var payload = Json(json =>
        {
            json.WriteString("iss"u8, claims.Issuer);
            json.WriteString("aud"u8, claims.Audience);
            json.WriteString("sub"u8, claims.Subject);
            json.WriteString("jti"u8, claims.Id);
            json.WriteString("sid"u8, claims.Session);
            json.WriteNumber("iat"u8, claims.IssuedAt.ToUnixTimeSeconds());
            if (claims.NotBefore is { } notBefore) json.WriteNumber("nbf"u8, notBefore.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, claims.ExpiresAt.ToUnixTimeSeconds());
            json.WriteString("role"u8, claims.Role.ToString());
            json.WriteString("name"u8, claims.Name);
        });
        return Seal(header, payload, key);
    }

    /// <summary>Signs any header and payload: for <see cref="Write"/>, and for tests that need wrong ones.</summary>
    internal static string Seal(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, SigningKey key)
    {
        var signed = $"{Base64UrlText.Encode(header)}.{Base64UrlText.Encode(payload)}";
        return $"{signed}.{Base64UrlText.Encode(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static ReadOnlySpan<byte> Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }
}
