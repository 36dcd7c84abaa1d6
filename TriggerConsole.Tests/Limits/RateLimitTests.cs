using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Core.Limits;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Limits;

/// <summary>Limits as callers meet them. Each test calls from an address of its own.</summary>
public sealed class RateLimitTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync(new()
    {
        ["RateLimiting:Ingress:Permits"] = "20",
        ["RateLimiting:Ingress:Burst"] = "0",
        ["RateLimiting:Refusals:Permits"] = "5",
        ["RateLimiting:Refusals:Burst"] = "0",
        ["RateLimiting:Pages:Permits"] = "3",
        ["RateLimiting:Health:Permits"] = "3",
        ["RateLimiting:Hub:Permits"] = "3",
        ["RateLimiting:Echo:Permits"] = "3",
        ["RateLimiting:Metrics:Permits"] = "3",
        ["RateLimiting:Api:Permits"] = "1000",
        ["RateLimiting:Key:Permits"] = "200",
        ["RateLimiting:SignIn:Permits"] = "4",
        ["Server:TrustedProxies:0"] = "127.0.0.100",
    });

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Ingress_BeyondTheLimit_Is429WithAllHeadersAndStoresNothing()
    {
        var callback = await CallbackAsync(new { name = "Orders" });
        using var caller = _app.From("127.0.0.11");
        using var other = _app.From("127.0.0.12");

        var statuses = new List<int>();
        for (var i = 0; i < 22; i++) statuses.Add((int)(await FireAsync(caller, callback)).StatusCode);
        using var refused = await FireAsync(caller, callback);
        using var fromElsewhere = await FireAsync(other, callback);

        Assert.Equal((20, 2), (statuses.Count(s => s == 202), statuses.Count(s => s == 429)));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Equal("urn:triggerconsole:problem:rate-limited", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
        Assert.Equal("\"ingress\";q=20;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        var seconds = refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.InRange(seconds, 1, 120);
        Assert.Equal($"\"ingress\";r=0;t={seconds}", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal(HttpStatusCode.Accepted, fromElsewhere.StatusCode);
        Assert.Equal(21, (await _app.SendAsync(HttpMethod.Get, $"/api/events?callbackId={callback.Id}")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Callback_WithALimitOfItsOwn_HoldsForAllSendersTogetherAndOnlyForThoseWithTheToken()
    {
        var callback = await CallbackAsync(new { name = "Narrow", limitPerMinute = 3 });
        using var stranger = _app.From("127.0.0.13");
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await FireAsync(stranger, callback with { Token = "tct_wrong" })).StatusCode);
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage? last = null;
        for (var i = 0; i < 5; i++)
        {
            using var caller = _app.From($"127.0.0.{14 + i}");
            statuses.Add((last = await FireAsync(caller, callback)).StatusCode);
        }

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], statuses);
        Assert.Equal("\"callback\";q=3;w=60", last!.Headers.GetValues("RateLimit-Policy").Single());
        Assert.NotNull(last.Headers.RetryAfter);
        var shown = await _app.SendAsync(HttpMethod.Get, "/api/limits");
        Assert.Equal(callback.Id, shown.GetProperty("callbacks")[0].GetProperty("callbackId").GetGuid());
        await Eventually.TrueAsync(async () => (await _app.SendAsync(HttpMethod.Get, $"/api/callbacks/{callback.Id}/rejections")).EnumerateArray().Any(r => r.GetProperty("reason").GetString() == "rate_limited"), "the refusal to be recorded");

        await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{callback.Id}", new { limitPerMinute = 0 });
        using var later = _app.From("127.0.0.19");
        Assert.Equal(HttpStatusCode.Accepted, (await FireAsync(later, callback)).StatusCode);
    }

    [Fact]
    public async Task WrongTokens_AreSoonRefusedUnseen_ButTheRightOneFromTheSameAddressIsNot()
    {
        var callback = await CallbackAsync(new { name = "Guessed" });
        using var caller = _app.From("127.0.0.21");

        var statuses = new List<int>();
        for (var i = 0; i < 7; i++) statuses.Add((int)(await FireAsync(caller, callback with { Token = $"tct_guess{i}" })).StatusCode);

        Assert.Equal([401, 401, 401, 401, 401, 429, 429], statuses);
        Assert.Equal(HttpStatusCode.Accepted, (await FireAsync(caller, callback)).StatusCode);
    }

    [Fact]
    public async Task WrongPasswords_OfACallback_HoldTheAddressBackEvenWithTheRightOne()
    {
        var callback = await CallbackAsync(new { name = "By password", verification = new { kind = "basic", username = "shop", password = "hunter2 hunter2" } });
        using var guesser = _app.From("127.0.0.22");
        using var sender = _app.From("127.0.0.23");

        var statuses = new List<int>();
        for (var i = 0; i < 6; i++) statuses.Add(await FireAsync(guesser, $"guess {i}"));
        statuses.Add(await FireAsync(guesser, "hunter2 hunter2"));

        Assert.Equal([401, 401, 401, 401, 401, 429, 429], statuses);
        Assert.Equal(202, await FireAsync(sender, "hunter2 hunter2"));

        async Task<int> FireAsync(HttpClient client, string password)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{callback.Id}") { Content = new StringContent("{}") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"shop:{password}")));
            return (int)(await client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task WrongApiKeys_AreSoonRefused_ButTheRightOneFromTheSameAddressIsNot()
    {
        using var caller = _app.From("127.0.0.24");
        using var holder = _app.From("127.0.0.24", withKey: true);

        var statuses = new List<int>();
        for (var i = 0; i < 7; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/callbacks");
            request.Headers.Add("X-Api-Key", $"tc_guess_0123456789_{i}");
            statuses.Add((int)(await caller.SendAsync(request)).StatusCode);
        }

        Assert.Equal([401, 401, 401, 401, 401, 429, 429], statuses);
        Assert.Equal(HttpStatusCode.OK, (await holder.GetAsync("/api/callbacks")).StatusCode);
    }

    [Fact]
    public async Task Key_UsedFromManyAddresses_IsCountedTogetherAndSaysWhatIsLeft()
    {
        var made = await _app.SendAsync(HttpMethod.Post, "/api/keys", new { name = "Spread" });
        var (allowed, refused, left) = (0, 0, new List<string>());
        for (var i = 0; i < 202; i++)
        {
            using var caller = _app.From($"127.0.1.{1 + i / 25}");
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/limits");
            request.Headers.Add("X-Api-Key", made.GetProperty("value").GetString());
            using var response = await caller.SendAsync(request);
            if (response.IsSuccessStatusCode) allowed++;
            else refused++;
            left.Add(response.Headers.GetValues("RateLimit").Single());
        }
        Assert.Equal((200, 2), (allowed, refused));
        Assert.StartsWith("\"key\";r=199;t=", left[0], StringComparison.Ordinal);
        Assert.StartsWith("\"key\";r=0;t=", left[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sign-in", "127.0.2.1", "text/plain")]
    [InlineData("/health/live", "127.0.2.2", "application/problem+json")]
    [InlineData("/hubs/live", "127.0.2.3", "application/problem+json")]
    [InlineData("/echo/x", "127.0.2.4", "application/problem+json")]
    [InlineData("/metrics", "127.0.2.5", "application/problem+json")]
    public async Task Others_BeyondTheirLimit_Are429InTheirOwnWords(string path, string address, string type)
    {
        using var caller = _app.From(address);
        for (var i = 0; i < 3; i++) Assert.NotEqual(HttpStatusCode.TooManyRequests, (await caller.GetAsync(path)).StatusCode);

        using var refused = await caller.GetAsync(path);

        Assert.Equal((HttpStatusCode.TooManyRequests, type), (refused.StatusCode, refused.Content.Headers.ContentType!.MediaType));
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("/account/sign-in", "127.0.2.6")]
    [InlineData("/account/setup", "127.0.2.7")]
    [InlineData("/api/auth/token", "127.0.2.8")]
    public async Task FailedSignIns_OfAnyKind_EndInA429(string path, string address)
    {
        using var caller = _app.From(address);
        var statuses = new List<int>();
        for (var i = 0; i < 6; i++) statuses.Add((int)(await caller.PostAsync(path, new StringContent("{}", new MediaTypeHeaderValue("application/json")))).StatusCode);
        Assert.Equal([429, 429], statuses.Skip(4));
        Assert.DoesNotContain(429, statuses.Take(4));
    }

    [Fact]
    public async Task RightSignIns_DoNotCount()
    {
        using var caller = _app.From("127.0.2.9");
        for (var i = 0; i < 6; i++)
            Assert.Equal(HttpStatusCode.OK, (await caller.PostAsJsonAsync("/api/auth/token", new { grantType = "password", email = TestApp.Email, password = TestApp.Password })).StatusCode);
    }

    [Fact]
    public async Task Proxy_ThatIsTrusted_CountsEachOfItsCallersAlone()
    {
        var callback = await CallbackAsync(new { name = "Behind a proxy" });
        using var proxy = _app.From("127.0.0.100");
        using var stranger = _app.From("127.0.0.101");

        foreach (var client in new[] { "203.0.113.1", "203.0.113.2" })
            for (var i = 0; i < 15; i++) Assert.Equal(HttpStatusCode.Accepted, (await FireAsync(proxy, callback, client)).StatusCode);
        var spoofed = new List<HttpStatusCode>();
        for (var i = 0; i < 21; i++) spoofed.Add((await FireAsync(stranger, callback, $"198.51.100.{i}")).StatusCode);

        Assert.Equal(HttpStatusCode.TooManyRequests, spoofed[^1]);
        var events = await _app.SendAsync(HttpMethod.Get, $"/api/events?callbackId={callback.Id}&pageSize=200");
        var from = events.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("remoteAddress").GetString()!).CountBy(a => a).ToDictionary();
        Assert.Equal(new Dictionary<string, int> { ["203.0.113.1"] = 15, ["203.0.113.2"] = 15, ["127.0.0.101"] = 20 }, from);
    }

    [Fact]
    public async Task Limits_ThatWereHit_AreInTheApiInMetricsAndForTheAudit()
    {
        using var caller = _app.From("127.0.2.10");
        for (var i = 0; i < 5; i++) await caller.GetAsync("/health/ready");

        var shown = await _app.SendAsync(HttpMethod.Get, "/api/limits");
        var metrics = await _app.Client.GetStringAsync("/metrics");

        Assert.True(shown.GetProperty("enabled").GetBoolean());
        var health = shown.GetProperty("policies").EnumerateArray().Single(p => p.GetProperty("policy").GetString() == "health");
        Assert.Equal((3, 60, "address"), (health.GetProperty("permits").GetInt32(), health.GetProperty("windowSeconds").GetInt32(), health.GetProperty("by").GetString()));
        Assert.True(health.GetProperty("refusedLastHour").GetInt64() >= 2);
        Assert.Contains(shown.GetProperty("addresses").EnumerateArray(), a => a.GetProperty("address").GetString() == "127.0.2.10" && a.GetProperty("policy").GetString() == "health" && a.GetProperty("refused").GetInt64() == 2);
        Assert.Matches("(?m)^triggerconsole_limits_refused_total\\{policy=\"health\"\\} [1-9]", metrics);
        Assert.Matches("(?m)^triggerconsole_load_shed_total\\{kind=\"ingress\"\\} 0$", metrics);
        Assert.Contains(_app.Get<RateLimits>().Statistics.Drain().Refused, r => r.Key.AddressText(64) == "127.0.2.10" && r.Count == 2);
    }

    private static Task<HttpResponseMessage> FireAsync(HttpClient client, TestCallback callback, string? forwardedFor = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{callback.Id}") { Content = JsonContent.Create(new { order = 1 }) };
        request.Headers.Add("X-Callback-Token", callback.Token);
        if (forwardedFor is not null) request.Headers.Add("X-Forwarded-For", forwardedFor);
        return client.SendAsync(request);
    }

    private async Task<TestCallback> CallbackAsync(object callback)
    {
        var made = await _app.SendAsync(HttpMethod.Post, "/api/callbacks", callback);
        return new(made.GetProperty("id").GetGuid(), made.GetProperty("token").GetString()!, default);
    }
}
