using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

/// <summary>The audit log through the real application: who acts, what is refused, list, export, check.</summary>
public sealed class AuditApiTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Change_ByKeyByTokenAndAtStart_NamesWhoAndFromWhere()
    {
        await _app.MakeUserAsync(Role.Editor);
        using var editor = await _app.ProgramAsync(TestPeople.EmailOf(Role.Editor));
        await _app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "By key" });
        Assert.Equal(201, (await _app.TryAsync(HttpMethod.Post, "/api/callbacks", System.Net.Http.Json.JsonContent.Create(new { name = "By token" }), editor)).Status);

        var made = await ItemsAsync("?action=callback.create");

        Assert.Equal([("User", TestPeople.EmailOf(Role.Editor), "By token"), ("ApiKey", "First key", "By key")], made.Select(e =>
            (e.GetProperty("actor").GetProperty("kind").GetString()!, e.GetProperty("actor").GetProperty("name").GetString()!, e.GetProperty("subject").GetProperty("name").GetString()!)));
        Assert.All(made, e => Assert.Equal("127.0.0.1", e.GetProperty("actor").GetProperty("address").GetString()));
        Assert.Contains(await ItemsAsync("?subjectKind=user"), e => e.GetProperty("actor").GetProperty("kind").GetString() == "Server");
        Assert.Equal(2, (await ItemsAsync("?subjectKind=callback&from=2020-01-01T00:00:00Z&outcome=done&address=127.0.0.1&q=by")).Count);
        Assert.Empty(await ItemsAsync("?subjectKind=callback&to=2020-01-01T00:00:00Z"));
    }

    [Fact]
    public async Task Refusals_OfApiHubAndPages_AreRecordedWithoutKeysOrIds()
    {
        await _app.MakeUserAsync(Role.Viewer);
        using var viewer = await _app.ProgramAsync(TestPeople.EmailOf(Role.Viewer));
        using var browser = await _app.BrowserAsync(TestPeople.EmailOf(Role.Viewer));
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Forbidden, (await viewer.DeleteAsync($"/api/keys/{Guid.NewGuid()}?token=canary")).StatusCode);
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/api/callbacks") { Headers = { { "X-Api-Key", "tc_canary_canary_canary_canary" } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await _app.Anonymous.SendAsync(wrong)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _app.Anonymous.PostAsync("/hubs/live/negotiate?negotiateVersion=1", null)).StatusCode);
        await browser.GetAsync("/settings");
        Assert.Equal(HttpStatusCode.Redirect, (await _app.Anonymous.GetAsync("/callbacks")).StatusCode); // is asked to sign in: nothing is refused
        await _app.Get<AuditTrail>().FlushAsync(all: true, default);

        var refused = await ItemsAsync("?outcome=Refused&action=access");

        var told = refused.Select(e => $"{e.GetProperty("actor").GetProperty("name").GetString()}|{e.GetProperty("subject").GetProperty("name").GetString()}|{e.GetProperty("detail").GetString()}|{e.GetProperty("count").GetInt32()}").ToList();
        Assert.Contains($"{TestPeople.EmailOf(Role.Viewer)}|DELETE /api/keys/{{id:guid}}|Needs keys.manage.|1", told);
        Assert.Contains($"{TestPeople.EmailOf(Role.Viewer)}|DELETE /api/keys/{{id:guid}}|Needs keys.manage.|2", told);
        Assert.Contains("|GET /api/callbacks|The key or token is not valid.|1", told.Select(t => t.Replace("/api/callbacks/", "/api/callbacks", StringComparison.Ordinal)));
        Assert.Contains(told, t => t.StartsWith("|POST /hubs/live/negotiate|Not signed in.", StringComparison.Ordinal));
        Assert.Contains(told, t => t.StartsWith($"{TestPeople.EmailOf(Role.Viewer)}|GET /settings|", StringComparison.Ordinal));
        Assert.DoesNotContain(told, t => t.Contains("canary", StringComparison.Ordinal) || t.Contains("GET /callbacks|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_PagesByCursor_AndRefusesWhatItCannotRead()
    {
        for (var i = 0; i < 5; i++) await _app.SendAsync(HttpMethod.Put, "/api/secrets/S" + i, new { value = "x" });

        var first = await _app.SendAsync(HttpMethod.Get, "/api/audit?subjectKind=secret&pageSize=3");
        var second = await _app.SendAsync(HttpMethod.Get, $"/api/audit?subjectKind=secret&pageSize=3&cursor={first.GetProperty("nextCursor").GetString()}");

        Assert.Equal(["S4", "S3", "S2", "S1", "S0"], first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(e => e.GetProperty("subject").GetProperty("name").GetString()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
        var sequence = first.GetProperty("items")[0].GetProperty("sequence").GetInt64();
        Assert.Equal("secret.create", (await _app.SendAsync(HttpMethod.Get, $"/api/audit/{sequence}")).GetProperty("action").GetString());
        foreach (var query in (string[])["?cursor=x", "?outcome=7", "?from=x", "/export?format=xml", "/export?outcome=maybe"]) Assert.Equal(400, (await _app.TryAsync(HttpMethod.Get, "/api/audit" + query)).Status);
        Assert.Equal(404, (await _app.TryAsync(HttpMethod.Get, "/api/audit/999999")).Status);
        Assert.Equal(400, (await _app.TryAsync(HttpMethod.Post, "/api/audit/verify?anchor=7")).Status);
    }

    [Fact]
    public async Task Export_AsCsvAndNdJson_HasEachEntryAndNoFormulas()
    {
        await _app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "=cmd|' /C calc'!A0", description = "a, \"b\"" });

        var csv = await _app.Client.GetAsync("/api/audit/export?format=csv");
        var text = await csv.Content.ReadAsStringAsync();
        var lines = await _app.Client.GetStringAsync("/api/audit/export?subjectKind=callback");

        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(".csv", csv.Content.Headers.ContentDisposition!.FileName, StringComparison.Ordinal);
        Assert.Contains(",\"'=cmd|' /C calc'!A0\",", text, StringComparison.Ordinal);
        Assert.DoesNotContain(",=cmd", text, StringComparison.Ordinal);
        Assert.Equal("=cmd|' /C calc'!A0", JsonDocument.Parse(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Single()).RootElement.GetProperty("subject").GetProperty("name").GetString());
        Assert.Equal(2, (await ItemsAsync("?action=audit.export")).Count);
    }

    [Fact]
    public async Task Verify_BesideTheRunningServer_ByApiAndCommand_FindsWhatWasChanged()
    {
        await _app.SendAsync(HttpMethod.Put, "/api/secrets/ONE", new { value = "x" });
        var sound = await _app.SendAsync(HttpMethod.Post, "/api/audit/verify");
        Assert.Equal(JsonValueKind.Null, sound.GetProperty("fault").ValueKind);
        var anchor = sound.GetProperty("anchor").GetString()!;
        var fine = await CommandRun.StartAsync(CommandRun.At(_app.Folder), "--verify-audit", anchor);
        Assert.True(fine.ExitCode == 0, fine.Output + fine.Error);
        Assert.Contains("as it was written", fine.Output, StringComparison.Ordinal);

        await using (var context = await _app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync())
            foreach (var statement in (string[])["DROP TRIGGER audit_entries_append_only", "UPDATE audit_entries SET actor_name = 'someone else' WHERE sequence = 2"]) await context.Database.ExecuteSqlRawAsync(statement);

        var broken = await _app.SendAsync(HttpMethod.Post, "/api/audit/verify");
        Assert.Equal((2, "Changed"), (broken.GetProperty("fault").GetProperty("sequence").GetInt64(), broken.GetProperty("fault").GetProperty("kind").GetString()));
        var run = await CommandRun.StartAsync(CommandRun.At(_app.Folder), "--verify-audit");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("broken at entry 2", run.Error, StringComparison.Ordinal);
        Assert.Contains("no anchor", (await CommandRun.StartAsync(CommandRun.At(_app.Folder), "--verify-audit", "12")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_OfALiveServer_HoldsTheLogAndIsRecorded_AndAnExportLeavesItOut()
    {
        await _app.SendAsync(HttpMethod.Put, "/api/secrets/ONE", new { value = "x" });
        var folder = Directory.CreateTempSubdirectory("tc-audit-").FullName;
        var run = await CommandRun.StartAsync(CommandRun.At(_app.Folder), "--backup", Path.Combine(folder, "backup.db"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("--verify-audit", run.Output, StringComparison.Ordinal);
        Assert.Equal("Server", Assert.Single(await ItemsAsync("?action=backup.create")).GetProperty("actor").GetProperty("kind").GetString());

        var restored = Path.Combine(folder, "restored");
        Directory.CreateDirectory(restored);
        File.Copy(Path.Combine(_app.Folder, "master.key"), Path.Combine(restored, "master.key"));
        run = await CommandRun.StartAsync(CommandRun.At(restored), "--restore", Path.Combine(folder, "backup.db"));
        Assert.True(run.ExitCode == 0, run.Error);
        run = await CommandRun.StartAsync(CommandRun.At(restored), "--verify-audit");
        Assert.True(run.ExitCode == 0, run.Error);

        Assert.DoesNotContain("audit", (await _app.SendAsync(HttpMethod.Get, "/api/configuration")).GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Single(await ItemsAsync("?action=configuration.export"));
        Directory.Delete(folder, recursive: true);
    }

    private async Task<List<JsonElement>> ItemsAsync(string query) => [.. (await _app.SendAsync(HttpMethod.Get, "/api/audit" + query)).GetProperty("items").EnumerateArray()];
}
