using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Scheduling.Engine;

/// <summary>A server that is stopped, or killed, and comes back.</summary>
public sealed class ScheduleRestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tc-restart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_KilledOrStopped_FiresEachTimeOnceAndNoneIsLost(bool killed)
    {
        using var server = new ServerProcess(_folder, new() { ["Egress:AllowOwnServer"] = "true" });
        await server.StartAsync();
        var trigger = (await SendAsync(server, "/api/triggers", new { kind = "Http", name = "x", settings = new { method = "POST", url = $"http://127.0.0.1:{server.Port}/echo/x" } })).Id();
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add((await SendAsync(server, "/api/schedules", new { name = $"Tick {i}", kind = "Cron", cron = "* * * * * *", triggerId = trigger, misfire = "RunEach" })).Id());
        foreach (var id in ids) await WaitAsync(server, id, 2);
        if (killed) server.Kill();
        else await server.StopAsync();
        await server.StartAsync();
        var back = DateTimeOffset.UtcNow;
        foreach (var id in ids)
        {
            var runs = await Eventually.GetAsync(async () =>
            {
                var found = await RunsAsync(server, id);
                return (found.Count > 0 && found[^1].Time("dueAt") > back.AddSeconds(1), found);
            }, "runs after the restart");
            var due = runs.Select(r => r.Time("dueAt")).ToList();
            Assert.All(due.Zip(due.Skip(1)), p => Assert.Equal(TimeSpan.FromSeconds(1), p.Second - p.First));
            Assert.All(runs, r => Assert.Equal("Fired", r.Text("outcome")));
            Assert.Equal(runs.Count, runs.Select(r => r.Text("eventId")).Distinct().Count());
        }
    }

    private static Task<List<JsonElement>> WaitAsync(ServerProcess server, Guid id, int count) => Eventually.GetAsync(async () =>
    {
        var runs = await RunsAsync(server, id);
        return (runs.Count >= count, runs);
    }, $"{count} runs");

    private static async Task<List<JsonElement>> RunsAsync(ServerProcess server, Guid id)
        => [.. (await server.Client.GetFromJsonAsync<JsonElement>($"/api/schedules/{id}/runs?pageSize=200")).GetProperty("items").EnumerateArray().Reverse()];

    private static async Task<JsonElement> SendAsync(ServerProcess server, string path, object body)
    {
        using var response = await server.Client.PostAsJsonAsync(path, body);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }
}
