using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using TriggerConsole.Tests.Faults;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Operations.Backups;

/// <summary>A backup that is taken while a server is under load is a whole, consistent system elsewhere.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class BackupUnderLoadTests(PostgreSqlServer postgreSql, ITestOutputHelper output) : IDisposable
{
    private const int Senders = 8;
    private const int Held = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("tc-backup-").FullName;

    [Fact]
    public Task Sqlite_TakenUnderLoadAndRestoredElsewhere_HasAllThatWasAcceptedBefore() => RunAsync(
        new() { ["Database:Directory"] = In("first") }, new() { ["Database:Directory"] = In("second") }, CheckSqliteAsync);

    [Fact]
    public async Task PostgreSql_TakenUnderLoadAndRestoredElsewhere_HasAllThatWasAcceptedBefore()
    {
        Needs.Program(Needs.Find("pg_dump", PostgreSqlServer.BinDirectory ?? "."), "pg_dump", "postgresql-client");
        await RunAsync(await OnPostgreSqlAsync(), await OnPostgreSqlAsync(), () => Task.CompletedTask);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task RunAsync(Dictionary<string, string?> first, Dictionary<string, string?> second, Func<Task> checkAsync)
    {
        var backup = In("backup");
        await File.WriteAllTextAsync(In("passphrase"), "several words for a test\n");
        string[] accepted;
        Guid held;
        using var server = new ServerProcess(In("first"), first);
        await server.StartAsync();
        await using var ledger = await Ledger.OpenAsync(server);
        await using var sink = await HttpSink.StartAsync();
        held = await HoldAsync(server, sink);

        using (var until = new CancellationTokenSource())
        {
            var load = ledger.LoadAsync(Senders, until.Token);
            await Eventually.TrueAsync(() => ledger.Answered > 500, "load");
            accepted = ledger.Accepted;
            var run = await CommandRun.StartAsync(first, "--backup", backup, "--passphrase-file", In("passphrase"));
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            Assert.Contains("encrypted with the passphrase", run.Output, StringComparison.Ordinal);
            var during = ledger.Answered;
            await Eventually.TrueAsync(() => ledger.Answered > during + 100, "the load to go on");
            await until.CancelAsync();
            await load;
            output.WriteLine($"{accepted.Length} accepted before the backup, {during - accepted.Length} while it was made; {run.Output}");
        }
        Assert.Equal(0, ledger.Refused);
        await server.StopAsync();

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        var restore = await CommandRun.StartAsync(second, "--restore", backup, "--passphrase-file", In("passphrase"));
        Assert.True(restore.ExitCode == 0, restore.Output + restore.Error);
        await checkAsync();

        using var other = new ServerProcess(In("second"), second);
        await other.StartAsync();
        var missing = new List<string>();
        foreach (var execution in accepted)
        {
            using var answer = await other.Client.GetAsync($"/api/executions/{execution}");
            if (!answer.IsSuccessStatusCode) missing.Add(execution);
        }
        Assert.True(missing.Count == 0, $"{missing.Count} of {accepted.Length} are not in the backup.");
        await Eventually.TrueAsync(async () =>
        {
            var waiting = await other.Client.GetFromJsonAsync<JsonElement>("/api/executions?status=Queued,Running,Retrying&pageSize=1");
            return waiting.GetProperty("items").GetArrayLength() == 0;
        }, "everything that waited to be carried out");

        Assert.Empty(sink.Requests);
        using var resumed = await other.Client.PostAsync($"/api/triggers/{held}/resume", null);
        Assert.True(resumed.IsSuccessStatusCode);
        await Eventually.TrueAsync(() => sink.Requests.Count == Held, "what was held to go out");
    }

    /// <summary>Something that certainly waits when the backup is made: events of a paused trigger, whose header holds a secret.</summary>
    private static async Task<Guid> HoldAsync(ServerProcess server, HttpSink sink)
    {
        using var secret = await server.Client.PutAsJsonAsync("/api/secrets/BACKED_UP", new { value = "of the first" });
        secret.EnsureSuccessStatusCode();
        using var made = await server.Client.PostAsJsonAsync("/api/triggers", new
        {
            kind = "Http",
            name = "Held",
            settings = new { method = "POST", url = sink.At("/held"), auth = new { type = "bearer", token = "{secret:BACKED_UP}" } },
        });
        made.EnsureSuccessStatusCode();
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        using var paused = await server.Client.PostAsync($"/api/triggers/{id}/pause", null);
        paused.EnsureSuccessStatusCode();
        for (var i = 0; i < Held; i++)
        {
            using var run = await server.Client.PostAsJsonAsync($"/api/triggers/http/{id}/execute", new { payload = new { i } });
            run.EnsureSuccessStatusCode();
        }
        return id;
    }

    private async Task CheckSqliteAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={In("second")}/triggerconsole.db;Pooling=False");
        await connection.OpenAsync();
        foreach (var sql in (string[])
        [
            "SELECT count(*) FROM pragma_foreign_key_check",
            "SELECT count(*) FROM executions e WHERE NOT EXISTS (SELECT 1 FROM events v WHERE v.id = e.event_id)",
            "SELECT count(*) FROM attempts a WHERE NOT EXISTS (SELECT 1 FROM executions e WHERE e.id = a.execution_id)",
            "SELECT count(*) FROM executions e WHERE e.trigger_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM triggers t WHERE t.id = e.trigger_id)",
        ])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            Assert.Equal(0L, await command.ExecuteScalarAsync());
        }
    }

    private async Task<Dictionary<string, string?>> OnPostgreSqlAsync() => new() { ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:TriggerConsole"] = await postgreSql.CreateDatabaseAsync() };

    private string In(string name) => Path.Combine(_folder, name);
}
