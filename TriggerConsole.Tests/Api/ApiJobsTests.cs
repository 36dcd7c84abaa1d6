using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

/// <summary>/api/jobs: counters, lists, what is done with one and with many, queues; administrators only.</summary>
public sealed partial class ApiJobsTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("GET", "/api/jobs/statistics")]
    [InlineData("GET", "/api/jobs")]
    [InlineData("GET", "/api/jobs/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("GET", "/api/jobs/history")]
    [InlineData("GET", "/api/jobs/queues")]
    [InlineData("GET", "/api/jobs/servers")]
    [InlineData("GET", "/api/jobs/runs/01a1fe27-2495-7000-bb9a-0e314e647b53")]
    [InlineData("GET", "/api/jobs/runs/01a1fe27-2495-7000-bb9a-0e314e647b53/items")]
    [InlineData("POST", "/api/jobs/requeue")]
    [InlineData("POST", "/api/jobs/delete")]
    [InlineData("POST", "/api/jobs/01a1fe27-2495-7000-bb9a-0e314e647b53/requeue")]
    [InlineData("POST", "/api/jobs/01a1fe27-2495-7000-bb9a-0e314e647b53/delete")]
    [InlineData("POST", "/api/jobs/runs/01a1fe27-2495-7000-bb9a-0e314e647b53/stop")]
    [InlineData("POST", "/api/jobs/queues/http-5/pause")]
    [InlineData("POST", "/api/jobs/queues/http-5/resume")]
    public async Task AnyRoute_NoAdministrator_IsForbidden(string method, string path)
    {
        using var editor = await SignInAsync(Role.Editor);

        var (status, problem) = await _app.TryAsync(new(method), path, method == "POST" ? JsonContent.Create(new { }) : null, editor);
        var (stranger, _) = await _app.TryAsync(new(method), path, method == "POST" ? JsonContent.Create(new { }) : null, _app.Anonymous);
        var (known, _) = await _app.TryAsync(HttpMethod.Get, "/api/executions", client: editor);

        Assert.DoesNotContain("cross-site", problem.ToString(), StringComparison.Ordinal); // refused for the role alone
        Assert.Equal(200, known);
        Assert.Equal((403, 401), (status, stranger));
    }

    [Fact]
    public async Task Lists_OneJobInEachState_ShowItWhereItIs()
    {
        var (dead, retrying, scheduled, succeeded) = await FillAsync();

        Assert.Equal([dead], await IdsAsync("Failed"));
        Assert.Equal([retrying], await IdsAsync("AwaitingRetry"));
        Assert.Equal([scheduled], await IdsAsync("Scheduled"));
        Assert.Equal([succeeded], await IdsAsync("Succeeded"));
        Assert.Equal([dead], await IdsAsync("Failed&code=http_503"));
        Assert.Empty(await IdsAsync("Failed&code=timeout"));
        Assert.Equal([dead], await IdsAsync("Failed&q=needle-in-the-payload"));
        Assert.Empty(await IdsAsync("Failed&q=nowhere"));
        Assert.Equal([dead], await IdsAsync($"Succeeded&q={dead}")); // whoever has an id wants to see it
        var statistics = await Eventually.GetAsync(async () =>
        {
            var now = await _app.SendAsync(HttpMethod.Get, "/api/jobs/statistics");
            return (now.GetProperty("succeeded").GetInt32() == 1, now);
        }, "the figures to be written");
        Assert.Equal((1, 1, 1), (statistics.GetProperty("failed").GetInt32(), statistics.GetProperty("awaitingRetry").GetInt32(), statistics.GetProperty("scheduled").GetInt32()));
    }

    [Fact]
    public async Task Requeue_ByState_DoesWhatThatStateNeedsAndNotesWho()
    {
        var (dead, retrying, scheduled, succeeded) = await FillAsync();

        var replayed = (await _app.SendAsync(HttpMethod.Post, $"/api/jobs/{succeeded}/requeue")).GetProperty("madeId").GetGuid();
        await _app.SendAsync(HttpMethod.Post, $"/api/jobs/{scheduled}/requeue");
        await _app.SendAsync(HttpMethod.Post, $"/api/jobs/{retrying}/requeue?state=AwaitingRetry");

        await _app.WaitForAsync(replayed, "Succeeded");
        await _app.WaitForAsync(scheduled, "Succeeded");
        var (status, problem) = await _app.TryAsync(HttpMethod.Post, $"/api/jobs/{dead}/requeue?state=AwaitingRetry");
        Assert.Equal(409, status);
        Assert.Contains("no longer awaiting a retry but failed", problem.GetProperty("detail").GetString());
        var history = (await _app.SendAsync(HttpMethod.Get, $"/api/jobs/{scheduled}")).GetProperty("history").EnumerateArray().ToList();
        Assert.Contains(history, step => step.GetProperty("kind").GetString() == "Requeued" && step.GetProperty("actor").ValueKind == JsonValueKind.String);
        Assert.Equal("Created", history[^1].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task DeleteMany_ByFilter_ReportsEachAndLeavesOthersAlone()
    {
        var (dead, retrying, scheduled, succeeded) = await FillAsync();

        var counted = await _app.SendAsync(HttpMethod.Post, "/api/jobs/delete", new { filter = new { state = "Failed" }, dryRun = true });
        var run = await _app.SendAsync(HttpMethod.Post, "/api/jobs/delete", new { ids = new[] { dead, retrying, Guid.NewGuid() }, state = "Failed" });

        Assert.Equal(1, counted.GetProperty("count").GetInt32());
        Assert.Equal((1, 2), (run.GetProperty("run").GetProperty("done").GetInt32(), run.GetProperty("run").GetProperty("skipped").GetInt32()));
        var items = (await _app.SendAsync(HttpMethod.Get, $"{run.GetProperty("statusUrl").GetString()}/items")).GetProperty("items").EnumerateArray()
            .ToDictionary(i => i.GetProperty("id").GetGuid(), i => (Done: i.GetProperty("done").GetBoolean(), Problem: i.GetProperty("problem").GetString()));
        Assert.Equal((true, null), items[dead]);
        Assert.Contains("no longer failed but awaiting a retry", items[retrying].Problem);
        Assert.Equal([dead], await IdsAsync("Deleted"));
        Assert.Equal([retrying], await IdsAsync("AwaitingRetry"));
        Assert.Equal([scheduled], await IdsAsync("Scheduled"));
        Assert.Equal([succeeded], await IdsAsync("Succeeded"));
    }

    [Fact]
    public async Task PauseQueue_OfAPriority_HoldsItUntilResumed()
    {
        var callback = await _app.CreateCallbackAsync("", new { name = "t", settings = Settings("echo/ok"), priority = 9 });
        await _app.SendAsync(HttpMethod.Post, "/api/jobs/queues/http-9/pause");
        var id = (await _app.FireAsync(callback, new { n = 1 }))[0];

        var queue = Assert.Single((await _app.SendAsync(HttpMethod.Get, "/api/jobs/queues")).EnumerateArray(), q => q.GetProperty("name").GetString() == "http-9");
        var (again, _) = await _app.TryAsync(HttpMethod.Post, "/api/jobs/queues/http-9/pause");

        Assert.True(queue.GetProperty("paused").GetBoolean());
        Assert.Equal(409, again);
        Assert.Equal("Queued", (await _app.SendAsync(HttpMethod.Get, $"/api/executions/{id}")).GetProperty("execution").GetProperty("status").GetString());
        await _app.SendAsync(HttpMethod.Post, "/api/jobs/queues/http-9/resume");
        await _app.WaitForAsync(id, "Succeeded");
    }

    [Theory]
    [InlineData("state=Waiting", "state")]
    [InlineData("queue=http-12", "queue")]
    [InlineData("sort=colour", "sort")]
    [InlineData("after=yesterday", "after")]
    [InlineData("from=soon", "from")]
    [InlineData("pageSize=many", "pageSize")]
    [InlineData("triggerId=7", "triggerId")]
    public async Task List_WrongFilter_NamesIt(string query, string field)
    {
        var (status, problem) = await _app.TryAsync(HttpMethod.Get, $"/api/jobs?{query}");

        Assert.Equal(400, status);
        Assert.Equal(field, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    private async Task<(Guid Dead, Guid Retrying, Guid Scheduled, Guid Succeeded)> FillAsync()
    {
        var ok = await _app.CreateCallbackAsync("", new { name = "ok", settings = Settings("echo/ok") });
        var succeeded = (await _app.FireAsync(ok, new { n = 1 }))[0];
        await _app.WaitForAsync(succeeded, "Succeeded");
        var down = await _app.CreateCallbackAsync("", new { name = "down", settings = Settings("echo/down?status=503"), retry = new { maxAttempts = 1 } });
        var dead = (await _app.FireAsync(down, new { text = "a needle-in-the-payload" }))[0];
        await _app.WaitForAsync(dead, "DeadLettered");
        var later = await _app.CreateCallbackAsync("", new { name = "later", settings = Settings("echo/later?status=500"), retry = new { strategy = "fixed", delaySeconds = 600, maxAttempts = 3 } });
        var retrying = (await _app.FireAsync(later, new { n = 2 }))[0];
        await _app.WaitForAsync(retrying, "Retrying");
        var scheduled = (await _app.SendAsync(HttpMethod.Post, $"/api/triggers/http/{ok.TriggerId}/execute", new { payload = new { n = 3 }, delaySeconds = 3600 })).GetProperty("executionId").GetGuid();
        return (dead, retrying, scheduled, succeeded);
    }

    /// <summary>Someone with a role, in a browser.</summary>
    private async Task<HttpClient> SignInAsync(Role role)
    {
        await using (var context = await _app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync())
        {
            (await context.Users.SingleAsync()).Role = role;
            await context.SaveChangesAsync();
        }
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _app.Address };
        var token = AntiforgeryToken().Match(await browser.GetStringAsync("/sign-in")).Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = TestApp.Email, ["password"] = TestApp.Password, ["__RequestVerificationToken"] = token });
        using var answer = await browser.PostAsync("/account/sign-in", form);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
        return browser;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();

    private async Task<List<Guid>> IdsAsync(string query)
        => [.. (await _app.SendAsync(HttpMethod.Get, $"/api/jobs?state={query}")).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid())];

    private object Settings(string path) => new { method = "POST", url = $"{_app.Address}{path}" };
}
