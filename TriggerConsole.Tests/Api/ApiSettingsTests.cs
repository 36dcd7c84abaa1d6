using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

public sealed class ApiSettingsTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Key_MadeUsedRevoked_IsShownOnceAndRefusedAfterwards()
    {
        var made = await _app.SendAsync(HttpMethod.Post, "/api/keys", new { name = "Shop" });
        var value = made.GetProperty("value").GetString()!;
        using var client = new HttpClient { BaseAddress = _app.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", value);
        Assert.Equal(200, (await _app.TryAsync(HttpMethod.Get, "/api/executions", client: client)).Status);

        var listed = (await _app.SendAsync(HttpMethod.Get, "/api/keys")).EnumerateArray().Single(k => k.GetProperty("name").GetString() == "Shop");
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("value").ValueKind);
        Assert.Equal(JsonValueKind.String, listed.GetProperty("lastUsedAt").ValueKind);
        Assert.DoesNotContain(value, listed.GetRawText(), StringComparison.Ordinal);

        await _app.SendAsync(HttpMethod.Delete, $"/api/keys/{made.GetProperty("id").GetGuid()}");
        Assert.Equal(401, (await _app.TryAsync(HttpMethod.Get, "/api/executions", client: client)).Status);
    }

    [Fact]
    public async Task Key_UnknownId_Is404() => Assert.Equal(404, (await _app.TryAsync(HttpMethod.Delete, $"/api/keys/{Guid.NewGuid()}")).Status);

    [Fact]
    public async Task Secret_SetListedDeleted_NeverShowsItsValue()
    {
        const string canary = "canary-7f3a9c";
        var made = await _app.SendAsync(HttpMethod.Put, "/api/secrets/CRM_TOKEN", new { value = canary, description = "From Anna" });
        // The same name in other letters is the same secret
        var changed = await _app.SendAsync(HttpMethod.Put, "/api/secrets/crm_token", new { description = "From Berta" });
        var listed = await _app.SendAsync(HttpMethod.Get, "/api/secrets");

        Assert.Equal(("CRM_TOKEN", "From Berta"), (changed.GetProperty("name").GetString(), changed.GetProperty("description").GetString()));
        Assert.Single(listed.EnumerateArray().ToList());
        foreach (var answer in new[] { made, changed, listed }) Assert.DoesNotContain(canary, answer.GetRawText(), StringComparison.Ordinal);
        await _app.SendAsync(HttpMethod.Delete, "/api/secrets/crm_token");
        Assert.Empty((await _app.SendAsync(HttpMethod.Get, "/api/secrets")).EnumerateArray().ToList());
        Assert.Equal(404, (await _app.TryAsync(HttpMethod.Delete, "/api/secrets/crm_token")).Status);
    }

    [Fact]
    public async Task Secret_InUse_IsNotDeletedAndSaysWhere()
    {
        await _app.SendAsync(HttpMethod.Put, "/api/secrets/KEY", new { value = "v" });
        await _app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Http", name = "Billing", settings = new { url = "http://127.0.0.1/", headers = new[] { new { name = "X", value = "{secret:KEY}" } } } });

        var refused = await _app.TryAsync(HttpMethod.Delete, "/api/secrets/KEY");
        var listed = Assert.Single((await _app.SendAsync(HttpMethod.Get, "/api/secrets")).EnumerateArray().ToList());

        Assert.Equal(409, refused.Status);
        Assert.Contains("Billing", refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("Billing", listed.GetProperty("usedBy")[0].GetProperty("triggerName").GetString());
    }

    [Fact]
    public async Task Retention_Changed_IsKept()
    {
        var changed = await _app.SendAsync(HttpMethod.Put, "/api/settings/retention", new { succeededDays = 3 });
        var read = await _app.SendAsync(HttpMethod.Get, "/api/settings/retention");
        Assert.Equal(changed.GetRawText(), read.GetRawText());
        Assert.Equal((3, 90), (read.GetProperty("succeededDays").GetInt32(), read.GetProperty("deadLetteredDays").GetInt32()));
    }

    [Theory]
    [InlineData("POST", "/api/keys", """{"name":" "}""", "name")]
    [InlineData("POST", "/api/keys", """{}""", "name")]
    [InlineData("POST", "/api/keys", """{"name":"x","value":"chosen"}""", "value")]
    [InlineData("PUT", "/api/secrets/NEW", """{}""", "value")]
    [InlineData("PUT", "/api/secrets/a%20b", """{"value":"x"}""", "name")]
    [InlineData("PUT", "/api/settings/retention", """{"succeededDays":-1}""", "succeededDays")]
    [InlineData("PUT", "/api/settings/retention", """{"succeededDays":"two"}""", "succeededDays")]
    [InlineData("PUT", "/api/settings/retention", """{"weeks":2}""", "weeks")]
    [InlineData("POST", "/api/executions/retry", """{}""", "ids")]
    [InlineData("POST", "/api/executions/retry", """{"ids":[],"ratePerSecond":0}""", "ratePerSecond")]
    public async Task Write_BadInput_NamesTheField(string method, string path, string json, string field)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var (status, body) = await _app.TryAsync(new(method), path, content);
        Assert.Equal(400, status);
        Assert.True(body.GetProperty("errors").TryGetProperty(field, out _), body.GetRawText());
    }

    [Theory]
    [InlineData("/api/keys")]
    [InlineData("/api/secrets")]
    [InlineData("/api/settings/retention")]
    public async Task Read_WithoutKey_Is401(string path) => Assert.Equal(401, (await _app.TryAsync(HttpMethod.Get, path, client: _app.Anonymous)).Status);

    [Fact]
    public async Task BulkRetry_UnknownIds_AreSkippedWithTheReason()
    {
        var done = await _app.SendAsync(HttpMethod.Post, "/api/executions/retry", new { ids = new[] { Guid.NewGuid(), Guid.NewGuid() } });
        var run = done.GetProperty("run");
        Assert.Equal((0, 2, true), (run.GetProperty("done").GetInt32(), run.GetProperty("skipped").GetInt32(), run.GetProperty("isFinished").GetBoolean()));
        Assert.Equal("It is no longer in the history.", run.GetProperty("problems")[0].GetProperty("message").GetString());
        var again = await _app.SendAsync(HttpMethod.Get, done.GetProperty("statusUrl").GetString()!);
        Assert.Equal(run.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
    }
}
