using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Persistence;

/// <summary>A database of an earlier version, with data in it, is brought up to date and loses nothing.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class UpgradeTests(PostgreSqlServer server)
{
    [Theory]
    [InlineData("Initial")]
    [InlineData("MqttBrokers")]
    [InlineData("Amqp")]
    public async Task Sqlite_OfAnEarlierVersion_KeepsAllData(string version)
    {
        var folder = Directory.CreateTempSubdirectory("tc-upgrade-").FullName;
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite($"Data Source={folder}/old.db;Pooling=False").AddInterceptors(new SqliteConnectionSetup()).Options;
        try { await UpgradeAsync(version, () => new SqliteTriggerConsoleDbContext(options)); }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [Theory]
    [InlineData("Initial")]
    [InlineData("MqttBrokers")]
    [InlineData("Amqp")]
    public async Task PostgreSql_OfAnEarlierVersion_KeepsAllData(string version)
    {
        var options = new DbContextOptionsBuilder<PostgreSqlTriggerConsoleDbContext>().UseNpgsql(await server.CreateDatabaseAsync()).Options;
        await UpgradeAsync(version, () => new PostgreSqlTriggerConsoleDbContext(options));
    }

    private static async Task UpgradeAsync(string version, Func<TriggerConsoleDbContext> create)
    {
        string before;
        Dictionary<string, string[]> columns;
        await using (var old = create())
        {
            Assert.True(old.Database.GetMigrations().Count() > 1);
            await old.GetService<IMigrator>().MigrateAsync(version);
            columns = await ColumnsAsync(old);
            foreach (var row in Rows())
                if (columns.TryGetValue(old.Model.FindEntityType(row.GetType())!.GetTableName()!, out var known)) await InsertAsync(old, row, known);
            before = await EverythingAsync(old, columns);
        }
        await using var context = create();
        Assert.NotEmpty(await context.Database.GetPendingMigrationsAsync());

        await context.Database.MigrateAsync();

        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        Assert.Equal(before, await EverythingAsync(context, columns));
        Assert.Contains("order.created", before, StringComparison.Ordinal);
        Assert.Equal(version == "Initial" ? 0 : 1, await context.MqttBrokers.CountAsync());
        context.MqttBrokers.Add(new() { Id = Uuid7.New(Sample.Now), Name = "Hall 3", Settings = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now });
        var broker = new AmqpBroker { Id = Uuid7.New(Sample.Now), Name = "Warehouse", Settings = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        var exchange = new AmqpExchange { Id = Uuid7.New(Sample.Now), BrokerId = broker.Id, Name = "orders", Arguments = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        context.AddRange(broker, exchange, new AmqpBinding { Id = Uuid7.New(Sample.Now), ExchangeId = exchange.Id, Queue = "q", RoutingKey = "#", Arguments = "{}", CreatedAt = Sample.Now });
        context.AddRange(MakeSchedule(), MakeNode());
        await context.SaveChangesAsync();
        Assert.Equal(1, await context.MqttBrokers.AsNoTracking().CountAsync(b => b.Name == "Hall 3"));
        Assert.Equal(("orders", 1), ((await context.AmqpExchanges.AsNoTracking().SingleAsync(e => e.Name == "orders")).Name, await context.AmqpBindings.CountAsync()));
    }

    private static Schedule MakeSchedule() => new() { Id = Uuid7.New(Sample.Now), Name = "Nightly", Kind = ScheduleKind.Cron, Cron = "0 2 * * *", TimeZone = "Europe/Berlin", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };

    private static Node MakeNode() => new() { Id = Uuid7.New(Sample.Now), Name = "one", ProcessId = 1, Role = "all", Version = "1.0.0", StartedAt = Sample.Now, HeartbeatAt = Sample.Now, Workers = 1024 };

    /// <summary>One row of each kind; those whose table is not there yet are left out.</summary>
    private static IEnumerable<object> Rows()
    {
        var callback = new Callback { Id = Sample.Id(), Name = "Orders", Methods = "POST", TokenHash = [1, 2, 3], TokenHint = "abcd", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        var trigger = new Trigger { Id = Sample.Id(), Kind = TriggerKind.Http, CallbackId = callback.Id, Name = "CRM", Settings = """{"url":"https://crm.example"}""", ProtectedSecrets = "xyz", Retry = "{}", Limits = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        var stored = Sample.Event([0, 1, 255], callbackId: callback.Id);
        var execution = Sample.Execution(stored, trigger.Id);
        var broker = new AmqpBroker { Id = Sample.Id(), Name = "Depot", Settings = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        return
        [
            callback, trigger, stored, execution, Sample.Attempt(execution, 1, ExecutionStatus.Succeeded).Attempt,
            new Secret { Id = Sample.Id(), Name = "CRM_TOKEN", ProtectedValue = "encrypted", CreatedAt = Sample.Now, UpdatedAt = Sample.Now },
            new Setting { Name = "retention", Value = "{}", UpdatedAt = Sample.Now },
            new MqttBroker { Id = Sample.Id(), Name = "Hall 2", Settings = """{"url":"mqtt://hall.example"}""", ProtectedSecrets = "xyz", CreatedAt = Sample.Now, UpdatedAt = Sample.Now },
            broker, new AmqpExchange { Id = Sample.Id(), BrokerId = broker.Id, Name = "old", Arguments = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now },
        ];
    }

    /// <summary>The tables and their columns, as the version that is there made them.</summary>
    private static async Task<Dictionary<string, string[]>> ColumnsAsync(TriggerConsoleDbContext context)
    {
        var columns = new Dictionary<string, string[]>();
        foreach (var table in context.Model.GetEntityTypes().Select(e => e.GetTableName()!).Distinct())
        {
            var found = context.Database.IsSqlite()
                ? await context.Database.SqlQuery<string>($"SELECT name AS Value FROM pragma_table_info({table})").ToArrayAsync()
                : await context.Database.SqlQuery<string>($"""SELECT column_name AS "Value" FROM information_schema.columns WHERE table_schema = 'public' AND table_name = {table} ORDER BY ordinal_position""").ToArrayAsync();
            if (found.Length > 0) columns[table] = found;
        }
        return columns;
    }

    /// <summary>Writes what the columns of that time hold; today's model has more.</summary>
    private static async Task InsertAsync(TriggerConsoleDbContext context, object row, string[] known)
    {
        var type = context.Model.FindEntityType(row.GetType())!;
        var properties = type.GetProperties().Where(p => known.Contains(p.GetColumnName())).ToList();
        await context.Database.OpenConnectionAsync();
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"INSERT INTO {type.GetTableName()} ({string.Join(", ", properties.Select(p => p.GetColumnName()))}) VALUES ({string.Join(", ", properties.Select((_, i) => $"@p{i}"))})";
        for (var i = 0; i < properties.Count; i++)
            command.Parameters.Add(properties[i].GetRelationalTypeMapping().CreateParameter(command, $"@p{i}", properties[i].GetGetter().GetClrValue(row), properties[i].IsNullable));
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    /// <summary>All rows of all tables that the earlier version had, in its columns.</summary>
    private static async Task<string> EverythingAsync(TriggerConsoleDbContext context, Dictionary<string, string[]> columns)
    {
        await context.Database.OpenConnectionAsync();
        var lines = new List<string>();
        foreach (var (table, names) in columns)
        {
            await using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT {string.Join(", ", names.Select(n => $"\"{n}\""))} FROM \"{table}\"";
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
                lines.Add($"{table}: {string.Join(" | ", names.Select((name, i) => $"{name}={(row.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : row.GetValue(i))}"))}");
        }
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }
}
