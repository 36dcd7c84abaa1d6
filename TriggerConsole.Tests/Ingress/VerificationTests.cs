using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Ingress;

/// <summary>Callbacks that check their senders in other ways than by token.</summary>
public sealed class VerificationTests : IAsyncLifetime
{
    private const string Secret = "It's a Secret to Everybody";
    private const string StandardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly byte[] s_body = """{"order":{"id":42}}"""u8.ToArray();
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Hmac_LikeGitHub_TakesWhatIsSignedAndNothingElse()
    {
        var id = await MakeAsync(new { kind = "hmac", secret = Secret, signature = new { header = "X-Hub-Signature-256", prefix = "sha256=" } });

        Assert.Equal((202, null), await FireAsync(id, ("X-Hub-Signature-256", "sha256=" + Hmac(s_body))));
        Assert.Equal((401, "signature-missing"), await FireAsync(id));
        Assert.Equal((401, "signature-wrong"), await FireAsync(id, ("X-Hub-Signature-256", "sha256=" + Hmac("{}"u8))));
        Assert.Equal((401, "signature-malformed"), await FireAsync(id, ("X-Hub-Signature-256", "md5=abc")));
        // The token of the callback is no way round
        var token = (await _app.SendAsync(HttpMethod.Post, $"/api/callbacks/{id}/rotate-token")).GetProperty("token").GetString()!;
        Assert.Equal((401, "signature-missing"), await FireAsync(id, ("X-Callback-Token", token)));
        await using var context = _app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContext();
        Assert.Equal(1, await context.Events.CountAsync());
        await Eventually.TrueAsync(async () => await context.Rejections.CountAsync() == 4, "all refusals to be recorded");
    }

    [Fact]
    public async Task StandardWebhooks_SentTwice_RunsOnce()
    {
        var id = await MakeAsync(new { kind = "standardWebhooks", secret = StandardSecret });
        var at = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        (string, string)[] headers = [("webhook-id", "msg_1"), ("webhook-timestamp", $"{at}"), ("webhook-signature", "v1," + Standard($"msg_1.{at}.", s_body))];

        var first = await SendAsync(id, s_body, headers);
        var second = await SendAsync(id, s_body, [.. headers, ("Idempotency-Key", "another")]); // anyone could have added this

        Assert.Equal((202, 202), (first.Status, second.Status));
        Assert.Equal(first.Body.GetProperty("eventId").GetGuid(), second.Body.GetProperty("eventId").GetGuid());
        Assert.True(second.Body.GetProperty("duplicate").GetBoolean());
        byte[] other = [.. s_body, (byte)' '];
        Assert.Equal((422, "idempotency-key-reused"), await FireAsync(id, other, [("webhook-id", "msg_1"), ("webhook-timestamp", $"{at}"), ("webhook-signature", "v1," + Standard($"msg_1.{at}.", other))]));
        Assert.Equal((401, "timestamp-too-far"), await FireAsync(id, s_body, [("webhook-id", "msg_2"), ("webhook-timestamp", $"{at - 1000}"), ("webhook-signature", "v1," + Standard($"msg_2.{at - 1000}.", s_body))]));
    }

    [Fact]
    public async Task Basic_RightAndWrong_IsToldApart()
    {
        var id = await MakeAsync(new { kind = "basic", username = "shop", password = "s3cret:with colon" });
        static (string, string) Shown(string text) => ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

        Assert.Equal((202, null), await FireAsync(id, Shown("shop:s3cret:with colon")));
        Assert.Equal((401, "credentials-wrong"), await FireAsync(id, Shown("shop:wrong")));
        Assert.Equal((401, "credentials-wrong"), await FireAsync(id, Shown(":")));
        Assert.Equal((401, "credentials-wrong"), await FireAsync(id, ("Authorization", "Basic !!!")));
        Assert.Equal((401, "credentials-wrong"), await FireAsync(id, ("Authorization", "Basic " + new string('A', 10_000))));
        Assert.Equal((401, "credentials-missing"), await FireAsync(id));
        Assert.Equal((401, "credentials-missing"), await FireAsync(id, ("Authorization", "Bearer s3cret")));
    }

    [Fact]
    public async Task Networks_OfOthers_AreRefusedWhateverTheyShow()
    {
        var made = await _app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Shop", allowedNetworks = new[] { "203.0.113.0/24", "2001:db8::/32" } });
        var (id, token) = (made.GetProperty("id").GetGuid(), made.GetProperty("token").GetString()!);
        Assert.Equal((403, "network-not-allowed"), await FireAsync(id, ("X-Callback-Token", token)));

        await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{id}", new { allowedNetworks = new[] { "127.0.0.1" } });

        Assert.Equal((202, null), await FireAsync(id, ("X-Callback-Token", token)));
        Assert.Equal((401, "token-wrong"), await FireAsync(id, ("X-Callback-Token", "wrong")));
        Assert.Equal("127.0.0.1/32", (await _app.SendAsync(HttpMethod.Get, $"/api/callbacks/{id}")).GetProperty("allowedNetworks")[0].GetString());
    }

