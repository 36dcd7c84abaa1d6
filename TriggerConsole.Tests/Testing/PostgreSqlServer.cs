using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TriggerConsole.Core.Persistence;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>A private PostgreSQL for the test run: own folder, own port, gone afterwards.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private const string Migrated = "migrated";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tc-pg-{Guid.NewGuid():N}");
    private readonly SemaphoreSlim _migrating = new(1, 1);
    private bool _started;
    private bool _hasMigrated;

    /// <summary>Where <c>initdb</c> and <c>pg_ctl</c> are; null when PostgreSQL is not installed.</summary>
    public static string? BinDirectory { get; } = new[] { "/usr/lib/postgresql" }.Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories).OrderDescending().Select(version => Path.Combine(version, "bin"))
        .Append(Path.GetDirectoryName(Needs.Find("initdb")))
        .FirstOrDefault(bin => bin is not null && File.Exists(Path.Combine(bin, "initdb")));

    public int Port { get; } = Ports.Free();

    public async Task InitializeAsync()
    {
        if (BinDirectory is null) return; // each test that asks for a database says so
        Directory.CreateDirectory(_folder);
        if (IsRoot) await RunAsync("chown", "postgres", _folder);
        await RunAsServerUserAsync(Path.Combine(BinDirectory, "initdb"), "-D", $"{_folder}/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8");
        await StartAsync();
    }

    public async Task StartAsync()
    {
        await RunAsServerUserAsync(Path.Combine(BinDirectory!, "pg_ctl"), "-D", $"{_folder}/data", "-w", "-l", $"{_folder}/log", "-o",
            $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=on -c max_connections=200", "start");
        _started = true;
    }

    public async Task StopAsync()
    {
        if (!_started) return;
        await RunAsServerUserAsync(Path.Combine(BinDirectory!, "pg_ctl"), "-D", $"{_folder}/data", "-m", "immediate", "stop");
        _started = false;
    }

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Maximum Pool Size=20";

    /// <summary>A new database with nothing in it, tables included.</summary>
    public Task<string> CreateDatabaseAsync() => CreateAsync($"t{Guid.NewGuid():N}", "template0");

    /// <summary>A new one with today's schema: a copy, because migrations take longer than most tests.</summary>
    public async Task<string> CreateMigratedDatabaseAsync()
    {
        await _migrating.WaitAsync();
        try
        {
            if (!_hasMigrated)
            {
                await using var context = new PostgreSqlTriggerConsoleDbContext(
                    new DbContextOptionsBuilder<PostgreSqlTriggerConsoleDbContext>().UseNpgsql($"{await CreateAsync(Migrated, "template0")};Pooling=False").Options); // nobody may be connected to what is copied
                await context.Database.MigrateAsync();
                _hasMigrated = true;
            }
            return await CreateAsync($"t{Guid.NewGuid():N}", Migrated);
        }
        finally
        {
            _migrating.Release();
        }
    }

    public async Task DisposeAsync()
    {
        _migrating.Dispose();
        await StopAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> CreateAsync(string name, string template)
    {
        Needs.Program(BinDirectory, "PostgreSQL", "postgresql");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    private static bool IsRoot => Environment.UserName == "root";

    // PostgreSQL refuses to run as root
    private static Task RunAsServerUserAsync(string program, params string[] arguments)
        => IsRoot ? RunAsync("runuser", ["-u", "postgres", "--", program, .. arguments]) : RunAsync(program, arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // pg_ctl's child keeps inherited pipes open, so nothing is redirected but to a file of its own
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/tmp", RedirectStandardInput = true };
        if (!arguments.Contains("start")) start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = start.RedirectStandardOutput ? await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync() : "";
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
    }

}

[CollectionDefinition(nameof(PostgreSqlServer))]
public sealed class PostgreSqlCollection : ICollectionFixture<PostgreSqlServer>;
