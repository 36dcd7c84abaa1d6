using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Persistence;

/// <summary>The whole application on a real PostgreSQL.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class PostgreSqlAppTests(PostgreSqlServer server)
{
    [Fact]
    public async Task App_FiredAndStartedAgain_StillHasCallbackEventAndExecution()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Database:Provider"] = "PostgreSql",
            ["ConnectionStrings:TriggerConsole"] = await server.CreateDatabaseAsync(),
        };
        await using var sink = await HttpSink.StartAsync();
        TestCallback callback;
        Guid execution;

        await using (var app = await TestApp.StartAsync(settings))
        {
            callback = await app.CreateCallbackAsync(sink.At("/orders"));
            execution = Assert.Single(await app.FireAsync(callback, new { order = 42 }));
            await app.WaitForAsync(execution, "Succeeded");
        }
        Assert.Equal("""{"order":42}""", sink.Only.Text);

        await using (var app = await TestApp.StartAsync(settings))
        {
            var details = await app.SendAsync(HttpMethod.Get, $"/api/executions/{execution}");
            Assert.Equal("Succeeded", details.GetProperty("execution").GetProperty("status").GetString());
            Assert.Equal(200, details.GetProperty("attempts")[0].GetProperty("response").GetProperty("status").GetInt32());
            var events = await app.SendAsync(HttpMethod.Get, $"/api/events?callbackId={callback.Id}");
            Assert.Equal(Verdicts(callback, execution), Assert.Single(events.GetProperty("items").EnumerateArray()).GetProperty("verdicts").GetRawText());

            // The token and the trigger are the same, and so is the key that encrypts
            var again = Assert.Single(await app.FireAsync(callback, new { order = 43 }));
            await app.WaitForAsync(again, "Succeeded");
        }
        Assert.Equal(["""{"order":42}""", """{"order":43}"""], sink.Requests.Select(r => r.Text));
    }

    private static string Verdicts(TestCallback callback, Guid execution)
        => JsonSerializer.Serialize(new[] { new { triggerId = callback.TriggerId, kind = "Http", result = "Fires", executionId = execution, detail = (string?)null } });
}