    [Fact]
    public async Task Secret_Changed_TheOneBeforeStillFitsForAWhileAndNeitherIsShown()
    {
        var id = await MakeAsync(new { kind = "hmac", secret = Secret, signature = new { header = "X-Sig" } });

        var changed = await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{id}", new { verification = new { kind = "hmac", secret = "the new one", signature = new { header = "X-Sig" } } });

        Assert.Equal((202, null), await FireAsync(id, ("X-Sig", Hmac(s_body))));
        Assert.Equal((202, null), await FireAsync(id, ("X-Sig", Hmac(s_body, "the new one"))));
        Assert.True(changed.GetProperty("verification").GetProperty("hasSecret").GetBoolean());
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("verification").GetProperty("secret").ValueKind);
        var all = changed.ToString() + await _app.SendAsync(HttpMethod.Get, "/api/callbacks");
        Assert.DoesNotContain("the new one", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        await using var context = _app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContext();
        var row = await context.Callbacks.SingleAsync();
        Assert.DoesNotContain("the new one", row.Verification + row.ProtectedSecrets, StringComparison.Ordinal);
        // Other fields change without the secret being lost
        await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{id}", new { name = "Renamed", verification = new { kind = "hmac", signature = new { header = "X-Sig" } } });
        Assert.Equal((202, null), await FireAsync(id, ("X-Sig", Hmac(s_body, "the new one"))));
    }

    [Fact]
    public async Task Secret_ByName_FollowsTheNamedSecret()
    {
        await _app.SendAsync(HttpMethod.Put, "/api/secrets/SHOP", new { value = Secret });
        var id = await MakeAsync(new { kind = "hmac", secret = "{secret:SHOP}", signature = new { header = "X-Sig" } });
        Assert.Equal((202, null), await FireAsync(id, ("X-Sig", Hmac(s_body))));

        await _app.SendAsync(HttpMethod.Put, "/api/secrets/SHOP", new { value = "changed" });

        Assert.Equal((401, "signature-wrong"), await FireAsync(id, ("X-Sig", Hmac(s_body))));
        Assert.Equal((202, null), await FireAsync(id, ("X-Sig", Hmac(s_body, "changed"))));
    }

    [Fact]
    public async Task BackToTheToken_ForgetsTheSecret()
    {
        var id = await MakeAsync(new { kind = "hmac", secret = Secret, signature = new { header = "X-Sig" } });

        await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{id}", new { verification = new { kind = "token" } });

        Assert.Equal((401, "token-missing"), await FireAsync(id, ("X-Sig", Hmac(s_body))));
        await using var context = _app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContext();
        Assert.Equal((null, null), ((await context.Callbacks.SingleAsync()).Verification, (await context.Callbacks.SingleAsync()).ProtectedSecrets));
    }

    [Theory]
    [InlineData("""{"verification":{"kind":"hmac"}}""", "verification.secret", "verification.signature")]
    [InlineData("""{"verification":{"kind":"hmac","secret":"x","signature":{}}}""", "verification.signature.header")]
    [InlineData("""{"verification":{"kind":"hmac","secret":"x","signature":{"header":"X Sig"}}}""", "verification.signature.header")]
    [InlineData("""{"verification":{"kind":"hmac","secret":"x","signature":{"header":"X-Sig","content":"{timestamp}"}}}""", "verification.signature.content")]
    [InlineData("""{"verification":{"kind":"hmac","secret":"x","signature":{"header":"X-Sig","timestampHeader":"X-T","content":"{timestamp}{body}","toleranceSeconds":0}}}""", "verification.signature.toleranceSeconds")]
    [InlineData("""{"verification":{"kind":"standardWebhooks","secret":"short"}}""", "verification.secret")]
    [InlineData("""{"verification":{"kind":"standardWebhooks","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","toleranceSeconds":99999}}""", "verification.toleranceSeconds")]
    [InlineData("""{"verification":{"kind":"basic","username":"a:b"}}""", "verification.username", "verification.password")]
    [InlineData("""{"verification":{"kind":"magic"}}""", "verification.kind")]
    [InlineData("""{"allowedNetworks":["10.0.0.0/8","nonsense","10.0.0.0/99"]}""", "allowedNetworks[1]", "allowedNetworks[2]")]
    public async Task Save_WrongSettings_NamesEachField(string json, params string[] fields)
    {
        var (status, problem) = await _app.TryAsync(HttpMethod.Post, "/api/callbacks", new StringContent("{\"name\":\"Shop\"," + json[1..], Encoding.UTF8, "application/json"));

        Assert.Equal(400, status);
        Assert.Equal(fields.Order(), problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order());
    }

    private async Task<Guid> MakeAsync(object verification) => (await _app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Shop", verification })).GetProperty("id").GetGuid();

    private Task<(int Status, string? Problem)> FireAsync(Guid id, params (string, string)[] headers) => FireAsync(id, s_body, headers);

    private async Task<(int Status, string? Problem)> FireAsync(Guid id, byte[] body, (string, string)[] headers)
    {
        var (status, answer) = await SendAsync(id, body, headers);
        return (status, answer.TryGetProperty("type", out var type) ? type.GetString()!.Split(':')[^1] : null);
    }

    private async Task<(int Status, JsonElement Body)> SendAsync(Guid id, byte[] body, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{id}") { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _app.Anonymous.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static string Hmac(ReadOnlySpan<byte> body, string secret = Secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    private static string Standard(string before, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(before), .. body];
        return Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(StandardSecret["whsec_".Length..]), signed));
    }
}
