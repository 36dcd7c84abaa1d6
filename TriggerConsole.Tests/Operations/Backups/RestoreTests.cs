using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Operations.Backups;

/// <summary>What is refused leaves everything as it was, and what is replaced is kept.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class RestoreTests(PostgreSqlServer postgreSql) : IDisposable
{
    private const string InsertSecret = "INSERT INTO secrets (id, name, description, protected_value, created_at, updated_at) VALUES (x'01', 'MINE', '', '', 0, 0)";

    private readonly string _folder = Directory.CreateTempSubdirectory("tc-restore-").FullName;

    [Fact]
    public async Task Backup_FileExists_IsRefusedUnlessForced()
    {
        await MigrateAsync("data");
        await File.WriteAllTextAsync(In("backup"), "mine");

        var refused = await RunAsync("data", "--backup", In("backup"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(In("backup")));

        Assert.Equal(0, (await RunAsync("data", "--backup", In("backup"), "--force")).ExitCode);
        Assert.Equal(["backup"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("no such folder/backup", "There is no folder")]
    [InlineData("data/triggerconsole.db", "exists already")]
    [InlineData("data/triggerconsole.db-wal", "belongs to the database itself")]
    public async Task Backup_ToWhereItCannotBe_IsRefused(string file, string reason)
    {
        await MigrateAsync("data");

        var run = await RunAsync("data", "--backup", In(file));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_WhileAServerWorks_IsRefused()
    {
        using var server = new ServerProcess(In("data"));
        await server.StartAsync();
        Assert.Equal(0, (await RunAsync("data", "--backup", In("backup"))).ExitCode);

        var run = await RunAsync("data", "--restore", In("backup"), "--force");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Another TriggerConsole works on", run.Error, StringComparison.Ordinal);
        using var ready = await server.Client.GetAsync("/health/ready");
        Assert.True(ready.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Restore_OverData_NeedsForceAndKeepsIt()
    {
        await MigrateAsync("data");
        Assert.Equal(0, (await RunAsync("data", "--backup", In("backup"))).ExitCode);
        await ExecuteAsync(In("data/triggerconsole.db"), InsertSecret);

        var refused = await RunAsync("data", "--restore", In("backup"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(1L, await ExecuteAsync(In("data/triggerconsole.db"), "SELECT count(*) FROM secrets"));

        var run = await RunAsync("data", "--restore", In("backup"), "--force");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(0L, await ExecuteAsync(In("data/triggerconsole.db"), "SELECT count(*) FROM secrets"));
        var kept = Assert.Single(Directory.GetFiles(In("data"), "*.replaced-*"));
        Assert.Contains(kept, run.Output, StringComparison.Ordinal);
        Assert.Equal(1L, await ExecuteAsync(kept, "SELECT count(*) FROM secrets"));
        Assert.Empty(Directory.GetFiles(In("data"), "*restoring*"));
    }

    [Theory]
    [InlineData("text", "is no SQLite database")]
    [InlineData("cut", "is damaged")]
    [InlineData("foreign", "none of TriggerConsole")]
    [InlineData("newer", "newer version of TriggerConsole")]
    [InlineData("missing", "There is no file")]
    public async Task Restore_OfNoBackup_IsRefusedBeforeAnythingIsTouched(string what, string reason)
    {
        await MigrateAsync("data");
        Assert.Equal(0, (await RunAsync("data", "--backup", In("whole"))).ExitCode);
        var whole = await File.ReadAllBytesAsync(In("whole"));
        var file = In(what);
        switch (what)
        {
            case "text": await File.WriteAllTextAsync(file, "This is no backup."); break;
            case "cut": await File.WriteAllBytesAsync(file, whole[..(whole.Length / 2)]); break;
            case "foreign": await ExecuteAsync(file, "CREATE TABLE other (id INTEGER)"); break;
            case "newer":
                await File.WriteAllBytesAsync(file, whole);
                await ExecuteAsync(file, "INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_FarAway', '99')");
                break;
        }
        var before = await File.ReadAllBytesAsync(In("data/triggerconsole.db"));

        var run = await RunAsync("data", "--restore", file, "--force");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(In("data/triggerconsole.db")));
        Assert.Empty(Directory.GetFiles(In("data"), "*replaced*"));
    }

    [Fact]
    public async Task Restore_OfAnOlderVersion_BringsItUpToDate()
    {
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite($"Data Source={In("backup")};Pooling=False").Options;
        await using (var old = new SqliteTriggerConsoleDbContext(options)) await old.GetService<IMigrator>().MigrateAsync("Initial");
        await ExecuteAsync(In("backup"), InsertSecret);

        var run = await RunAsync("elsewhere", "--restore", In("backup"));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(1L, await ExecuteAsync(In("elsewhere/triggerconsole.db"), "SELECT count(*) FROM secrets"));
        Assert.Equal(0L, await ExecuteAsync(In("elsewhere/triggerconsole.db"), "SELECT count(*) FROM mqtt_brokers"));
        Assert.Contains("up to date", (await RunAsync("elsewhere", "--check", "--offline")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_ThatCannotBeBroughtUpToDate_ChangesNothing()
    {
        await MigrateAsync("data");
        Assert.Equal(0, (await RunAsync("data", "--backup", In("backup"))).ExitCode);
        // The tables of the last migration are there already, so it fails half-way
        await ExecuteAsync(In("backup"), "DELETE FROM __EFMigrationsHistory WHERE MigrationId = (SELECT max(MigrationId) FROM __EFMigrationsHistory)");
        var before = await File.ReadAllBytesAsync(In("data/triggerconsole.db"));

        var run = await RunAsync("data", "--restore", In("backup"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the database is as it was", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(In("data/triggerconsole.db")));
        Assert.Empty(Directory.GetFiles(In("data"), "*restoring*"));
    }

    [Fact]
    public async Task PostgreSql_OverData_NeedsForceAndKeepsItInASchema()
    {
        Needs.Program(Needs.Find("pg_dump", PostgreSqlServer.BinDirectory ?? "."), "pg_dump", "postgresql-client");
        var settings = new Dictionary<string, string?> { ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:TriggerConsole"] = await postgreSql.CreateDatabaseAsync() };
        Assert.Equal(0, (await CommandRun.StartAsync(settings, "--migrate")).ExitCode);
        Assert.Equal(0, (await CommandRun.StartAsync(settings, "--backup", In("backup"))).ExitCode);
        await using var source = Npgsql.NpgsqlDataSource.Create(settings["ConnectionStrings:TriggerConsole"] + ";Pooling=False");
        await using (var insert = source.CreateCommand("INSERT INTO secrets (id, name, description, protected_value, created_at, updated_at) VALUES (gen_random_uuid(), 'MINE', '', '', now(), now())")) await insert.ExecuteNonQueryAsync();

        var refused = await CommandRun.StartAsync(settings, "--restore", In("backup"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);

        for (var round = 0; round < 2; round++)
        {
            var run = await CommandRun.StartAsync(settings, "--restore", In("backup"), "--force");
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
        }
        await using var count = source.CreateCommand("SELECT count(*) FROM secrets");
        Assert.Equal(0L, await count.ExecuteScalarAsync());

        await File.WriteAllBytesAsync(In("cut"), (await File.ReadAllBytesAsync(In("backup")))[..^2000]);
        var damaged = await CommandRun.StartAsync(settings, "--restore", In("cut"), "--force");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("nothing was changed", damaged.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CommandRun> RunAsync(string data, params string[] arguments) => CommandRun.StartAsync(CommandRun.At(In(data)), arguments);

    private async Task MigrateAsync(string data) => Assert.Equal(0, (await RunAsync(data, "--migrate")).ExitCode);

    private static async Task<object?> ExecuteAsync(string file, params string[] statements)
    {
        object? last = null;
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            last = await command.ExecuteScalarAsync();
        }
        return last;
    }

    private string In(string name) => Path.Combine(_folder, name);
}
