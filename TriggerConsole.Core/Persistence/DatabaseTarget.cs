using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Persistence;

/// <summary>The database in use: provider and connection string, settled once at start.</summary>
public sealed class DatabaseTarget
{
    public DatabaseTarget(IOptions<DatabaseOptions> options, IConfiguration configuration, IHostEnvironment environment)
    {
        Provider = options.Value.Provider;
        var given = configuration.GetConnectionString(DatabaseOptions.ConnectionStringName);
        if (Provider == DatabaseProvider.Sqlite)
        {
            var file = string.IsNullOrWhiteSpace(given)
                ? Path.Combine(environment.ContentRootPath, options.Value.Directory, "triggerconsole.db")
                : Path.GetFullPath(SqliteConnections.FileOf(given), environment.ContentRootPath);
            SqliteFile = file;
            ConnectionString = string.IsNullOrWhiteSpace(given) ? $"Data Source={file}" : ReplaceFile(given, file);
        }
        else
        {
            ConnectionString = string.IsNullOrWhiteSpace(given)
                ? throw new InvalidOperationException($"ConnectionStrings:TriggerConsole is missing. Database:Provider is {Provider}, which needs one.")
                : given;
        }
    }

    public DatabaseProvider Provider { get; }

    public string ConnectionString { get; }

    /// <summary>Full path of the SQLite file; null for other providers.</summary>
    public string? SqliteFile { get; }

    private static string ReplaceFile(string connectionString, string file)
    {
        var builder = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var key in (string[])["DataSource", "Filename"]) builder.Remove(key);
        builder["Data Source"] = file;
        return builder.ConnectionString;
    }
}
