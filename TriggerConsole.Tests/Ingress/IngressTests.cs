using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Ingress;

public sealed class IngressTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private HttpSink _sink = null!;
    private TestCallback _callback = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        _sink = await HttpSink.StartAsync();
        _callback = await _app.CreateCallbackAsync(_sink.At("/in"));
    }

    public async Task DisposeAsync()
    {
        await _sink.DisposeAsync();
        await _app.DisposeAsync();
    }

    public static TheoryData<string, byte[]> Bodies => new()
    {
        { "application/json", "{\"a\":[1,2,{\"b\":\"\\u00e4\"}]}"u8.ToArray() },
        { "application/xml", "<?xml version=\"1.0\"?><a b=\"c\">\u00e4</a>"u8.ToArray() },
        { "text/plain; charset=iso-8859-1", [0xE4, 0x0D, 0x0A, 0x41] },
        { "application/x-www-form-urlencoded", "a=1&b=%C3%A4&a=2"u8.ToArray() },
        { "application/octet-stream", [0, 1, 2, 255, 254, 0, 128] },
        { "application/json", [0x7B, 0xFF, 0xFE, 0x7D] },
        { "application/json", "not json {"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Fire_AnyBody_SurvivesByteForByteInStoreAndTarget(string contentType, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        using var response = await _app.FireAsync(_callback, content);

        var receipt = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.True(receipt.GetProperty("success").GetBoolean());
        var execution = Assert.Single(receipt.GetProperty("executions").EnumerateArray().ToList());
        Assert.Equal((_callback.TriggerId, "Http"), (execution.GetProperty("triggerId").GetGuid(), execution.GetProperty("kind").GetString()));
        await _app.WaitForAsync(execution.GetProperty("id").GetGuid(), "Succeeded");
        var received = Assert.Single(_sink.Requests);
        Assert.Equal(body, received.Body);
        Assert.Equal(contentType, received.Headers["Content-Type"]);
        Assert.Equal(body, await _app.Client.GetByteArrayAsync($"/api/events/{receipt.GetProperty("eventId").GetGuid()}/body"));
    }

    [Fact]
    public async Task Fire_ChunkedBodyLargerThanOneRead_SurvivesByteForByte()
    {
        var body = new byte[700_000];
        Random.Shared.NextBytes(body);
        using var content = new StreamContent(new MemoryStream(body));

        using var response = await _app.FireAsync(_callback, content, request => request.Headers.TransferEncodingChunked = true);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.TrueAsync(() => !_sink.Requests.IsEmpty, "the request to arrive");
        Assert.Equal(body, _sink.Requests.First().Body);
    }

    [Fact]
    public async Task Fire_EmptyBody_IsAccepted()
    {
        using var response = await _app.FireAsync(_callback, new ByteArrayContent([]));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("header")]
    [InlineData("bearer")]
    [InlineData("query")]
    public async Task Fire_TokenInAnyPlace_IsTakenAndNeverStored(string place)
    {
        var url = $"/api/trigger/{_callback.Id}?a=1" + (place == "query" ? $"&token={_callback.Token}&b=2" : "&b=2");
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent("{}") };
        if (place == "header") request.Headers.Add("X-Callback-Token", _callback.Token);
        if (place == "bearer") request.Headers.Authorization = new("Bearer", _callback.Token);
        request.Headers.Add("Cookie", "session=abc-secret-cookie");

        using var response = await _app.Anonymous.SendAsync(request);

        var receipt = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var stored = await _app.SendAsync(HttpMethod.Get, $"/api/events/{receipt.GetProperty("eventId").GetGuid()}");
        Assert.Equal("?a=1&b=2", stored.GetProperty("event").GetProperty("queryString").GetString());
        Assert.DoesNotContain(_callback.Token, stored.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("abc-secret-cookie", stored.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fire_Refused_SaysWhyAndRecordsTheReason()
    {
        var other = await _app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Off", enabled = false, maxBodyBytes = 10 });
        var off = new TestCallback(other.GetProperty("id").GetGuid(), other.GetProperty("token").GetString()!, default);

        Assert.Equal((404, "unknown-callback"), await RefusalOf(HttpMethod.Post, $"/api/trigger/{Guid.NewGuid()}", "x"));
        Assert.Equal((404, "unknown-callback"), await RefusalOf(HttpMethod.Post, "/api/trigger/not-an-id", "x"));
        Assert.Equal((404, "unknown-callback"), await RefusalOf(HttpMethod.Post, "/api/trigger/custom/nowhere", "x"));
        Assert.Equal((401, "token-missing"), await RefusalOf(HttpMethod.Post, $"/api/trigger/{_callback.Id}", null));
        Assert.Equal((401, "token-wrong"), await RefusalOf(HttpMethod.Post, $"/api/trigger/{_callback.Id}", "tct_wrong"));
        Assert.Equal((401, "token-wrong"), await RefusalOf(HttpMethod.Post, $"/api/trigger/{_callback.Id}", new string('x', 5000)));
        Assert.Equal((405, "method-not-allowed"), await RefusalOf(HttpMethod.Get, $"/api/trigger/{_callback.Id}", _callback.Token));
        Assert.Equal((403, "disabled"), await RefusalOf(HttpMethod.Post, $"/api/trigger/{off.Id}", off.Token));
        await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{off.Id}", new { enabled = true });
        Assert.Equal((413, "too-large"), await RefusalOf(HttpMethod.Post, $"/api/trigger/{off.Id}", off.Token, new string('x', 11)));

        var reasons = await Eventually.GetAsync(async () =>
        {
            var list = await _app.SendAsync(HttpMethod.Get, $"/api/callbacks/{off.Id}/rejections");
            var found = list.EnumerateArray().Select(r => r.GetProperty("reason").GetString()).ToList();
            return (found.Count == 2, found);
        }, "the refusals to be recorded");
        Assert.Equal(["too_large", "disabled"], reasons);
        Assert.Empty(_sink.Requests);
    }

    [Fact]
    public async Task Fire_BodyLargerThanAnnounced_IsTooLargeWithoutBeingRead()
    {
        await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{_callback.Id}", new { maxBodyBytes = 1000 });

        using var chunked = await _app.FireAsync(_callback, new StreamContent(new MemoryStream(new byte[5000])), request => request.Headers.TransferEncodingChunked = true);
        using var exact = await _app.FireAsync(_callback, new ByteArrayContent(new byte[1000]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, exact.StatusCode);
    }

    [Fact]
    public async Task Fire_CustomPath_IsFoundWithoutRegardToCaseAndSlashes()
    {
        await _app.SendAsync(HttpMethod.Put, $"/api/callbacks/{_callback.Id}", new { path = "/Shop/Orders/", methods = new[] { "put", "POST" } });
        var request = new HttpRequestMessage(HttpMethod.Put, "/api/trigger/custom/shop/ORDERS") { Content = new StringContent("x") };
        request.Headers.Add("X-Callback-Token", _callback.Token);

        using var response = await _app.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Fact]
    public async Task RotateToken_OldOneWorksForADayOrUntilItIsEnded()
    {
        var rotated = await _app.SendAsync(HttpMethod.Post, $"/api/callbacks/{_callback.Id}/rotate-token");
        var renewed = _callback with { Token = rotated.GetProperty("token").GetString()! };

        using var withOld = await _app.FireAsync(_callback, new StringContent("1"));
        using var withNew = await _app.FireAsync(renewed, new StringContent("2"));
        var expires = rotated.GetProperty("previousTokenExpiresAt").GetDateTimeOffset() - DateTimeOffset.UtcNow;
        await _app.SendAsync(HttpMethod.Delete, $"/api/callbacks/{_callback.Id}/previous-token");
        using var ended = await _app.FireAsync(_callback, new StringContent("3"));

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Unauthorized), (withOld.StatusCode, withNew.StatusCode, ended.StatusCode));
        Assert.InRange(expires, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task Fire_TriggerSwitchedOff_IsStoredWithTheVerdict()
    {
        await _app.SendAsync(HttpMethod.Put, $"/api/triggers/{_callback.TriggerId}", new { enabled = false });

        using var response = await _app.FireAsync(_callback, JsonContent.Create(new { a = 1 }));

        var receipt = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Empty(receipt.GetProperty("executions").EnumerateArray());
        var stored = await _app.SendAsync(HttpMethod.Get, $"/api/events/{receipt.GetProperty("eventId").GetGuid()}");
        var verdict = Assert.Single(stored.GetProperty("event").GetProperty("verdicts").EnumerateArray().ToList());
        Assert.Equal("Disabled", verdict.GetProperty("result").GetString());
    }

    [Fact]
    public async Task Fire_SameIdempotencyKeyTwice_RunsOnceAndAnswersTheSame()
    {
        async Task<(HttpStatusCode, JsonElement)> FireAsync(string body)
        {
            using var response = await _app.FireAsync(_callback, new StringContent(body, Encoding.UTF8, "application/json"), r => r.Headers.Add("Idempotency-Key", "order-1"));
            return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
        }

        var (_, first) = await FireAsync("{\"n\":1}");
        var (status, second) = await FireAsync("{\"n\":1}");
        var (reused, _) = await FireAsync("{\"n\":2}");

        Assert.Equal((HttpStatusCode.Accepted, (HttpStatusCode)422), (status, reused));
        Assert.Equal(first.GetProperty("eventId").GetGuid(), second.GetProperty("eventId").GetGuid());
        Assert.Equal(first.GetProperty("executions")[0].GetProperty("id").GetGuid(), second.GetProperty("executions")[0].GetProperty("id").GetGuid());
        Assert.True(second.GetProperty("duplicate").GetBoolean());
        await _app.WaitForAsync(first.GetProperty("executions")[0].GetProperty("id").GetGuid(), "Succeeded");
        Assert.Single(_sink.Requests);
        var events = await _app.SendAsync(HttpMethod.Get, $"/api/events?callbackId={_callback.Id}");
        Assert.Equal(["Duplicate", "Fires"], events.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("verdicts")[0].GetProperty("result").GetString()));
    }

    [Fact]
    public async Task Fire_TriggerCallsItsOwnCallback_EndsAfterAFewRounds()
    {
        var url = $"{_app.Address}api/trigger/{_callback.Id}";
        await _app.SendAsync(HttpMethod.Put, $"/api/triggers/{_callback.TriggerId}", new
        {
            settings = new { method = "POST", url, headers = new[] { new { name = "X-Callback-Token", value = _callback.Token } } },
            retry = new { maxAttempts = 1 },
        });

        await _app.FireAsync(_callback, new { round = 0 });

        var looped = await Eventually.GetAsync(async () =>
        {
            var dead = await _app.SendAsync(HttpMethod.Get, $"/api/executions?status=DeadLettered&triggerId={_callback.TriggerId}");
            return (dead.GetProperty("items").GetArrayLength() == 1, dead);
        }, "the loop to end");
        Assert.Equal("http_508", looped.GetProperty("items")[0].GetProperty("code").GetString());
        var all = await _app.SendAsync(HttpMethod.Get, $"/api/executions?triggerId={_callback.TriggerId}");
        Assert.InRange(all.GetProperty("items").GetArrayLength(), 8, 10);
    }

    private async Task<(int, string?)> RefusalOf(HttpMethod method, string path, string? token, string body = "x")
    {
        var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Get ? null : new StringContent(body) };
        if (token is not null) request.Headers.Add("X-Callback-Token", token);
        using var response = await _app.Anonymous.SendAsync(request);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        return ((int)response.StatusCode, problem.GetProperty("type").GetString()?.Split(':')[^1]);
    }
}
