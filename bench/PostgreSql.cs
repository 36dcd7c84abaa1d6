using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace TriggerConsole.Bench;

/// <summary>A PostgreSQL of its own for one measurement, with its default settings (fsync on); or the one that <c>TC_BENCH_POSTGRESQL</c> names by a connection string without a database.</summary>
internal sealed class PostgreSql : IAsyncDisposable
{
    private readonly string? _given = Environment.GetEnvironmentVariable("TC_BENCH_POSTGRESQL");
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"tc-bench-pg-{Guid.NewGuid():N}");
    private readonly string _bin = Directory.Exists("/usr/lib/postgresql") ? Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last(), "bin") : "";
    private readonly int _port = FreePort();

    public static async Task<PostgreSql> StartAsync()
    {
        var server = new PostgreSql();
        if (server._given is not null) return server;
        Directory.CreateDirectory(server._folder);
        if (Environment.UserName == "root") await RunAsync("chown", "postgres", server._folder);
        await server.RunAsServerAsync("initdb", "-D", $"{server._folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8");
        await server.RunAsServerAsync("pg_ctl", "-D", $"{server._folder}/data", "-w", "-l", $"{server._folder}/log", "-o", $"-p {server._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={server._folder}", "start");
        return server;
    }

    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"bench_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(Of("postgres"));
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return Of(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_given is not null) return;
        await RunAsServerAsync("pg_ctl", "-D", $"{_folder}/data", "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private string Of(string database) => new NpgsqlConnectionStringBuilder(_given ?? $"Host=127.0.0.1;Port={_port};Username=postgres") { Database = database }.ConnectionString;

    private Task RunAsServerAsync(string program, params string[] arguments)
        => Environment.UserName == "root" ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(_bin, program), .. arguments]) : RunAsync(Path.Combine(_bin, program), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server keeps what it inherits open, so nothing is redirected when it is started
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/tmp", RedirectStandardOutput = !arguments.Contains("start") };
        using var process = Process.Start(start)!;
        if (start.RedirectStandardOutput) await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
