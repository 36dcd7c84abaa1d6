using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Scheduling;

/// <summary>Schedules through the API of a real application, with a target that answers.</summary>
internal static class ScheduleBench
{
    /// <summary>A trigger that calls the echo endpoint of the application itself.</summary>
    public static async Task<Guid> TriggerAsync(this TestApp app, string name = "Target", string echo = "echo/x")
        => (await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Http", name, settings = new { method = "POST", url = $"{app.Address}{echo}", body = new { format = "json", template = "\"{original_payload}\"" } } })).GetProperty("id").GetGuid();

    public static Task<JsonElement> ScheduleAsync(this TestApp app, object schedule) => app.SendAsync(HttpMethod.Post, "/api/schedules", schedule);

    /// <summary>The runs of a schedule, the oldest first.</summary>
    public static async Task<List<JsonElement>> RunsAsync(this TestApp app, Guid id)
        => [.. (await app.SendAsync(HttpMethod.Get, $"/api/schedules/{id}/runs?pageSize=200")).GetProperty("items").EnumerateArray().Reverse()];

    public static Task<List<JsonElement>> WaitForRunsAsync(this TestApp app, Guid id, int count, string outcome = "Fired") => Eventually.GetAsync(async () =>
    {
        var runs = (await app.RunsAsync(id)).Where(r => r.Text("outcome") == outcome).ToList();
        return (runs.Count >= count, runs);
    }, $"{count} runs that are {outcome}");

    public static async Task<Dictionary<string, string>> RefusedAsync(this TestApp app, object schedule, HttpMethod? method = null, string path = "/api/schedules")
    {
        var (status, body) = await app.TryAsync(method ?? HttpMethod.Post, path, JsonContent.Create(schedule));
        if (status != 400) throw new InvalidOperationException($"{status}: {body}");
        return body.GetProperty("errors").EnumerateObject().ToDictionary(e => e.Name, e => e.Value[0].GetString()!);
    }

    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();

    public static DateTimeOffset Time(this JsonElement element, string name) => element.GetProperty(name).GetDateTimeOffset();

    public static Guid Id(this JsonElement element) => element.GetProperty("id").GetGuid();
}
