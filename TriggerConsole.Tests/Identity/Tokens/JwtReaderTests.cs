using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Identity.Tokens;

/// <summary>Access tokens against RFC 7515, 7519 and 8725: what we write is read back, and each known attack is refused for its own reason.</summary>
public sealed class JwtReaderTests : IDisposable
{
    private static readonly JwtRules s_rules = new("https://console.example", "triggerconsole", TimeSpan.FromSeconds(30));
    private static readonly DateTimeOffset s_now = Sample.Now;

    private readonly SigningKey _key = SigningKey.Create(s_now);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var claims = Claims();

        Assert.Equal((claims, null), Read(JwtWriter.Write(claims, _key)));
    }

    [Fact]
    public void Read_KeyThatWasStored_StillVerifies()
    {
        using var again = SigningKey.Import(_key.Export(), s_now);
        Assert.Equal(_key.Id, again.Id);
        Assert.Null(JwtReader.Read(JwtWriter.Write(Claims(), _key), id => id == again.Id ? again : null, s_rules, s_now).Problem);
    }

    // RFC 8725 section 2.1 and 3.1: the algorithm is ours to choose
    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("HS256")]
    [InlineData("RS256")]
    [InlineData("ES384")]
    [InlineData("es256")]
    [InlineData("ES256 ")]
    public void Read_OtherAlgorithm_IsRefused(string algorithm)
    {
        Assert.Equal(JwtProblem.WrongAlgorithm, Problem(Sealed(header: h => h["alg"] = algorithm)));
    }

    [Fact]
    public void Read_AlgorithmLeftOutOrNoText_IsRefused()
    {
        Assert.Equal(JwtProblem.WrongAlgorithm, Problem(Sealed(header: h => h.Remove("alg"))));
        Assert.Equal(JwtProblem.WrongAlgorithm, Problem(Sealed(header: h => h["alg"] = new JsonArray("ES256"))));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("ES256")]
    public void Read_SignatureLeftOut_IsRefused(string algorithm)
    {
        var parts = Sealed(header: h => h["alg"] = algorithm).Split('.');

        Assert.NotNull(Problem($"{parts[0]}.{parts[1]}."));
        Assert.Equal(JwtProblem.Malformed, Problem($"{parts[0]}.{parts[1]}"));
    }

    // RFC 8725 section 2.1: the public key taken for the secret of an HMAC
    [Fact]
    public void Read_HmacWithThePublicKey_IsRefused()
    {
        var header = Base64UrlText.Encode(Encoding.UTF8.GetBytes($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{_key.Id}}"}"""));
        var payload = JwtWriter.Write(Claims(), _key).Split('.')[1];
        var secret = JsonSerializer.SerializeToUtf8Bytes(_key.Public);
        var forged = $"{header}.{payload}.{Base64UrlText.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{header}.{payload}")))}";

        Assert.Equal(JwtProblem.WrongAlgorithm, Problem(forged));
    }

    // The attacker's own key, offered in the header in each way there is (RFC 7515 sections 4.1.2 to 4.1.8)
    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    public void Read_KeyOfferedInTheHeader_DoesNotCount(string member)
    {
        using var theirs = SigningKey.Create(s_now);
        void Offer(JsonObject header) => header[member] = member switch
        {
            "jwk" => JsonSerializer.SerializeToNode(theirs.Public),
            "x5c" => new JsonArray("MIIB"),
            _ => "https://evil.example/keys.json",
        };

        Assert.Equal(JwtProblem.WrongSignature, Problem(Sealed(header: Offer, signer: theirs)));
        Assert.Equal(JwtProblem.UnknownKey, Problem(Sealed(header: h => { Offer(h); h["kid"] = theirs.Id; }, signer: theirs)));
    }

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("' OR '1'='1")]
    [InlineData("x'; DROP TABLE users; --")]
    [InlineData("|/usr/bin/id")]
    [InlineData("https://evil.example/key")]
    [InlineData("")]
    [InlineData("\0")]
    public void Read_KeyIdThatIsNoneOfOurs_IsRefused(string kid)
    {
        Assert.Equal(JwtProblem.UnknownKey, Problem(Sealed(header: h => h["kid"] = kid)));
    }

    [Fact]
    public void Read_KeyIdLeftOutOrInOtherCase_IsRefused()
    {
        Assert.Equal(JwtProblem.UnknownKey, Problem(Sealed(header: h => h.Remove("kid"))));
        Assert.Equal(JwtProblem.UnknownKey, Problem(Sealed(header: h => h["kid"] = _key.Id.ToUpperInvariant() + "x")));
        Assert.Equal(JwtProblem.UnknownKey, Problem(Sealed(header: h => h["kid"] = 7)));
    }

    // RFC 7515 section 4.1.11; RFC 7797 for b64
    [Fact]
    public void Read_CriticalExtension_IsRefused()
    {
        Assert.Equal(JwtProblem.CriticalHeader, Problem(Sealed(header: h => { h["crit"] = new JsonArray("exp"); h["exp"] = 1; })));
        Assert.Equal(JwtProblem.CriticalHeader, Problem(Sealed(header: h => h["crit"] = new JsonArray())));
        Assert.Equal(JwtProblem.CriticalHeader, Problem(Sealed(header: h => h["b64"] = false)));
    }

    // RFC 8725 section 3.11: a token of another kind is no access token
    [Theory]
    [InlineData("JWT")]
    [InlineData("logout+jwt")]
    [InlineData("application/jwt")]
    [InlineData("")]
    public void Read_OtherType_IsRefused(string type)
    {
        Assert.Equal(JwtProblem.WrongType, Problem(Sealed(header: h => h["typ"] = type)));
        Assert.Equal(JwtProblem.WrongType, Problem(Sealed(header: h => h.Remove("typ"))));
    }

    [Theory]
    [InlineData("AT+JWT")]
    [InlineData("application/at+jwt")]
    public void Read_TypeInAnotherSpelling_IsTaken(string type)
    {
        Assert.Null(Problem(Sealed(header: h => h["typ"] = type)));
    }

    [Fact]
    public void Read_AnyBitChanged_IsRefused()
    {
        var token = JwtWriter.Write(Claims(), _key);
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] == '.') continue;
            var other = alphabet[(alphabet.IndexOf(token[i], StringComparison.Ordinal) + 1) % alphabet.Length];
            Assert.NotNull(Problem(string.Concat(token.AsSpan(0, i), [other], token.AsSpan(i + 1))));
        }
    }

    // CVE-2022-21449: zeros for r and s; and signatures of other lengths or in DER
    [Fact]
    public void Read_SignatureOfZerosOrInAnotherForm_IsRefused()
    {
        var signed = JwtWriter.Write(Claims(), _key);
        var body = signed[..signed.LastIndexOf('.')];
        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(_key.Export(), out _);
        var der = ec.SignData(Encoding.ASCII.GetBytes(body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        byte[][] signatures = [new byte[64], [], new byte[63], new byte[128], der, [.. Base64UrlText.Decode(signed.AsSpan(signed.LastIndexOf('.') + 1))!, 0]];

        Assert.All(signatures, signature => Assert.Equal(JwtProblem.WrongSignature, Problem($"{body}.{Base64UrlText.Encode(signature)}")));
    }

    [Fact]
    public void Read_SignedByARetiredKey_IsRefused()
    {
        Assert.Equal(JwtProblem.UnknownKey, JwtReader.Read(JwtWriter.Write(Claims(), _key), _ => null, s_rules, s_now).Problem);
    }

    [Fact]
    public void Read_Expired_IsRefusedAfterTheSkewAlone()
    {
        var token = JwtWriter.Write(Claims(), _key);
        JwtProblem? At(DateTimeOffset now) => JwtReader.Read(token, Find, s_rules, now).Problem;

        Assert.Null(At(s_now.AddMinutes(15).AddSeconds(29)));
        Assert.Equal(JwtProblem.Expired, At(s_now.AddMinutes(15).AddSeconds(30)));
        Assert.Equal(JwtProblem.Expired, At(s_now.AddYears(1)));
    }

    [Fact]
    public void Read_FromTheFuture_IsRefusedBeforeTheSkewAlone()
    {
        Assert.Null(Problem(JwtWriter.Write(Claims() with { IssuedAt = s_now.AddSeconds(30) }, _key)));
        Assert.Equal(JwtProblem.NotYetValid, Problem(JwtWriter.Write(Claims() with { IssuedAt = s_now.AddSeconds(31) }, _key)));
        Assert.Equal(JwtProblem.NotYetValid, Problem(JwtWriter.Write(Claims() with { NotBefore = s_now.AddMinutes(5) }, _key)));
    }

    [Theory]
    [InlineData("exp", JwtProblem.MissingClaim)]
    [InlineData("iat", JwtProblem.MissingClaim)]
    [InlineData("sub", JwtProblem.MissingClaim)]
    [InlineData("jti", JwtProblem.MissingClaim)]
    [InlineData("sid", JwtProblem.MissingClaim)]
    [InlineData("role", JwtProblem.MissingClaim)]
    [InlineData("name", JwtProblem.MissingClaim)]
    [InlineData("iss", JwtProblem.WrongIssuer)]
    [InlineData("aud", JwtProblem.WrongAudience)]
    public void Read_ClaimLeftOutOrOfAnotherType_IsRefused(string claim, object problem)
    {
        Assert.Equal(problem, Problem(Sealed(payload: p => p.Remove(claim))));
        Assert.Equal(problem, Problem(Sealed(payload: p => p[claim] = null)));
        Assert.Equal(problem, Problem(Sealed(payload: p => p[claim] = new JsonObject())));
    }

    [Theory]
    [InlineData("iss", "https://console.example/", JwtProblem.WrongIssuer)]
    [InlineData("iss", "https://evil.example", JwtProblem.WrongIssuer)]
    [InlineData("aud", "TriggerConsole", JwtProblem.WrongAudience)]
    [InlineData("aud", "another", JwtProblem.WrongAudience)]
    [InlineData("role", "Root", JwtProblem.MissingClaim)]
    [InlineData("role", "administrator", JwtProblem.MissingClaim)]
    [InlineData("role", "3", JwtProblem.MissingClaim)]
    [InlineData("role", "Viewer,Administrator", JwtProblem.MissingClaim)]
    [InlineData("exp", "9999999999", JwtProblem.MissingClaim)]
    public void Read_ClaimWithAWrongValue_IsRefused(string claim, string value, object problem)
    {
        Assert.Equal(problem, Problem(Sealed(payload: p => p[claim] = value)));
    }

    [Theory]
    [InlineData("exp", 1e300)]
    [InlineData("exp", -1)]
    [InlineData("nbf", -1)]
    [InlineData("iat", 1e18)]
    public void Read_TimeThatIsNone_IsRefused(string claim, double value)
    {
        Assert.Equal(JwtProblem.MissingClaim, Problem(Sealed(payload: p => p[claim] = value)));
    }

    [Fact]
    public void Read_SeveralAudiences_OneOfThemOurs_IsTaken()
    {
        Assert.Null(Problem(Sealed(payload: p => p["aud"] = new JsonArray("another", "triggerconsole"))));
        Assert.Equal(JwtProblem.WrongAudience, Problem(Sealed(payload: p => p["aud"] = new JsonArray("another", 7, null))));
        Assert.Equal(JwtProblem.WrongAudience, Problem(Sealed(payload: p => p["aud"] = new JsonArray())));
    }

    // Two members of one name: readers differ in which one counts
    [Fact]
    public void Read_MemberTwice_IsRefused()
    {
        var header = Encoding.UTF8.GetBytes($$"""{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"{{_key.Id}}"}""");
        Assert.Equal(JwtProblem.Malformed, Problem(JwtWriter.Seal(header, Payload(), _key)));
        var payload = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Payload()).Replace("\"role\":", "\"role\":\"Administrator\",\"role\":", StringComparison.Ordinal));
        Assert.Equal(JwtProblem.Malformed, Problem(JwtWriter.Seal(Header(), payload, _key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{/* */}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":[[[[[[1]]]]]]}")]
    [InlineData("\ufeff{}")]
    public void Read_PartThatIsNoPlainObject_IsRefused(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.Equal(JwtProblem.Malformed, Problem(JwtWriter.Seal(bytes, Payload(), _key)));
        Assert.Equal(JwtProblem.Malformed, Problem(JwtWriter.Seal(Header(), bytes, _key)));
    }

    [Fact]
    public void Read_TextThatIsNoUtf8_IsRefused()
    {
        byte[] bad = [.. "{\"sub\":\""u8, 0xFF, 0xC0, .. "\"}"u8];
        Assert.Equal(JwtProblem.Malformed, Problem(JwtWriter.Seal(bad, Payload(), _key)));
        Assert.NotNull(Problem(JwtWriter.Seal(Header(), bad, _key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9")]
    [InlineData("😀.😀.😀")]
    public void Read_NoToken_IsRefused(string text) => Assert.Equal(JwtProblem.Malformed, Problem(text));

    // One token, one text: padding, spaces, the other alphabet and spare bits are refused
    [Fact]
    public void Read_SameBytesInAnotherSpelling_IsRefused()
    {
        var token = JwtWriter.Write(Claims(), _key);
        string[] spellings = [token + "=", token + "==", " " + token, token + "\n", token.Replace(".", " .", StringComparison.Ordinal), token.Insert(10, "\r\n"), token + ".", "." + token];

        Assert.All(spellings, text => Assert.Equal(JwtProblem.Malformed, Problem(text)));
        // 64 bytes leave four spare bits in the last character
        var last = token[^1];
        var spare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".First(c => c != last && (char)((Index(c) ^ Index(last)) & 0x30) == 0);
        Assert.Equal(JwtProblem.Malformed, Problem(token[..^1] + spare));

        static int Index(char c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".IndexOf(c, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EncryptedToken_IsRefused()
    {
        var part = Base64UrlText.Encode(Header());
        Assert.Equal(JwtProblem.Malformed, Problem($"{part}.{part}.{part}.{part}.{part}"));
    }

    [Fact]
    public void Read_Oversized_IsRefusedUnread()
    {
        Assert.Equal(JwtProblem.TooLong, Problem(Sealed(payload: p => p["more"] = new string('x', 5000))));
        Assert.Equal(JwtProblem.TooLong, Problem(new string('.', JwtReader.MaxLength + 1)));
        Assert.Null(Problem(Sealed(payload: p => p["more"] = new string('x', 1000))));
    }

    [Fact]
    public void Public_OfAKey_HoldsNothingPrivate()
    {
        var json = JsonSerializer.Serialize(_key.Public);
        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(_key.Export(), out _);

        Assert.DoesNotContain(Base64UrlText.Encode(ec.ExportParameters(includePrivateParameters: true).D), json, StringComparison.Ordinal);
        Assert.Contains(Base64UrlText.Encode(ec.ExportParameters(includePrivateParameters: false).Q.X), json, StringComparison.Ordinal);
    }

    private SigningKey? Find(string id) => id == _key.Id ? _key : null;

    private (JwtClaims? Claims, JwtProblem? Problem) Read(string token) => JwtReader.Read(token, Find, s_rules, s_now);

    private JwtProblem? Problem(string token) => Read(token).Problem;

    /// <summary>A good token, changed before it is signed.</summary>
    private string Sealed(Action<JsonObject>? header = null, Action<JsonObject>? payload = null, SigningKey? signer = null)
        => JwtWriter.Seal(Changed(Header(), header), Changed(Payload(), payload), signer ?? _key);

    private byte[] Header() => Base64UrlText.Decode(JwtWriter.Write(Claims(), _key).Split('.')[0])!;

    private byte[] Payload() => Base64UrlText.Decode(JwtWriter.Write(Claims(), _key).Split('.')[1])!;

    private static byte[] Changed(byte[] json, Action<JsonObject>? change)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        change?.Invoke(node);
        return Encoding.UTF8.GetBytes(node.ToJsonString());
    }

    private static JwtClaims Claims() => new()
    {
        Issuer = s_rules.Issuer,
        Audience = s_rules.Audience,
        Subject = "0190f4a0-0000-7000-8000-000000000001",
        Id = "0190f4a0-0000-7000-8000-000000000002",
        Session = "0190f4a0-0000-7000-8000-000000000003",
        IssuedAt = s_now,
        ExpiresAt = s_now.AddMinutes(15),
        Role = Role.Operator,
        Name = "ada@example.com",
    };
}
