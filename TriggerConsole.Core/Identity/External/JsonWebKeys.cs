using System.Security.Cryptography;
using System.Text.Json;
using TriggerConsole.Core.Identity.Tokens;

namespace TriggerConsole.Core.Identity.External;

/// <summary>A public key of somebody else (RFC 7517), for the algorithms that ID tokens are signed with.</summary>
internal sealed class JsonWebKey
{
    private const int LeastRsaBits = 2048; // RFC 7518 section 3.3

    private readonly Func<string, byte[], byte[], bool> _verify;
    private readonly string? _algorithm;

    private JsonWebKey(string? id, string? algorithm, Func<string, byte[], byte[], bool> verify) => (Id, _algorithm, _verify) = (id, algorithm, verify);

    public string? Id { get; }

    /// <summary>Null for a key that is of no use here: another kind, too weak, or not for signatures.</summary>
    public static JsonWebKey? Of(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.TextOf("use") is not (null or "sig")) return null;
        try
        {
            return json.TextOf("kty") switch
            {
                "RSA" => OfRsa(json),
                "EC" => OfCurve(json),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null; // no point of the curve, no modulus
        }
    }

    /// <summary>The keys of a JWK set (RFC 7517 section 5), at most fifty.</summary>
    public static IReadOnlyList<JsonWebKey> OfSet(JsonElement json)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Take(50).Select(Of).OfType<JsonWebKey>()]
            : [];

    /// <summary>False as well when this key is not for that algorithm: the token must not choose how it is checked (RFC 8725 section 3.1).</summary>
    public bool Verifies(string algorithm, byte[] signed, byte[] signature) => (_algorithm is null || _algorithm == algorithm) && _verify(algorithm, signed, signature);

    private static JsonWebKey? OfRsa(JsonElement json)
    {
        if (Bytes(json, "n") is not { } modulus || Bytes(json, "e") is not { } exponent) return null;
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        using (var rsa = RSA.Create(parameters))
            if (rsa.KeySize < LeastRsaBits) return null;
        return new(json.TextOf("kid"), json.TextOf("alg"), (algorithm, signed, signature) =>
        {
            if (algorithm is not ['R' or 'P', 'S', ..] || Hash(algorithm) is not { } hash) return false;
            using var rsa = RSA.Create(parameters);
            return rsa.VerifyData(signed, signature, hash, algorithm[0] == 'R' ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss);
        });
    }

    private static JsonWebKey? OfCurve(JsonElement json)
    {
        var (curve, curveAlgorithm) = json.TextOf("crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, "ES256"),
            "P-384" => (ECCurve.NamedCurves.nistP384, "ES384"),
            "P-521" => (ECCurve.NamedCurves.nistP521, "ES512"),
            _ => (default, ""),
        };
        if (curveAlgorithm.Length == 0 || Bytes(json, "x") is not { } x || Bytes(json, "y") is not { } y) return null;
        var parameters = new ECParameters { Curve = curve, Q = new() { X = x, Y = y } };
        ECDsa.Create(parameters).Dispose(); // throws when it is no point of the curve
        return new(json.TextOf("kid"), json.TextOf("alg"), (algorithm, signed, signature) =>
        {
            if (algorithm != curveAlgorithm || Hash(algorithm) is not { } hash) return false;
            using var key = ECDsa.Create(parameters);
            return key.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        });
    }

    private static HashAlgorithmName? Hash(string algorithm) => algorithm[2..] switch
    {
        "256" => HashAlgorithmName.SHA256,
        "384" => HashAlgorithmName.SHA384,
        "512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static byte[]? Bytes(JsonElement json, string name) => json.TextOf(name) is { Length: > 0 and < 2000 } text ? Base64UrlText.Decode(text) : null;
}
