using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Identity.External;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Identity.External;

/// <summary>ID tokens of providers: OpenID Connect Core 1.0 section 3.1.3.7 line by line, and the attacks of RFC 8725.</summary>
public sealed class IdTokenReaderTests
{
    private static readonly IdTokenRules s_rules = new("https://id.example.com", "console", "n-0S6", TimeSpan.FromMinutes(2));
    private static readonly TestIssuer s_issuer = new();

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public void Read_EachAlgorithm_IsTakenAndEachChangedByteIsNot(string algorithm)
    {
        var token = s_issuer.Sign(algorithm, Claims());
        Assert.Equal("anna", Read(token).Claims!["sub"].GetString());
        var parts = token.Split('.');
        var other = Encode(JsonSerializer.SerializeToUtf8Bytes(Claims(c => c["sub"] = "berta")));
        Assert.Equal(JwtProblem.WrongSignature, Read($"{parts[0]}.{other}.{parts[2]}").Problem);
        var signature = Base64UrlText.Decode(parts[2])!;
        signature[7] ^= 1;
        Assert.Equal(JwtProblem.WrongSignature, Read($"{parts[0]}.{parts[1]}.{Encode(signature)}").Problem);
        Assert.Equal(JwtProblem.WrongSignature, Read($"{parts[0]}.{parts[1]}.").Problem);
    }

