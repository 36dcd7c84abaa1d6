using System.Security.Cryptography;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>A key of the curve P-256 that signs access tokens (ES256, RFC 7518 section 3.4), with the public half that others check them by.</summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _gate = new();

    private SigningKey(string id, DateTimeOffset createdAt, ECDsa key) => (Id, CreatedAt, _key) = (id, createdAt, key);

    /// <summary>Named in the header <c>kid</c>: the key's thumbprint (RFC 7638), so that it cannot stand for another key.</summary>
    public string Id { get; }

    public DateTimeOffset CreatedAt { get; }

    public static SigningKey Create(DateTimeOffset now)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(Thumbprint(key), now, key);
    }

    /// <exception cref="CryptographicException">It is no private key of P-256.</exception>
    public static SigningKey Import(byte[] pkcs8, DateTimeOffset createdAt)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            if (key.KeySize != 256) throw new CryptographicException("A signing key is a key of P-256.");
            return new(Thumbprint(key), createdAt, key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public byte[] Export() => _key.ExportPkcs8PrivateKey();

    public PublicKey Public
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return new(Id, Base64UrlText.Encode(point.X!), Base64UrlText.Encode(point.Y!));
        }
    }

    /// <summary>Signature of 64 bytes, r and s one after the other (RFC 7518 section 3.4).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_gate) return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_gate) return signature.Length == 64 && _key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public void Dispose() => _key.Dispose();

    // RFC 7638, section 3: the required members in the order of their names, without spaces
    private static string Thumbprint(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var json = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64UrlText.Encode(point.X!)}}","y":"{{Base64UrlText.Encode(point.Y!)}}"}""";
        return Base64UrlText.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(json)));
    }
}

/// <summary>The public half of a signing key as a JSON Web Key (RFC 7517) shows it.</summary>
internal sealed record PublicKey(string Kid, string X, string Y)
{
    public string Kty { get; } = "EC";

    public string Crv { get; } = "P-256";

    public string Alg { get; } = JwtHeader.Algorithm;

    public string Use { get; } = "sig";
}
