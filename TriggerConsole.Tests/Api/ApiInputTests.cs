using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

/// <summary>Bad input gets a 4xx problem that names the field, and nothing is half-saved.</summary>
public sealed class ApiInputTests(ApiInputTests.App app) : IClassFixture<ApiInputTests.App>
{
    public sealed class App : IAsyncLifetime
    {
        internal TestApp Test { get; private set; } = null!;

        public async Task InitializeAsync() => Test = await TestApp.StartAsync();

        public async Task DisposeAsync() => await Test.DisposeAsync();
    }

    private const string Valid = """{"kind":"Http","name":"x","settings":{"method":"POST","url":"http://127.0.0.1:9/"}}""";

    public static TheoryData<string, string, string> BadBodies => new()
    {
        // path, body, field that must be named
        { "/api/callbacks", "{", "" },
        { "/api/callbacks", "[]", "" },
        { "/api/callbacks", "null", "" },
        { "/api/callbacks", "", "" },
        { "/api/callbacks", """{"name":"x","nmae":"y"}""", "nmae" },
        { "/api/callbacks", """{"name":"x","name":"y"}""", "name" },
        { "/api/callbacks", """{"name":5}""", "name" },
        { "/api/callbacks", """{"name":""}""", "name" },
        { "/api/callbacks", """{}""", "name" },
        { "/api/callbacks", """{"name":"x","enabled":"yes"}""", "enabled" },
        { "/api/callbacks", """{"name":"x","methods":[]}""", "methods" },
        { "/api/callbacks", """{"name":"x","methods":["POST","BREW"]}""", "methods[1]" },
        { "/api/callbacks", """{"name":"x","methods":[null]}""", "methods[0]" },
        { "/api/callbacks", """{"name":"x","path":"../secret"}""", "path" },
        { "/api/callbacks", """{"name":"x","path":"a b"}""", "path" },
        { "/api/callbacks", """{"name":"x","maxBodyBytes":-1}""", "maxBodyBytes" },
        { "/api/callbacks", """{"name":"x","maxBodyBytes":99999999999}""", "maxBodyBytes" },
        { "/api/triggers", """{"name":"x"}""", "kind" },
        { "/api/triggers", """{"kind":"Smoke","name":"x","settings":{}}""", "kind" },
        { "/api/triggers", """{"kind":"Http","name":"x"}""", "settings" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":[]}""", "settings" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"ftp://x/"}}""", "settings.url" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/","colour":"red"}}""", "settings.colour" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/","timeoutSeconds":"soon"}}""", "settings.timeoutSeconds" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/","headers":[{"name":"X","value":"a\r\nB: c"}]}}""", "settings.headers[0].value" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/","headers":[{"name":"X Y","value":"a"}]}}""", "settings.headers[0].name" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/{nonsense}"}}""", "settings.url" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/","body":{"format":"json","template":"{\"a\": \"{unknown}\"}"}}}""", "settings.body.template" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/","body":{"format":"json","template":"{\"a\": }"}}}""", "settings.body.template" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://10.0.0.1/"}}""", "settings.url" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://169.254.169.254/latest/meta-data"}}""", "settings.url" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://[::1]/"}}""", "settings.url" },
        { "/api/triggers", """{"kind":"Http","name":"x","priority":10,"settings":{"url":"http://127.0.0.1/"}}""", "priority" },
        { "/api/triggers", """{"kind":"Http","name":"x","callbackId":"01a1fe0d-6a6b-7000-b03c-d4e53a89a96f","settings":{"url":"http://127.0.0.1/"}}""", "callbackId" },
        { "/api/triggers", """{"kind":"Http","name":"x","callbackId":"nope","settings":{"url":"http://127.0.0.1/"}}""", "callbackId" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/"},"retry":{"maxAttempts":0}}""", "retry.maxAttempts" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/"},"retry":{"strategy":"sometimes"}}""", "retry.strategy" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/"},"retry":{"strategy":"schedule","schedule":[1,-2]}}""", "retry.schedule[1]" },
        { "/api/triggers", """{"kind":"Http","name":"x","settings":{"url":"http://127.0.0.1/"},"limits":{"maxConcurrent":0}}""", "limits.maxConcurrent" },
        { "/api/triggers/test", """{"kind":"Http","settings":{"url":"http://192.168.1.1/"}}""", "settings.url" },
        { "/api/triggers/preview", """{"kind":"Http","settings":{"url":"http://127.0.0.1/"},"eventId":"01a1fe0d-6a6b-7000-b03c-d4e53a89a96f"}""", "eventId" },
        { "/api/executions/replay", """{}""", "ids" },
        { "/api/executions/replay", """{"filter":{"statuses":["Exploded"]}}""", "filter.statuses[0]" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task Post_BadBody_NamesTheFieldAndSavesNothing(string path, string body, string field)
    {
        var before = await CountAsync();

        var (status, problem) = await app.Test.TryAsync(HttpMethod.Post, path, Json(body));

        Assert.Equal(400, status);
        Assert.StartsWith("urn:triggerconsole:problem:", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        if (field.Length > 0) Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{field} is not named: {problem}");
        Assert.DoesNotContain("System.", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task Post_SeveralFaults_AreAnsweredAllAtOnceWithLineAndColumn()
    {
        var (_, problem) = await app.Test.TryAsync(HttpMethod.Post, "/api/triggers", Json("""
            {"kind":"Http","name":"","priority":11,"settings":{"url":"","timeoutSeconds":0,"body":{"format":"json","template":"{\n  \"a\": \"{nothing}\"\n}"}},"retry":{"maxAttempts":1000}}
            """));

        var errors = problem.GetProperty("errors");
        Assert.All(["name", "priority", "settings.url", "settings.timeoutSeconds", "settings.body.template", "retry.maxAttempts"], field => Assert.True(errors.TryGetProperty(field, out _), field));
        var template = problem.GetProperty("faults").EnumerateArray().Single(f => f.GetProperty("field").GetString() == "settings.body.template");
        Assert.Equal((2, 9), (template.GetProperty("line").GetInt32(), template.GetProperty("column").GetInt32()));
    }

    [Fact]
    public async Task Post_BrokenUtf8_IsRefused()
    {
        byte[] body = [.. "{\"name\":\""u8, 0xFF, 0xC0, .. "\"}"u8];

        var (status, problem) = await app.Test.TryAsync(HttpMethod.Post, "/api/callbacks", Json(body));

        Assert.Equal(400, status);
        Assert.NotEqual(JsonValueKind.Undefined, problem.ValueKind);
    }

    [Theory]
    [InlineData(70)]
    [InlineData(5000)]
    [InlineData(200_000)]
    public async Task Post_DeepNesting_IsRefused(int depth)
    {
        var (status, _) = await app.Test.TryAsync(HttpMethod.Post, "/api/triggers/test", Json($$"""{"kind":"Http","settings":{"url":"http://127.0.0.1:9/"},"payload":{{new string('[', depth)}}{{new string(']', depth)}}}"""));

        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Post_HugeBody_IsRefusedWithoutBeingRead()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/callbacks") { Content = Json(new byte[100 * 1024 * 1024]) };
        request.Headers.ExpectContinue = true; // so that the client hears the answer instead of a closed connection

        using var response = await app.Test.Client.SendAsync(request);

        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((413, "urn:triggerconsole:problem:too-large"), ((int)response.StatusCode, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Post_UnknownWord_ListsTheWordsThatAreKnown()
    {
        using var content = new StringContent(Valid.Replace("\"url\"", "\"auth\":{\"type\":\"oauth\"},\"url\"", StringComparison.Ordinal), Encoding.UTF8, "application/json");
        var (status, problem) = await app.Test.TryAsync(HttpMethod.Post, "/api/triggers", content);
        Assert.Equal((400, "This value has the wrong type; one of none, basic, bearer, apiKey, oauth2 is expected."), (status, problem.GetProperty("errors").GetProperty("settings.auth.type")[0].GetString()));
    }

    [Fact]
    public async Task Post_WrongContentType_IsRefused()
    {
        using var content = new StringContent("name=x", Encoding.UTF8, "application/x-www-form-urlencoded");

        Assert.Equal(415, (await app.Test.TryAsync(HttpMethod.Post, "/api/callbacks", content)).Status);
    }

    [Theory]
    [InlineData("GET", "/api/callbacks/nope", 404)]
    [InlineData("GET", "/api/callbacks/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f", 404)]
    [InlineData("PUT", "/api/triggers/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f", 404)]
    [InlineData("DELETE", "/api/triggers/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f", 404)]
    [InlineData("POST", "/api/executions/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f/retry", 404)]
    [InlineData("POST", "/api/executions/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f/cancel", 404)]
    [InlineData("POST", "/api/executions/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f/replay", 404)]
    [InlineData("GET", "/api/events/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f", 404)]
    [InlineData("GET", "/api/executions?status=Exploded", 400)]
    [InlineData("GET", "/api/executions?status=3", 400)]
    [InlineData("GET", "/api/executions?cursor=zzz", 400)]
    [InlineData("GET", "/api/executions?from=yesterday", 400)]
    [InlineData("GET", "/api/nothing", 404)]
    [InlineData("PATCH", "/api/callbacks", 405)]
    public async Task Call_BadAddress_IsAProblem(string method, string path, int expected)
    {
        var (status, problem) = await app.Test.TryAsync(new(method), path, method is "PUT" or "POST" ? Json("{}") : null);

        Assert.Equal(expected, status);
        Assert.Equal(expected, problem.GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("/api/callbacks")]
    [InlineData("/api/triggers")]
    [InlineData("/api/executions")]
    [InlineData("/api/events")]
    [InlineData("/api/health")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task Call_WithoutKeyOrWithAWrongOne_IsRefused(string path)
    {
        Assert.Equal(401, (await app.Test.TryAsync(HttpMethod.Get, path, client: app.Test.Anonymous)).Status);
        using var wrong = new HttpClient { BaseAddress = app.Test.Address };
        wrong.DefaultRequestHeaders.Add("X-Api-Key", "tc_wrong_0123456789abcdef");
        Assert.Equal(401, (await app.Test.TryAsync(HttpMethod.Get, path, client: wrong)).Status);
        using var bearer = new HttpClient { BaseAddress = app.Test.Address };
        bearer.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestApp.ApiKey);
        Assert.Equal(200, (await app.Test.TryAsync(HttpMethod.Get, path, client: bearer)).Status);
    }

    [Fact]
    public async Task Pages_WithoutSignIn_LeadToSignIn()
    {
        foreach (var path in (string[])["/", "/executions", "/callbacks", "/settings", "/swagger"])
        {
            using var response = await app.Test.Anonymous.GetAsync(path);
            Assert.Equal(302, (int)response.StatusCode);
            Assert.Contains("/sign-in", response.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
        using var live = await app.Test.Anonymous.GetAsync("/health/live");
        Assert.True(live.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Put_WhatIsLeftOut_Stays()
    {
        var made = await app.Test.SendAsync(HttpMethod.Post, "/api/triggers", JsonSerializer.Deserialize<JsonElement>(Valid.Replace("\"x\"", "\"kept\"", StringComparison.Ordinal)));
        var id = made.GetProperty("id").GetGuid();

        var changed = await app.Test.SendAsync(HttpMethod.Put, $"/api/triggers/{id}", new { priority = 9 });

        Assert.Equal(("kept", 9, 2), (changed.GetProperty("name").GetString(), changed.GetProperty("priority").GetInt32(), changed.GetProperty("version").GetInt32()));
        var (status, _) = await app.Test.TryAsync(HttpMethod.Put, $"/api/triggers/{id}", Json("""{"name":"late","version":1}"""));
        Assert.Equal(409, status);
        await app.Test.SendAsync(HttpMethod.Delete, $"/api/triggers/{id}");
        Assert.Equal(404, (await app.Test.TryAsync(HttpMethod.Get, $"/api/triggers/{id}")).Status);
    }

    private async Task<(int, int)> CountAsync()
    {
        var callbacks = await app.Test.SendAsync(HttpMethod.Get, "/api/callbacks");
        var triggers = await app.Test.SendAsync(HttpMethod.Get, "/api/triggers");
        return (callbacks.GetProperty("total").GetInt32(), triggers.GetProperty("total").GetInt32());
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new("application/json") } };
}
