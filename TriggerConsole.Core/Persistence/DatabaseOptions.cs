namespace TriggerConsole.Core.Persistence;

public enum DatabaseProvider
{
    Sqlite,
    PostgreSql,
    SqlServer,
}

/// <summary>Which database, section <c>Database</c>; where it is: <c>ConnectionStrings:TriggerConsole</c>.</summary>
public sealed class DatabaseOptions
{
    public const string SectionName = "Database";
    public const string ConnectionStringName = "TriggerConsole";

    /// <summary><c>Sqlite</c> (default), <c>PostgreSql</c> or <c>SqlServer</c>.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>Where the SQLite file is kept when no connection string says otherwise; relative to the content root. Default: <c>data</c>.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>Bring the database up to date at start. Default: true; otherwise run with <c>--migrate</c> first.</summary>
    public bool MigrateAtStart { get; set; } = true;
}
