using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

public sealed class ApiExecutionTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private HttpSink _sink = null!;
    private TestCallback _callback = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(new() { ["Execution:SynchronousTimeout"] = "00:00:01" });
        _sink = await HttpSink.StartAsync();
        _callback = await _app.CreateCallbackAsync("", new
        {
            name = "Target",
            settings = new { method = "POST", url = _sink.At("/in"), body = new { format = "json", template = """{"got":"{original_payload}","who":"{var:who|nobody}"}""" } },
            retry = new { maxAttempts = 3, strategy = "fixed", delaySeconds = 0.05 },
        });
    }

    public async Task DisposeAsync()
    {
        await _sink.DisposeAsync();
        await _app.DisposeAsync();
    }

    private string Execute => $"/api/triggers/http/{_callback.TriggerId}/execute";

    [Fact]
    public async Task Execute_Async_Answers202AndRuns()
    {
        var (status, receipt) = await _app.TryAsync(HttpMethod.Post, Execute, JsonContent.Create(new { payload = new { a = 1 }, variables = new { who = "Ada" } }));

        Assert.Equal((202, "Queued"), (status, receipt.GetProperty("status").GetString()));
        var details = await _app.WaitForAsync(receipt.GetProperty("executionId").GetGuid(), "Succeeded");
        Assert.Equal($"/api/executions/{receipt.GetProperty("executionId").GetGuid()}", receipt.GetProperty("statusUrl").GetString());
        Assert.Equal("""{"got":{"a":1},"who":"Ada"}""", _sink.Only.Text);
        var request = details.GetProperty("attempts")[0].GetProperty("request");
        Assert.Equal(("POST", """{"got":{"a":1},"who":"Ada"}"""), (request.GetProperty("method").GetString(), request.GetProperty("body").GetString()));
        Assert.Equal(200, details.GetProperty("attempts")[0].GetProperty("response").GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Execute_Sync_AnswersTheFinishedExecutionWithItsAttempts()
    {
        var calls = 0;
        _sink.Answer = (context, _) => { context.Response.StatusCode = Interlocked.Increment(ref calls) == 1 ? 503 : 200; return Task.CompletedTask; };

        var (status, details) = await _app.TryAsync(HttpMethod.Post, Execute, JsonContent.Create(new { payload = "x", mode = "sync" }));

        Assert.Equal(200, status);
        Assert.Equal("Succeeded", details.GetProperty("execution").GetProperty("status").GetString());
        Assert.Equal(["http_200", "http_503"], details.GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Execute_SyncPastTheLimit_Answers504AndGoesOn()
    {
        var release = new TaskCompletionSource();
        _sink.Answer = (_, _) => release.Task;

        var (status, problem) = await _app.TryAsync(HttpMethod.Post, Execute, JsonContent.Create(new { mode = "sync" }));
        release.SetResult();

        Assert.Equal((504, "urn:triggerconsole:problem:not-finished"), (status, problem.GetProperty("type").GetString()));
        var list = await _app.SendAsync(HttpMethod.Get, "/api/executions");
        await _app.WaitForAsync(list.GetProperty("items")[0].GetProperty("id").GetGuid(), "Succeeded");
    }

    [Fact]
    public async Task Execute_SameIdempotencyKey_RunsOnce()
    {
        var body = new { payload = 1, idempotencyKey = "k1" };
        var first = await _app.SendAsync(HttpMethod.Post, Execute, body);
        var second = await _app.SendAsync(HttpMethod.Post, Execute, body);
        var (status, _) = await _app.TryAsync(HttpMethod.Post, Execute, JsonContent.Create(new { payload = 2, idempotencyKey = "k1" }));

        Assert.Equal((first.GetProperty("executionId").GetGuid(), true, 400), (second.GetProperty("executionId").GetGuid(), second.GetProperty("duplicate").GetBoolean(), status));
        await _app.WaitForAsync(first.GetProperty("executionId").GetGuid(), "Succeeded");
        Assert.Single(_sink.Requests);
    }

    [Fact]
    public async Task Execute_Delayed_WaitsAndCanBeCancelled()
    {
        var receipt = await _app.SendAsync(HttpMethod.Post, Execute, new { delaySeconds = 3600 });
        var id = receipt.GetProperty("executionId").GetGuid();

        var waiting = await _app.SendAsync(HttpMethod.Get, $"/api/executions/{id}");
        var cancelled = await _app.SendAsync(HttpMethod.Post, $"/api/executions/{id}/cancel");
        var (again, _) = await _app.TryAsync(HttpMethod.Post, $"/api/executions/{id}/cancel");

        Assert.Equal("Queued", waiting.GetProperty("execution").GetProperty("status").GetString());
        Assert.InRange(waiting.GetProperty("execution").GetProperty("nextAttemptAt").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
        Assert.Equal(("Cancelled", 409), (cancelled.GetProperty("execution").GetProperty("status").GetString(), again));
    }

    [Theory]
    [InlineData("""{"priority":10}""", "priority")]
    [InlineData("""{"delaySeconds":-1}""", "delaySeconds")]
    [InlineData("""{"delaySeconds":1,"scheduledAt":"2099-01-01T00:00:00Z"}""", "scheduledAt")]
    [InlineData("""{"scheduledAt":"2001-01-01T00:00:00Z"}""", "scheduledAt")]
    [InlineData("""{"mode":"later"}""", "mode")]
    [InlineData("""{"mode":"sync","delaySeconds":1}""", "mode")]
    [InlineData("""{"variables":{"a":1}}""", "variables.a")]
    [InlineData("""{"payload":1,"paylaod":2}""", "paylaod")]
    public async Task Execute_BadInput_NamesTheField(string body, string field)
    {
        var (status, problem) = await _app.TryAsync(HttpMethod.Post, Execute, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(400, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task Replay_WithEditedPayload_MakesANewEventAndLeavesTheOldOne()
    {
        var original = (await _app.FireAsync(_callback, new { n = 1 }))[0];
        await _app.WaitForAsync(original, "Succeeded");

        var same = await _app.SendAsync(HttpMethod.Post, $"/api/executions/{original}/replay");
        await _app.WaitForAsync(same.GetProperty("executionId").GetGuid(), "Succeeded");
        var edited = await _app.SendAsync(HttpMethod.Post, $"/api/executions/{original}/replay", new { payload = new { n = 2 } });
        var details = await _app.WaitForAsync(edited.GetProperty("executionId").GetGuid(), "Succeeded");

        Assert.Equal(["""{"got":{"n":1},"who":"nobody"}""", """{"got":{"n":1},"who":"nobody"}""", """{"got":{"n":2},"who":"nobody"}"""], _sink.Requests.Select(r => r.Text));
        Assert.Equal(original, details.GetProperty("execution").GetProperty("replayOf").GetGuid());
        var stored = await _app.SendAsync(HttpMethod.Get, $"/api/events/{details.GetProperty("execution").GetProperty("eventId").GetGuid()}");
        Assert.DoesNotContain("Content-Length", stored.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(("Replay", """{"n":2}"""), (stored.GetProperty("event").GetProperty("origin").GetString(), stored.GetProperty("body").GetString()));
    }

    [Fact]
    public async Task ReplayMany_CountsFirstThenReplaysOnlyWhatMatches()
    {
        var healthy = false;
        _sink.Answer = (context, _) => { context.Response.StatusCode = healthy ? 200 : 400; return Task.CompletedTask; };
        foreach (var i in Enumerable.Range(0, 5)) await _app.WaitForAsync((await _app.FireAsync(_callback, new { i }))[0], "DeadLettered");
        healthy = true;
        await _app.WaitForAsync((await _app.FireAsync(_callback, new { i = 6 }))[0], "Succeeded");
        var filter = new { statuses = new[] { "DeadLettered" }, triggerId = _callback.TriggerId };

        var counted = await _app.SendAsync(HttpMethod.Post, "/api/executions/replay", new { filter, dryRun = true });
        Assert.Equal(6, _sink.Requests.Count);
        var done = await _app.SendAsync(HttpMethod.Post, "/api/executions/replay", new { filter });

        Assert.Equal((5, 5), (counted.GetProperty("count").GetInt32(), done.GetProperty("count").GetInt32()));
        Assert.Equal((5, 0, true), (done.GetProperty("run").GetProperty("done").GetInt32(), done.GetProperty("run").GetProperty("skipped").GetInt32(), done.GetProperty("run").GetProperty("isFinished").GetBoolean()));
        await Eventually.TrueAsync(() => _sink.Requests.Count == 11, "the replays to arrive");
    }

    [Fact]
    public async Task Retry_DeadLetter_RunsTheSameExecutionAgain()
    {
        var healthy = false;
        _sink.Answer = (context, _) => { context.Response.StatusCode = healthy ? 200 : 422; return Task.CompletedTask; };
        var id = (await _app.FireAsync(_callback, new { n = 1 }))[0];
        await _app.WaitForAsync(id, "DeadLettered");
        healthy = true;

        await _app.SendAsync(HttpMethod.Post, $"/api/executions/{id}/retry");

        var details = await _app.WaitForAsync(id, "Succeeded");
        Assert.Equal(2, details.GetProperty("execution").GetProperty("attempts").GetInt32());
        Assert.Equal(409, (await _app.TryAsync(HttpMethod.Post, $"/api/executions/{id}/retry")).Status);
    }

    [Fact]
    public async Task Pause_HoldsAndResumeDrains()
    {
        await _app.SendAsync(HttpMethod.Post, $"/api/triggers/{_callback.TriggerId}/pause");
        var id = (await _app.FireAsync(_callback, new { n = 1 }))[0];

        await _app.WaitForAsync(id, "Held");
        Assert.Empty(_sink.Requests);
        var held = await _app.SendAsync(HttpMethod.Get, "/api/executions?status=Held");
        Assert.Single(held.GetProperty("items").EnumerateArray().ToList());
        await _app.SendAsync(HttpMethod.Post, $"/api/triggers/{_callback.TriggerId}/resume");

        await _app.WaitForAsync(id, "Succeeded");
    }

    [Fact]
    public async Task Test_UnsavedSettings_SendsOnceAndIsRecordedAsTest()
    {
        _sink.Answer = (context, _) => { context.Response.StatusCode = 503; return Task.CompletedTask; };

        var details = await _app.SendAsync(HttpMethod.Post, "/api/triggers/test", new { kind = "Http", settings = new { method = "PUT", url = _sink.At("/unsaved") }, payload = new { a = 1 } });

        Assert.Equal(("PUT", "/unsaved", """{"a":1}"""), (_sink.Only.Method, _sink.Only.Target, _sink.Only.Text));
        Assert.Equal((true, "DeadLettered", "http_503"), (details.GetProperty("execution").GetProperty("test").GetBoolean(),
            details.GetProperty("execution").GetProperty("status").GetString(), details.GetProperty("attempts")[0].GetProperty("code").GetString()));
        var listed = await _app.SendAsync(HttpMethod.Get, "/api/executions?test=true");
        Assert.Single(listed.GetProperty("items").EnumerateArray().ToList());
    }

    [Fact]
    public async Task Preview_ShowsWhatWouldBeSentAndSendsNothing()
    {
        var preview = await _app.SendAsync(HttpMethod.Post, "/api/triggers/preview", new
        {
            kind = "Http",
            settings = new { method = "POST", url = _sink.At("/x/{payload.id}"), auth = new { type = "bearer", token = "canary-token" } },
            payload = new { id = "a b" },
        });

        var request = preview.GetProperty("request");
        Assert.Equal(_sink.At("/x/a%20b"), request.GetProperty("url").GetString());
        Assert.DoesNotContain("canary-token", preview.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(_sink.Requests);
    }

    [Fact]
    public async Task Search_FindsPayloadsAddressesAndIds()
    {
        var id = (await _app.FireAsync(_callback, new { customer = "Grace Hopper" }))[0];
        await _app.FireAsync(_callback, new { customer = "someone else" });
        await _app.WaitForAsync(id, "Succeeded");

        foreach (var q in (string[])["grace hop", id.ToString(), "/in"])
        {
            var found = await _app.SendAsync(HttpMethod.Get, $"/api/executions?q={Uri.EscapeDataString(q)}");
            Assert.Contains(id, found.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
        }
        var nothing = await _app.SendAsync(HttpMethod.Get, "/api/executions?q=nobody-is-called-that");
        Assert.Empty(nothing.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task List_PagesByCursorWithoutGapOrRepeat()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 25; i++) ids.Add((await _app.FireAsync(_callback, new { i }))[0]);

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await _app.SendAsync(HttpMethod.Get, $"/api/executions?pageSize=10&triggerId={_callback.TriggerId}{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(ids.AsEnumerable().Reverse(), seen);
    }

    [Fact]
    public async Task Trigger_AlreadyThere_Answers409AndMoreAreMadeUnderTriggers()
    {
        var (status, _) = await _app.TryAsync(HttpMethod.Post, $"/api/callbacks/{_callback.Id}/http", JsonContent.Create(new { name = "Second", settings = new { url = _sink.At("/2") } }));
        await _app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Http", callbackId = _callback.Id, name = "Second", settings = new { url = _sink.At("/2") } });

        var executions = await _app.FireAsync(_callback, new { n = 1 });

        Assert.Equal((409, 2), (status, executions.Count));
        foreach (var id in executions) await _app.WaitForAsync(id, "Succeeded");
        Assert.Equal(["/2", "/in"], _sink.Requests.Select(r => r.Target).Order());
    }

    [Fact]
    public async Task Secrets_AreKeptForTheSameHostAndAskedForAgainForAnother()
    {
        var path = $"/api/triggers/{_callback.TriggerId}";
        await _app.SendAsync(HttpMethod.Put, path, new { settings = new { url = _sink.At("/a"), auth = new { type = "bearer", token = "canary-bearer" } } });

        var kept = await _app.SendAsync(HttpMethod.Put, path, new { settings = new { url = _sink.At("/b"), auth = new { type = "bearer" } } });
        var (status, problem) = await _app.TryAsync(HttpMethod.Put, path, JsonContent.Create(new { settings = new { url = "http://127.0.0.2:9/b", auth = new { type = "bearer" } } }));
        await _app.WaitForAsync((await _app.FireAsync(_callback, new { n = 1 }))[0], "Succeeded");

        Assert.Equal((JsonValueKind.Null, true), (kept.GetProperty("settings").GetProperty("auth").GetProperty("token").ValueKind, kept.GetProperty("settings").GetProperty("auth").GetProperty("hasToken").GetBoolean()));
        Assert.Equal((400, true), (status, problem.GetProperty("errors").TryGetProperty("settings.auth.token", out _)));
        Assert.Equal("Bearer canary-bearer", _sink.Only.Header("Authorization"));
        // What an answer showed can be sent back as it is
        await _app.SendAsync(HttpMethod.Put, path, new { settings = kept.GetProperty("settings") });
    }
}
