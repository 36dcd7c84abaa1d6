using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Scheduling;

/// <summary>What can be said to <c>/api/schedules</c>, and what is answered to what is wrong.</summary>
public sealed class ScheduleApiTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Guid _trigger;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(new() { ["Templates:AllowedEnvironment:0"] = "SCHEDULE_TEST" });
        _trigger = await _app.TriggerAsync();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Create_EverythingWrong_IsAnsweredFieldByField()
    {
        var later = DateTimeOffset.UtcNow.AddHours(1);
        var errors = await _app.RefusedAsync(new { name = " ", kind = "Cron", cron = "0 25 * * *", timeZone = "Europe/Berln", callbackId = Guid.NewGuid(), endAt = later, startAt = later.AddHours(1), priority = 10, payload = "{\"a\":" });
        Assert.Equal(["callbackId", "cron", "endAt", "name", "payload", "priority", "timeZone"], errors.Keys.Order());
        Assert.Equal("In hours: 25 is outside of 0 to 23.", errors["cron"]);
        Assert.Contains("Did you mean Europe/Berlin?", errors["timeZone"], StringComparison.Ordinal);
        Assert.Equal("The end is not after the start.", errors["endAt"]);
    }

    [Theory]
    [InlineData("cron", "That day never comes", """{"kind":"Cron","cron":"0 0 30 2 *"}""")]
    [InlineData("cron", "Write a cron expression", """{"kind":"Cron"}""")]
    [InlineData("at", "That time has passed", """{"kind":"Once","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("at", "Give the time", """{"kind":"Once"}""")]
    [InlineData("at", "Choose a year", """{"kind":"Once","at":"9999-01-01T00:00:00Z"}""")]
    [InlineData("endAt", "no start or end", """{"kind":"Once","at":"2027-01-01T00:00:00Z","endAt":"2028-01-01T00:00:00Z"}""")]
    [InlineData("intervalSeconds", "from 1 second to 366 days", """{"kind":"Interval","intervalSeconds":0}""")]
    [InlineData("intervalSeconds", "from 1 second to 366 days", """{"kind":"Interval","intervalSeconds":31622401}""")]
    [InlineData("intervalSeconds", "does not go with the kind Cron", """{"kind":"Cron","cron":"* * * * *","intervalSeconds":60}""")]
    [InlineData("timeZone", "There is no time zone", """{"kind":"Cron","cron":"* * * * *","timeZone":"+02:00"}""")]
    [InlineData("endAt", "That time has passed", """{"kind":"Cron","cron":"* * * * *","endAt":"2026-01-01T00:00:00Z"}""")]
    [InlineData("endAt", "not run once until then", """{"kind":"Cron","cron":"0 0 29 2 *","endAt":"2026-12-31T00:00:00Z"}""")]
    [InlineData("kind", "Cron, Interval or Once", """{"cron":"* * * * *"}""")]
    public async Task Preview_WhatIsWrongWithTheTime_NamesTheField(string field, string message, string schedule)
    {
        var preview = await _app.SendAsync(HttpMethod.Post, "/api/schedules/preview", JsonSerializer.Deserialize<JsonElement>(schedule));
        var problem = Assert.Single(preview.GetProperty("problems").EnumerateArray());
        Assert.Equal(field, problem.Text("field"));
        Assert.Contains(message, problem.Text("message"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, preview.GetProperty("words").ValueKind);
        var refused = JsonSerializer.Deserialize<Dictionary<string, object>>(schedule)!;
        (refused["name"], refused["triggerId"]) = ("x", _trigger);
        Assert.Contains(message, (await _app.RefusedAsync(refused))[field], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_CronFault_SaysTheColumn()
    {
        var (_, body) = await _app.TryAsync(HttpMethod.Post, "/api/schedules", JsonContent.Create(new { name = "x", kind = "Cron", cron = "0 9 * FEBR *", triggerId = _trigger }));
        var error = Assert.Single(body.GetProperty("faults").EnumerateArray());
        Assert.Equal((1, 7), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
    }

    [Theory]
    [InlineData("{\n \"a\": {nope}\n}", 2, 7, "")]
    [InlineData("{\"a\":\"{secret:X}\"}", 1, 7, "There is no secret named")]
    [InlineData("{\"a\":\"{payload.id}\"}", 1, 7, "There is no payload yet")]
    [InlineData("\"{original_payload}\"", 1, 2, "There is no payload yet")]
    [InlineData("{\"a\":\"{header:X}\"}", 1, 7, "no request brings the event")]
    [InlineData("{\"a\":\"{attempt}\"}", 1, 7, "not known yet")]
    [InlineData("{\"a\":\"{env:HOME}\"}", 1, 7, "may not read the environment variable")]
    public async Task Create_WrongPayload_SaysLineAndColumn(string payload, int line, int column, string message)
    {
        var (status, body) = await _app.TryAsync(HttpMethod.Post, "/api/schedules", JsonContent.Create(new { name = "x", kind = "Interval", intervalSeconds = 60, triggerId = _trigger, payload }));
        Assert.Equal(400, status);
        var error = body.GetProperty("faults").EnumerateArray().First();
        Assert.Equal(("payload", line, column), (error.Text("field"), error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
        Assert.Contains(message, error.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_PayloadWithASecret_IsRefusedBecausePayloadsAreStored()
    {
        await _app.SendAsync(HttpMethod.Put, "/api/secrets/X", new { value = "canary" });
        var errors = await _app.RefusedAsync(new { name = "x", kind = "Interval", intervalSeconds = 60, triggerId = _trigger, payload = "{\"a\":\"{secret:X}\"}" });
        Assert.Contains("stored as it is sent", errors["payload"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_GoodSchedule_SaysWordsAndNextFiveInItsZone()
    {
        var preview = await _app.SendAsync(HttpMethod.Post, "/api/schedules/preview", new { kind = "Cron", cron = "0 9 * * MON", timeZone = "Europe/Berlin" });
        Assert.Equal("At 09:00, on Monday", preview.Text("words"));
        var next = preview.GetProperty("next").EnumerateArray().ToList();
        Assert.Equal(5, next.Count);
        Assert.All(next, n => Assert.Matches("^Mon .* 09:00:00 \\+0[12]:00$", n.Text("local")));
    }

    [Fact]
    public async Task Update_WhatIsLeftOut_Stays_AndKindReplacesWhen()
    {
        var made = await _app.ScheduleAsync(new { name = "Report", kind = "Cron", cron = "0 9 * * *", timeZone = "Europe/Berlin", triggerId = _trigger, payload = "{}", priority = 7, endAt = DateTimeOffset.UtcNow.AddYears(1) });
        var path = $"/api/schedules/{made.Id()}";
        var renamed = await _app.SendAsync(HttpMethod.Put, path, new { name = "Nightly report", version = made.GetProperty("version").GetInt32() });
        Assert.Equal(("Nightly report", "0 9 * * *", 7), (renamed.Text("name"), renamed.Text("cron"), renamed.GetProperty("priority").GetInt32()));
        var changed = await _app.SendAsync(HttpMethod.Put, path, new { kind = "Interval", intervalSeconds = 3600, priority = -1 });
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Null), (changed.GetProperty("cron").ValueKind, changed.GetProperty("endAt").ValueKind, changed.GetProperty("priority").ValueKind));
        Assert.Equal("Every hour", changed.Text("words"));
        var (conflict, _) = await _app.TryAsync(HttpMethod.Put, path, JsonContent.Create(new { name = "Old", version = 1 }));
        Assert.Equal(409, conflict);
    }

    [Fact]
    public async Task List_FindsSortsAndCounts()
    {
        foreach (var (name, seconds) in new[] { ("Alpha", 3000), ("Beta", 1000), ("Gamma", 2000) })
            await _app.ScheduleAsync(new { name, kind = "Interval", intervalSeconds = seconds, triggerId = _trigger, paused = name == "Gamma" });
        Assert.Equal(["Alpha", "Beta", "Gamma"], await NamesAsync(""));
        Assert.Equal(["Beta", "Alpha", "Gamma"], await NamesAsync("?sort=Next"));
        Assert.Equal(["Gamma"], await NamesAsync("?state=Paused"));
        Assert.Equal(["Beta"], await NamesAsync("?q=1,000%20sec"));
        Assert.Equal(["Beta"], await NamesAsync("?page=2&pageSize=1"));
        Assert.Empty(await NamesAsync("?failed=true"));

        async Task<List<string?>> NamesAsync(string query) => [.. (await _app.SendAsync(HttpMethod.Get, $"/api/schedules{query}")).GetProperty("items").EnumerateArray().Select(i => i.Text("name"))];
    }

    [Fact]
    public async Task Delete_OfATargetInUse_IsRefusedWithTheSchedulesName()
    {
        var callback = await _app.CreateCallbackAsync($"{_app.Address}echo/x");
        var ofCallback = await _app.ScheduleAsync(new { name = "Feeder", kind = "Interval", intervalSeconds = 60, callbackId = callback.Id });
        await _app.ScheduleAsync(new { name = "Caller", kind = "Interval", intervalSeconds = 60, triggerId = callback.TriggerId });
        var (status, body) = await _app.TryAsync(HttpMethod.Delete, $"/api/triggers/{callback.TriggerId}");
        Assert.Equal(409, status);
        Assert.Contains("Caller", body.GetRawText(), StringComparison.Ordinal);
        (status, body) = await _app.TryAsync(HttpMethod.Delete, $"/api/callbacks/{callback.Id}");
        Assert.Equal(409, status);
        Assert.Contains("Caller, Feeder", body.GetRawText(), StringComparison.Ordinal);
        foreach (var item in (await _app.SendAsync(HttpMethod.Get, "/api/schedules")).GetProperty("items").EnumerateArray().ToList()) await _app.SendAsync(HttpMethod.Delete, $"/api/schedules/{item.Id()}");
        await _app.SendAsync(HttpMethod.Delete, $"/api/callbacks/{callback.Id}");
        Assert.Equal(404, (await _app.TryAsync(HttpMethod.Get, $"/api/schedules/{ofCallback.Id()}")).Status);
    }
}
