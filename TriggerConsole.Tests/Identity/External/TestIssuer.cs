using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Identity.External;
using TriggerConsole.Core.Identity.Tokens;

namespace TriggerConsole.Tests.Identity.External;

/// <summary>Signs tokens as a provider does, with a key of each kind.</summary>
internal sealed class TestIssuer : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);

    public TestIssuer() => Keys = JsonWebKey.OfSet(JsonSerializer.SerializeToElement(KeySet));

    public ECDsa P256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public IReadOnlyList<JsonWebKey> Keys { get; }

    public byte[] RsaPublicKey => _rsa.ExportSubjectPublicKeyInfo();

    /// <summary>The public keys as a provider publishes them.</summary>
    public object KeySet => new
    {
        keys = new[]
        {
            KeyOf(_rsa.ExportParameters(false), "rsa"), KeyOf(P256.ExportParameters(false), "p256"), KeyOf(_p384.ExportParameters(false), "p384"), KeyOf(_p521.ExportParameters(false), "p521"),
        },
    };

    public string Sign(string algorithm, Dictionary<string, object> claims) => Sign(algorithm, claims, algorithm switch { "ES256" => "p256", "ES384" => "p384", "ES512" => "p521", _ => "rsa" });

    public string Sign(string algorithm, Dictionary<string, object> claims, string? kid)
    {
        var header = new Dictionary<string, object> { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (kid is not null) header["kid"] = kid;
        var signed = $"{Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var hash = algorithm[2..] switch { "384" => HashAlgorithmName.SHA384, "512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };
        var signature = algorithm switch
        {
            "ES256" => P256.SignData(bytes, hash),
            "ES384" => _p384.SignData(bytes, hash),
            "ES512" => _p521.SignData(bytes, hash),
            _ => _rsa.SignData(bytes, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
        };
        return $"{signed}.{Base64UrlText.Encode(signature)}";
    }

    public static Dictionary<string, string> KeyOf(RSAParameters key, string kid)
        => new() { ["kty"] = "RSA", ["kid"] = kid, ["use"] = "sig", ["n"] = Base64UrlText.Encode(key.Modulus), ["e"] = Base64UrlText.Encode(key.Exponent) };

    public static Dictionary<string, string> KeyOf(ECParameters key, string kid) => new()
    {
        ["kty"] = "EC",
        ["kid"] = kid,
        ["use"] = "sig",
        ["crv"] = $"P-{(key.Q.X!.Length == 66 ? 521 : key.Q.X.Length * 8)}",
        ["x"] = Base64UrlText.Encode(key.Q.X),
        ["y"] = Base64UrlText.Encode(key.Q.Y),
    };

    public void Dispose()
    {
        _rsa.Dispose();
        P256.Dispose();
        _p384.Dispose();
        _p521.Dispose();
    }
}
