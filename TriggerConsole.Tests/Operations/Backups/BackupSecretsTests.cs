using System.Net.Http.Json;
using System.Text;
using Microsoft.Data.Sqlite;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Operations.Backups;

/// <summary>Who has a backup, with and without its passphrase; as processes of their own, as people run them.</summary>
public sealed class BackupSecretsTests : IDisposable
{
    private const string Passphrase = "canary words of a passphrase";

    private readonly string _folder = Directory.CreateTempSubdirectory("tc-sealed-").FullName;

    [Fact]
    public async Task Backup_WithAPassphrase_IsRestoredElsewhereWithIt_AndByNothingElse()
    {
        await File.WriteAllTextAsync(In("passphrase"), Passphrase + "\n");
        await File.WriteAllTextAsync(In("other"), "another passphrase\n");
        await MakeAsync("first");

        var run = await RunAsync("first", "--backup", In("backup"), "--passphrase-file", In("passphrase"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["backup", "other", "passphrase"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.DoesNotContain(Directory.GetFiles(In("first")), f => f.Contains("plain", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(In("backup"));
        var key = await File.ReadAllTextAsync(In("first/master.key"));
        Assert.All((string[])["SQLite format", "SEALED", key.Trim(), Passphrase], text => Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text))));

        // Refused: nothing is made, nothing is touched
        foreach (var (reason, arguments) in new (string, string[])[]
        {
            ("is encrypted", [In("backup")]),
            ("another passphrase", [In("backup"), "--passphrase-file", In("other")]),
            ("is damaged", [await CutAsync(bytes), "--passphrase-file", In("passphrase")]),
            ("cannot be read", [In("backup"), "--passphrase-file", In("nowhere")]),
        })
        {
            var refused = await RunAsync("second", ["--restore", .. arguments]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(Directory.Exists(In("second")) ? Directory.GetFiles(In("second")) : [], f => f.EndsWith(".db", StringComparison.Ordinal) || f.Contains("plain", StringComparison.Ordinal) || f.EndsWith(".key", StringComparison.Ordinal));
        }

        var restored = await RunAsync("second", "--restore", In("backup"), "--passphrase-file", In("passphrase"));
        Assert.True(restored.ExitCode == 0, restored.Error);
        await AssertServesAsync("second");

        // Over an installation with a key of its own: that one protects what comes in
        await MakeAsync("third");
        var own = await File.ReadAllTextAsync(In("third/master.key"));
        restored = await RunAsync("third", "--restore", In("backup"), "--force", "--passphrase-file", In("passphrase"));
        Assert.True(restored.ExitCode == 0, restored.Error);
        Assert.Equal(own, await File.ReadAllTextAsync(In("third/master.key")));
        await AssertServesAsync("third");
    }

    [Fact]
    public async Task Backup_WithoutAPassphrase_NeedsTheMasterKeyThatIsNotInIt()
    {
        await MakeAsync("first");
        var run = await RunAsync("first", "--backup", In("backup"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("only with the master key", run.Output, StringComparison.Ordinal);
        var key = MasterKey.Parse(await File.ReadAllTextAsync(In("first/master.key")))!;

        var restored = await RunAsync("second", "--restore", In("backup"));
        Assert.Equal(0, restored.ExitCode);
        Assert.Contains(key.Id, restored.Output, StringComparison.Ordinal);
        var started = await RunAsync("second", "--rotate-keys");
        Assert.Equal(1, started.ExitCode);
        Assert.Contains("Secrets:MasterKey", Assert.Single(started.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        File.Copy(In("first/master.key"), In("second/master.key"));
        await AssertServesAsync("second");
    }

    [Fact]
    public async Task RotateKeys_ThenStart_EverythingIsReadableAndTheOldKeyIsGone()
    {
        await MakeAsync("first");
        var before = (string)(await AskAsync("SELECT id FROM data_keys"))!;

        var run = await RunAsync("first", "--rotate-keys");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("the older keys are destroyed", run.Output, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await AskAsync($"SELECT protected_key FROM data_keys WHERE id = '{before}'"));
        Assert.Equal(0L, await AskAsync($"SELECT count(*) FROM secrets WHERE protected_value LIKE 'tc2.{before}.%'"));
        await AssertServesAsync("first");
    }

    [Fact]
    public async Task DefaultStart_LogsNoWarning_AndItsFilesAreItsOwnersAlone()
    {
        using var server = new ServerProcess(In("data"));
        await server.StartAsync();

        Assert.DoesNotContain("warn", server.Output, StringComparison.OrdinalIgnoreCase);
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.GetFiles(In("data"))) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(In("data")));
        var refused = await RunAsync("data", "--rotate-keys");
        Assert.Contains("A server works on this database", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> CutAsync(byte[] backup)
    {
        await File.WriteAllBytesAsync(In("passphrase.cut"), backup[..^100]);
        return In("passphrase.cut");
    }

    /// <summary>An installation with a secret that a trigger sends.</summary>
    private async Task MakeAsync(string name)
    {
        using var server = new ServerProcess(In(name));
        await server.StartAsync();
        using var secret = await server.Client.PutAsJsonAsync("/api/secrets/SEALED", new { value = $"value-of-SEALED" });
        secret.EnsureSuccessStatusCode();
        await server.StopAsync();
    }

    private async Task AssertServesAsync(string name)
    {
        await using var sink = await HttpSink.StartAsync();
        using var server = new ServerProcess(In(name));
        await server.StartAsync();
        using var made = await server.Client.PostAsJsonAsync("/api/triggers/test", new { kind = "Http", settings = new { method = "POST", url = sink.At("/"), auth = new { type = "bearer", token = "{secret:SEALED}" } }, payload = new { } });
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        Assert.Equal("Bearer value-of-SEALED", Assert.Single(sink.Requests).Headers["Authorization"]);
        await server.StopAsync();
    }

    private async Task<object?> AskAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={In("first")}/triggerconsole.db;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // our own sentences
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    private Task<CommandRun> RunAsync(string name, params string[] arguments) => CommandRun.StartAsync(CommandRun.At(In(name)), arguments);

    private string In(string name) => Path.Combine(_folder, name);
}
