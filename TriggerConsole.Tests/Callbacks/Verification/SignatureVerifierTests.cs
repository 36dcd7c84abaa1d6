using System.Security.Cryptography;
using System.Text;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Callbacks.Verification;

/// <summary>Signed requests, held to the examples that the senders publish, and everything a forger might try.</summary>
public sealed class SignatureVerifierTests
{
    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private static readonly byte[] s_secret = Encoding.UTF8.GetBytes("It's a Secret to Everybody");

    // docs.github.com, "Validating webhook deliveries", section "Testing the webhook payload validation"
    [Fact]
    public void GitHub_PublishedExample_Fits()
    {
        var verdict = Verify(SignatureRule.GitHub, [("x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")], "Hello, World!"u8);
        Assert.True(verdict.IsValid, verdict.Message);
        Assert.Null(verdict.ReplayKey); // neither time nor id is signed
    }

    // standardwebhooks.com, specification, section "Signature scheme" and the libraries' test vector
    [Fact]
    public void Standard_PublishedExample_Fits()
    {
        var secret = SignatureVerifier.StandardSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;
        var now = DateTimeOffset.FromUnixTimeSeconds(1614265330);
        (string, string)[] headers = [("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"), ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")];

        var verdict = SignatureVerifier.Standard(300).Verify(Headers(headers), s_body, [secret], now);

        Assert.True(verdict.IsValid, verdict.Message);
        Assert.Equal("msg_p5jXN8AQM9LWM0D4loKWxJek", verdict.ReplayKey);
    }

    [Fact]
    public void Standard_SeveralSignatures_OneThatFitsIsEnough()
    {
        var secret = SignatureVerifier.StandardSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;
        var now = DateTimeOffset.FromUnixTimeSeconds(1614265330);
        SignatureVerdict With(string signature) => SignatureVerifier.Standard(300).Verify(
            Headers([("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)]), s_body, [secret], now);

        Assert.True(With("v1,AAAA v2,xyz v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=").IsValid);
        Assert.Equal("signature_malformed", With("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=").Reason);
        Assert.Equal("signature_malformed", With("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=").Reason);
        Assert.Equal("signature_wrong", With("v1,AAAA").Reason);
    }

    // api.slack.com, "Verifying requests from Slack", section "Validating a request"
    [Fact]
    public void Slack_PublishedExample_Fits()
    {
        const string Body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        var now = DateTimeOffset.FromUnixTimeSeconds(1531420618);

        var verdict = Create(SignatureRule.Slack).Verify(
            Headers([("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"), ("X-Slack-Request-Timestamp", "1531420618")]),
            Encoding.UTF8.GetBytes(Body), [Encoding.UTF8.GetBytes("8f742231b10e8888abcd99yyyzzz85a5")], now);

        Assert.True(verdict.IsValid, verdict.Message);
    }

    [Theory]
    [InlineData(SignatureAlgorithm.Sha1)]
    [InlineData(SignatureAlgorithm.Sha256)]
    [InlineData(SignatureAlgorithm.Sha384)]
    [InlineData(SignatureAlgorithm.Sha512)]
    public void Stripe_EachAlgorithm_FitsAndEachChangeIsFound(SignatureAlgorithm algorithm)
    {
        var rule = SignatureRule.Stripe with { Algorithm = algorithm };
        var at = Sample.Now.ToUnixTimeSeconds();
        var signature = Hex(algorithm, $"{at}.", s_body);
        string? Reason(string header, byte[]? body = null) => Create(rule).Verify(Headers([("Stripe-Signature", header)]), body ?? s_body, [s_secret], Sample.Now).Reason;

        Assert.Null(Reason($"t={at},v1={signature}"));
        Assert.Null(Reason($"t={at}, v0=abc, v1={new string('0', signature.Length)}, v1={signature.ToUpperInvariant()}"));
        Assert.Equal("signature_wrong", Reason($"t={at},v1={signature}", [.. s_body, (byte)' ']));
        Assert.Equal("signature_wrong", Reason($"t={at + 1},v1={signature}"));
        Assert.Equal("signature_wrong", Reason($"t={at},v1={signature[..^2]}"));
        Assert.Equal("signature_malformed", Reason($"t={at},v0={signature}"));
        Assert.Equal("signature_malformed", Reason($"t={at},v1=xyz"));
        Assert.Equal("timestamp_missing", Reason($"v1={signature}"));
        Assert.Equal("signature_missing", Reason(""));
    }

    [Theory]
    [InlineData(-300, null)]
    [InlineData(300, null)]
    [InlineData(-301, "timestamp_too_far")]
    [InlineData(301, "timestamp_too_far")]
    public void Timestamp_WithinTheTolerance_IsTaken(int seconds, string? reason)
    {
        var at = Sample.Now.AddSeconds(seconds).ToUnixTimeSeconds();
        Assert.Equal(reason, Create(SignatureRule.Stripe).Verify(Headers([("Stripe-Signature", $"t={at},v1={Hex(SignatureAlgorithm.Sha256, $"{at}.", s_body)}")]), s_body, [s_secret], Sample.Now).Reason);
    }

    // What is signed is text: each of these is the same number in another spelling, or none
    [Theory]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData(" 1")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("99999999999999999999")]
    [InlineData("١")]
    [InlineData("now")]
    public void Timestamp_NoNumber_IsRefused(string text)
    {
        var headers = Headers([("X-Slack-Signature", "v0=" + Hex(SignatureAlgorithm.Sha256, $"v0:{text}:", s_body)), ("X-Slack-Request-Timestamp", text)]);
        Assert.Equal("timestamp_missing", Create(SignatureRule.Slack).Verify(headers, s_body, [s_secret], Sample.Now).Reason);
    }

    [Fact]
    public void Secret_BeforeTheRotation_FitsWhileItIsGiven()
    {
        var headers = Headers([("X-Hub-Signature-256", "sha256=" + Hex(SignatureAlgorithm.Sha256, "", s_body))]);
        var verifier = Create(SignatureRule.GitHub);

        Assert.True(verifier.Verify(headers, s_body, [[1, 2, 3], s_secret], Sample.Now).IsValid);
        Assert.Equal("signature_wrong", verifier.Verify(headers, s_body, [[1, 2, 3]], Sample.Now).Reason);
        Assert.Equal("signature_wrong", verifier.Verify(headers, s_body, [], Sample.Now).Reason);
    }

    // Whoever has seen a message may add wrong signatures, leave one of two out, or wait for the rotation: it stays the same message
    [Fact]
    public void ReplayKey_OtherSignaturesOrSecretsShown_StaysTheSame()
    {
        byte[] next = [1, 2, 3, 4];
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var (first, second) = (StripeSignature(s_secret), StripeSignature(next));
        SignatureVerdict With(string header, params byte[][] secrets) => Create(SignatureRule.Stripe).Verify(Headers([("Stripe-Signature", header)]), s_body, secrets, now);

        var key = With($"t=1700000000,v1={first}", s_secret).ReplayKey;

        Assert.NotNull(key);
        Assert.Equal(key, With($"t=1700000000,v1=00ff,v1={first}", s_secret).ReplayKey);
        Assert.Equal(key, With($"t=1700000000,v1={first},v1={second}", next, s_secret).ReplayKey);
        Assert.Equal(key, With($"t=1700000000,v1={second}", next, s_secret).ReplayKey);
        Assert.Equal(key, With($"t=1700000000,v1={first.ToUpperInvariant()}", s_secret).ReplayKey);

        static string StripeSignature(byte[] secret) => Convert.ToHexString(HMACSHA256.HashData(secret, (byte[])[.. "1700000000."u8, .. s_body])).ToLowerInvariant();
    }

    [Fact]
    public void ReplayKey_IdThatIsNotSigned_DoesNotCount()
    {
        var rule = SignatureRule.Slack with { IdHeader = "X-Id" };
        var timestamp = "1531420618";
        var signature = Convert.ToHexString(HMACSHA256.HashData(s_secret, (byte[])[.. Encoding.UTF8.GetBytes($"v0:{timestamp}:"), .. s_body])).ToLowerInvariant();
        string? KeyWith(string id) => Create(rule).Verify(
            Headers([("X-Slack-Signature", "v0=" + signature), ("X-Slack-Request-Timestamp", timestamp), ("X-Id", id)]), s_body, [s_secret], DateTimeOffset.FromUnixTimeSeconds(1531420618)).ReplayKey;

        Assert.NotNull(KeyWith("one"));
        Assert.Equal(KeyWith("one"), KeyWith("two"));
    }

    [Fact]
    public void Header_ManySignatures_AreNotAllTried()
    {
        var at = Sample.Now.ToUnixTimeSeconds();
        var right = Hex(SignatureAlgorithm.Sha256, $"{at}.", s_body);
        var many = string.Concat(Enumerable.Repeat($",v1={new string('0', 64)}", 1000));

        Assert.Equal("signature_wrong", Create(SignatureRule.Stripe).Verify(Headers([("Stripe-Signature", $"t={at}{many},v1={right}")]), s_body, [s_secret], Sample.Now).Reason);
    }

    [Theory]
    [InlineData("", "exactly once")]
    [InlineData("{timestamp}", "exactly once")]
    [InlineData("{body}{body}", "exactly once")]
    [InlineData("{payload}", "Use {body}")]
    [InlineData("{body", "Use {body}")]
    [InlineData("{body}.{timestamp}", "name the header")]
    [InlineData("{id}.{body}", "name the header")]
    public void Create_ContentThatProvesNothing_IsRefused(string content, string sentence)
    {
        Assert.Null(SignatureVerifier.Create(new() { Header = "X-Sig", Content = content }, out var problem));
        Assert.Contains(sentence, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TimeThatIsNotSigned_IsRefused()
    {
        Assert.Null(SignatureVerifier.Create(new() { Header = "X-Sig", TimestampHeader = "X-Time" }, out var problem));
        Assert.Contains("not signed", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("whsec_c2hvcnQ=", false)]
    [InlineData("whsec_", false)]
    [InlineData("not base64!", false)]
    public void StandardSecret_OfTheRightLength_IsTaken(string text, bool isTaken) => Assert.Equal(isTaken, SignatureVerifier.StandardSecret(text) is not null);

    private static SignatureVerdict Verify(SignatureRule rule, (string, string)[] headers, ReadOnlySpan<byte> body) => Create(rule).Verify(Headers(headers), body, [s_secret], Sample.Now);

    private static SignatureVerifier Create(SignatureRule rule)
    {
        var verifier = SignatureVerifier.Create(rule, out var problem);
        Assert.True(verifier is not null, problem);
        return verifier;
    }

    private static Func<string, string?> Headers((string Name, string Value)[] headers) => name => headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string Hex(SignatureAlgorithm algorithm, string before, byte[] body)
    {
        using var hmac = IncrementalHash.CreateHMAC(new(algorithm.ToString().ToUpperInvariant()), s_secret);
        hmac.AppendData(Encoding.UTF8.GetBytes(before));
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }
}
