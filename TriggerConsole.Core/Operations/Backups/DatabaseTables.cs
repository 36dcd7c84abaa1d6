namespace TriggerConsole.Core.Operations.Backups;

/// <summary>What the commands need to know of the schema.</summary>
internal static class DatabaseTables
{
    /// <summary>Where EF Core writes down which migrations were applied.</summary>
    public const string Migrations = "__EFMigrationsHistory";

    /// <summary>A database with a row in one of these holds something that someone made.</summary>
    public static readonly string[] OfPeople = ["users", "api_keys", "secrets", "callbacks", "triggers", "mqtt_brokers", "amqp_brokers", "schedules", "events", "executions"];

    /// <summary>Refuses a backup of a version that knew more than this one.</summary>
    public static void RefuseNewer(string file, IEnumerable<string> applied, IEnumerable<string> known)
    {
        if (applied.Except(known).Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new OperationRefusedException($"{file} was made by a newer version of TriggerConsole (it has the migration {unknown}, which this one does not know). Restore it with that version or a later one.");
    }
}
