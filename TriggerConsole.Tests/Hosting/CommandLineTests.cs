using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Hosting;

/// <summary>What the program does instead of serving, as docs/operating.md says.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tc-cli-").FullName;

    [Fact]
    public async Task Version_IsThreeNumbers()
    {
        var run = await RunAsync("--version");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(new Regex(@"^\d+\.\d+\.\d+\s*$"), run.Output);
    }

    [Fact]
    public async Task Help_NamesEveryCommand()
    {
        var run = await RunAsync("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.All(["--migrate", "--check", "--backup", "--restore", "--rotate-keys", "--recover", "--export", "--import", "--verify-audit", "--health", "--version", "--help"], command => Assert.Contains(command, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Migrate_Twice_MakesTheDatabaseAndEnds()
    {
        for (var i = 0; i < 2; i++)
        {
            var run = await RunAsync($"--migrate --Database:Directory={_folder}");

            Assert.Equal(0, run.ExitCode);
            Assert.Contains("The database is up to date.", run.Output, StringComparison.Ordinal);
        }
        await using var connection = new SqliteConnection($"Data Source={_folder}/triggerconsole.db;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM callbacks";
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("--Database:MigrateAtStart=false", "Run TriggerConsole once with --migrate.")]
    [InlineData("--Execution:MaxConcurency=5", "Execution:MaxConcurency is unknown. Did you mean Execution:MaxConcurrency?")]
    [InlineData("--Excution:MaxConcurrency=5", "Excution is unknown. Did you mean Execution?")]
    [InlineData("--Execution:MaxConcurrency=many", "Execution:MaxConcurrency")]
    [InlineData("--Database:Provider=SqlServer", "ConnectionStrings:TriggerConsole is missing.")]
    public async Task Start_Misconfigured_EndsWithOneLineThatSaysWhy(string argument, string reason)
    {
        var run = await RunAsync($"--urls=http://127.0.0.1:0 --Database:Directory={_folder} {argument}");

        Assert.Equal(1, run.ExitCode);
        var said = Assert.Single(run.Output.Split('\n'), line => line.StartsWith("TriggerConsole cannot start: ", StringComparison.Ordinal));
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--backup", "--backup needs a file")]
    [InlineData("--backup a --restore b", "cannot be done at once")]
    [InlineData("--recover", "--recover needs an e-mail address")]
    [InlineData("--recover=nobody@example.com", "There is no database")]
    [InlineData("--force", "--force belongs to")]
    [InlineData("--backup a --dry-run", "--dry-run belongs to --import")]
    [InlineData("--check=x", "--check takes no value")]
    public async Task Command_ThatMakesNoSense_IsRefusedWithOneLine(string arguments, string reason)
    {
        var run = await RunAsync($"{arguments} --Database:Directory={_folder}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<ShellRun> RunAsync(string arguments)
    {
        var bash = Needs.Find("bash");
        Needs.Program(bash, "bash", "bash");
        return await ShellRun.StartAsync(bash!, $"cd '{Path.GetDirectoryName(ServerProcess.Program)}' && exec dotnet TriggerConsole.dll {arguments}", []);
    }
}
