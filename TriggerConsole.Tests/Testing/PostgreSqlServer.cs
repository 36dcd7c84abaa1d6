using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>A private PostgreSQL for the test run: own folder, own port, gone afterwards.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tc-pg-{Guid.NewGuid():N}");
    private bool _started;

    /// <summary>Where <c>initdb</c> and <c>pg_ctl</c> are; null when PostgreSQL is not installed.</summary>
    public static string? BinDirectory { get; } = new[] { "/usr/lib/postgresql" }.Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories).OrderDescending().Select(version => Path.Combine(version, "bin"))
        .Append(Path.GetDirectoryName(Needs.Find("initdb")))
        .FirstOrDefault(bin => bin is not null && File.Exists(Path.Combine(bin, "initdb")));

    public int Port { get; } = FreePort();

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

    public async Task<string> CreateDatabaseAsync()
    {
        Needs.Program(BinDirectory, "PostgreSQL", "postgresql");
        var name = $"t{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

[CollectionDefinition(nameof(PostgreSqlServer))]
public sealed class PostgreSqlCollection : ICollectionFixture<PostgreSqlServer>;
