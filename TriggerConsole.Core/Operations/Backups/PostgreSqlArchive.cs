using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Operations.Backups;

/// <summary>
/// <c>pg_dump</c> in its custom format, and back through <c>pg_restore</c> and <c>psql</c> in one transaction, in which what is there is
/// moved to a schema of its own first.
/// </summary>
internal sealed class PostgreSqlArchive(DatabaseTarget target, IDbContextFactory<TriggerConsoleDbContext> contexts, DatabaseMigrator migrator, TimeProvider time) : IDatabaseArchive
{
    private const string KeptPrefix = "replaced_";

    private readonly PostgreSqlTools _tools = new(target.ConnectionString);

    public async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        await _tools.RunAsync("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", $"--exclude-schema={KeptPrefix}*", $"--file={file}"], cancellationToken);
        // Read back, to its end
        await _tools.RunAsync("pg_restore", ["--file=/dev/null", file], cancellationToken);
    }

    public async Task<string?> RestoreAsync(string file, bool replace, CancellationToken cancellationToken)
    {
        await CheckAsync(file, cancellationToken);
        var (others, hasTables, holdsData) = await LookAsync(cancellationToken);
        if (others.Count > 0) throw new OperationRefusedException($"The database is in use ({string.Join(", ", others)}). Stop every TriggerConsole and whatever else is connected to it first.");
        if (holdsData && !replace) throw new OperationRefusedException("The database holds data, and was left as it is. Add --force to put the backup in its place; what is there now is kept in a schema of its own.");
        var kept = hasTables ? KeptPrefix + time.GetUtcNow().ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture) : null;
        await RunScriptAsync(file, kept, cancellationToken);
        NpgsqlConnection.ClearAllPools(); // what they had prepared is of the tables that were there
        await migrator.MigrateAsync(cancellationToken);
        return kept is null ? null : $"schema {kept} of the same database (DROP SCHEMA {kept} CASCADE deletes it)";
    }

    private async Task CheckAsync(string file, CancellationToken cancellationToken)
    {
        string list, history;
        try
        {
            list = await _tools.RunAsync("pg_restore", ["--list", file], cancellationToken);
            history = list.Contains(DatabaseTables.Migrations, StringComparison.Ordinal)
                ? await _tools.RunAsync("pg_restore", ["--data-only", $"--table={DatabaseTables.Migrations}", "--file=-", file], cancellationToken) : "";
            // All of it is read, so that a file cut off is found here
            await _tools.RunAsync("pg_restore", ["--file=/dev/null", file], cancellationToken);
        }
        catch (OperationRefusedException exception) when (exception.InnerException is null && !exception.Message.Contains("not installed", StringComparison.Ordinal))
        {
            throw new OperationRefusedException($"{file} is no backup made with Database:Provider=PostgreSql, or damaged; nothing was changed. {exception.Message}", exception);
        }
        if (history.Length == 0) throw new OperationRefusedException($"{file} is a backup of a PostgreSQL database, but none of TriggerConsole.");
        var applied = history.Split('\n').SkipWhile(line => !line.StartsWith("COPY ", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line != "\\.").Select(line => line.Split('\t')[0]);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        DatabaseTables.RefuseNewer(file, applied, context.Database.GetMigrations());
    }

    private async Task<(List<string> Others, bool HasTables, bool HoldsData)> LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(target.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new OperationRefusedException($"The database cannot be reached: {exception.Message}", exception);
        }
        var others = await AskAsync(connection, """
            SELECT coalesce(nullif(application_name, ''), 'a program') || ' from ' || coalesce(host(client_addr), 'this machine') || ', ' || count(*)::text || ' connections'
            FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY application_name, client_addr
            """, cancellationToken);
        var tables = await AskAsync(connection, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'", cancellationToken);
        var holdsData = false;
        foreach (var table in DatabaseTables.OfPeople.Intersect(tables))
            holdsData = holdsData || (await AskAsync(connection, $"SELECT 'x' FROM public.{table} LIMIT 1", cancellationToken)).Count > 0;
        return (others, tables.Count > 0, holdsData);
    }

    /// <summary>Only when pg_restore has given all of it is the transaction committed; whatever ends before rolls it back.</summary>
    private async Task RunScriptAsync(string file, string? kept, CancellationToken cancellationToken)
    {
        using var psql = Process.Start(_tools.Prepare("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"))!;
        var said = psql.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            using var restore = Process.Start(_tools.Prepare("pg_restore", "--no-owner", "--no-privileges", "--file=-", file))!;
            restore.StandardInput.Close();
            var restoreSaid = restore.StandardError.ReadToEndAsync(cancellationToken);
            await psql.StandardInput.WriteLineAsync("BEGIN;");
            if (kept is not null) await psql.StandardInput.WriteLineAsync($"ALTER SCHEMA public RENAME TO {kept}; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;");
            await psql.StandardInput.FlushAsync(cancellationToken);
            await restore.StandardOutput.BaseStream.CopyToAsync(psql.StandardInput.BaseStream, cancellationToken);
            await restore.WaitForExitAsync(cancellationToken);
            if (restore.ExitCode != 0) throw PostgreSqlTools.Failed("pg_restore", await restoreSaid);
            await psql.StandardInput.WriteLineAsync("COMMIT;");
            psql.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended and says why
        }
        catch
        {
            psql.Kill();
            throw;
        }
        await psql.WaitForExitAsync(cancellationToken);
        if (psql.ExitCode != 0) throw new OperationRefusedException($"The backup was not restored, and the database is as it was. {PostgreSqlTools.Failed("psql", await said).Message}");
    }

    private static async Task<List<string>> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // Always one of our own sentences
#pragma warning disable CA2100
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var answers = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) answers.Add(reader.GetString(0));
        return answers;
    }
}
