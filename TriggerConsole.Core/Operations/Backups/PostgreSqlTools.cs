using System.Diagnostics;
using Npgsql;

namespace TriggerConsole.Core.Operations.Backups;

/// <summary>PostgreSQL's own programs, which alone know all its formats.</summary>
internal sealed class PostgreSqlTools(string connectionString)
{
    private const string Versions = "/usr/lib/postgresql";

    /// <summary>A program ready to start, told by its environment where the database is: a command line can be read by others.</summary>
    /// <exception cref="OperationRefusedException">It is not installed.</exception>
    public ProcessStartInfo Prepare(string program, params string[] arguments)
    {
        var path = Find(program) ?? throw new OperationRefusedException(
            $"{program} is not installed here. It comes with PostgreSQL's client programs (Debian: postgresql-client) and has to be at least as new as the server. "
            + "Without it, run pg_dump --format=custom --file=FILE DATABASE on a machine that has it, and pg_restore --single-transaction to bring it back.");
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Set("PGHOST", settings.Host);
        Set("PGPORT", settings.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Set("PGDATABASE", settings.Database);
        Set("PGUSER", settings.Username);
        Set("PGPASSWORD", settings.Password);
        Set("PGPASSFILE", settings.Passfile);
        Set("PGSSLROOTCERT", settings.RootCertificate);
        Set("PGSSLMODE", settings.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() });
        return start;

        void Set(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) start.Environment[name] = value;
        }
    }

    /// <summary>Runs a program to its end and gives what it wrote.</summary>
    /// <exception cref="OperationRefusedException">It failed; with its own words.</exception>
    public async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Prepare(program, arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var said = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        return process.ExitCode == 0 ? await output : throw Failed(program, await said);
    }

    public static OperationRefusedException Failed(string program, string said) => new($"{program} failed: {said.Trim()}");

    // The newest first: an older one refuses a newer server
    private static string? Find(string program)
        => (Directory.Exists(Versions) ? Directory.GetDirectories(Versions).OrderByDescending(v => double.TryParse(Path.GetFileName(v), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0).Select(v => Path.Combine(v, "bin")) : [])
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program)).FirstOrDefault(File.Exists);
}