    public static TheoryData<string, object?, string?> WrongClaims => new()
    {
        { "iss", "https://id.example.com/", nameof(JwtProblem.WrongIssuer) },
        { "iss", "https://evil.example.com", nameof(JwtProblem.WrongIssuer) },
        { "iss", null, nameof(JwtProblem.WrongIssuer) },
        { "aud", "another", nameof(JwtProblem.WrongAudience) },
        { "aud", null, nameof(JwtProblem.WrongAudience) },
        { "aud", 1, nameof(JwtProblem.WrongAudience) },
        { "aud", new[] { "console" }, null },
        { "aud", new[] { "console", "another" }, nameof(JwtProblem.WrongAudience) },
        { "azp", "another", nameof(JwtProblem.WrongAudience) },
        { "azp", "console", null },
        { "nonce", "n-0S7", nameof(JwtProblem.WrongNonce) },
        { "nonce", "", nameof(JwtProblem.WrongNonce) },
        { "nonce", null, nameof(JwtProblem.WrongNonce) },
        { "sub", null, nameof(JwtProblem.MissingClaim) },
        { "sub", "", nameof(JwtProblem.MissingClaim) },
        { "exp", null, nameof(JwtProblem.MissingClaim) },
        { "iat", null, nameof(JwtProblem.MissingClaim) },
        { "exp", "never", nameof(JwtProblem.MissingClaim) },
        { "exp", Sample.Now.ToUnixTimeSeconds() - 119, null },
        { "exp", Sample.Now.ToUnixTimeSeconds() - 120, nameof(JwtProblem.Expired) },
        { "iat", Sample.Now.ToUnixTimeSeconds() + 121, nameof(JwtProblem.NotYetValid) },
        { "nbf", Sample.Now.ToUnixTimeSeconds() + 121, nameof(JwtProblem.NotYetValid) },
        { "nbf", "soon", nameof(JwtProblem.NotYetValid) },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public void Read_EachClaim_IsChecked(string claim, object? value, string? problem)
    {
        var token = s_issuer.Sign("ES256", Claims(c =>
        {
            if (value is null) c.Remove(claim);
            else c[claim] = value;
        }));
        Assert.Equal(problem, Read(token).Problem?.ToString());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("RS1")]
    [InlineData("EdDSA")]
    [InlineData("")]
    public void Read_AlgorithmWithoutAPublicKey_IsRefused(string algorithm)
    {
        var header = Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, kid = "rsa" }));
        var payload = Encode(JsonSerializer.SerializeToUtf8Bytes(Claims()));
        Assert.Equal(JwtProblem.WrongAlgorithm, Read($"{header}.{payload}.").Problem);
        // RFC 8725 section 2.1: the public key used as shared secret
        var mac = HMACSHA256.HashData(s_issuer.RsaPublicKey, Encoding.ASCII.GetBytes($"{header}.{payload}"));
        Assert.Equal(JwtProblem.WrongAlgorithm, Read($"{header}.{payload}.{Encode(mac)}").Problem);
    }

    [Fact]
    public void Read_HeaderThatChoosesItsKey_IsNotBelieved()
    {
        using var attacker = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string Forged(object header)
        {
            var signed = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(header))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(Claims()))}";
            return $"{signed}.{Encode(attacker.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        }

        var jwk = TestIssuer.KeyOf(attacker.ExportParameters(false), "mine");
        Assert.Equal(JwtProblem.UnknownKey, Read(Forged(new { alg = "ES256", kid = "mine", jwk })).Problem);
        Assert.Equal(JwtProblem.WrongSignature, Read(Forged(new { alg = "ES256", kid = "p256", jwk })).Problem);
        Assert.Equal(JwtProblem.WrongSignature, Read(Forged(new { alg = "ES256", jku = "https://evil.example.com/keys" })).Problem);
        Assert.Equal(JwtProblem.UnknownKey, Read(Forged(new { alg = "ES256", kid = "../../dev/null" })).Problem);
        Assert.Equal(JwtProblem.CriticalHeader, Read(Forged(new { alg = "ES256", kid = "p256", crit = new[] { "exp" } })).Problem);
        Assert.Equal(JwtProblem.WrongType, Read(Forged(new { alg = "ES256", kid = "p256", typ = "at+jwt" })).Problem);
    }

    [Fact]
    public void Read_NoKeyNamed_AnyOfTheProviderCounts() => Assert.Null(Read(s_issuer.Sign("ES256", Claims(), kid: null)).Problem);

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d.e")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30=.AAAA")]
    public void Read_NoToken_IsMalformed(string token) => Assert.Equal(JwtProblem.Malformed, Read(token).Problem);

    [Fact]
    public void Read_Huge_IsNotRead() => Assert.Equal(JwtProblem.TooLong, Read(new string('a', IdTokenReader.MaxLength + 1)).Problem);

    [Fact]
    public void Keys_OfNoUse_AreLeftOut()
    {
        using var weak = RSA.Create(1024);
        var off = TestIssuer.KeyOf(s_issuer.P256.ExportParameters(false), "off");
        off["y"] = Encode(new byte[32]);
        var encrypting = TestIssuer.KeyOf(s_issuer.P256.ExportParameters(false), "enc");
        encrypting["use"] = "enc";
        var set = JsonSerializer.SerializeToElement(new { keys = new object[] { TestIssuer.KeyOf(weak.ExportParameters(false), "weak"), off, encrypting, new { kty = "oct", k = "AAAA" }, 1, "x" } });
        Assert.Empty(JsonWebKey.OfSet(set));
        Assert.Empty(JsonWebKey.OfSet(JsonSerializer.SerializeToElement(new { keys = 1 })));
    }

    private static (Dictionary<string, JsonElement>? Claims, JwtProblem? Problem) Read(string token) => IdTokenReader.Read(token, s_issuer.Keys, s_rules, Sample.Now);

    private static Dictionary<string, object> Claims(Action<Dictionary<string, object>>? change = null)
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = s_rules.Issuer,
            ["aud"] = s_rules.ClientId,
            ["sub"] = "anna",
            ["nonce"] = s_rules.Nonce,
            ["iat"] = Sample.Now.ToUnixTimeSeconds(),
            ["exp"] = Sample.Now.AddMinutes(5).ToUnixTimeSeconds(),
        };
        change?.Invoke(claims);
        return claims;
    }

    private static string Encode(byte[] bytes) => Base64UrlText.Encode(bytes);
}
