using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
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
        var hadMqtt = version != "Initial";
        string before;
        await using (var old = create())
        {
            Assert.True(old.Database.GetMigrations().Count() > 1);
            await old.GetService<IMigrator>().MigrateAsync(version);
            var execution = Fill(old);
            if (hadMqtt) old.MqttBrokers.Add(new() { Id = Sample.Id(), Name = "Hall 2", Settings = """{"url":"mqtt://hall.example"}""", ProtectedSecrets = "xyz", CreatedAt = Sample.Now, UpdatedAt = Sample.Now });
            await old.SaveChangesAsync();
            await AddAttemptAsync(old, execution);
            before = await EverythingAsync(old, hadMqtt);
        }
        await using var context = create();
        Assert.NotEmpty(await context.Database.GetPendingMigrationsAsync());

        await context.Database.MigrateAsync();

        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        Assert.Equal(before, await EverythingAsync(context, hadMqtt));
        Assert.Contains("order.created", before, StringComparison.Ordinal);
        context.MqttBrokers.Add(new() { Id = Uuid7.New(Sample.Now), Name = "Hall 3", Settings = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now });
        var broker = new AmqpBroker { Id = Uuid7.New(Sample.Now), Name = "Warehouse", Settings = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        var exchange = new AmqpExchange { Id = Uuid7.New(Sample.Now), BrokerId = broker.Id, Name = "orders", Arguments = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        context.AddRange(broker, exchange, new AmqpBinding { Id = Uuid7.New(Sample.Now), ExchangeId = exchange.Id, Queue = "q", RoutingKey = "#", Arguments = "{}", CreatedAt = Sample.Now });
        context.AddRange(MakeSchedule(), MakeNode());
        await context.SaveChangesAsync();
        Assert.Equal(1, await context.MqttBrokers.AsNoTracking().CountAsync(b => b.Name == "Hall 3"));
        Assert.Equal(("orders", 1), ((await context.AmqpExchanges.AsNoTracking().SingleAsync()).Name, await context.AmqpBindings.CountAsync()));
    }

    private static Schedule MakeSchedule() => new() { Id = Uuid7.New(Sample.Now), Name = "Nightly", Kind = ScheduleKind.Cron, Cron = "0 2 * * *", TimeZone = "Europe/Berlin", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };

    private static Node MakeNode() => new() { Id = Uuid7.New(Sample.Now), Name = "one", ProcessId = 1, Role = "all", Version = "1.0.0", StartedAt = Sample.Now, HeartbeatAt = Sample.Now, Workers = 1024 };

    private static Execution Fill(TriggerConsoleDbContext context)
    {
        var callback = new Callback { Id = Sample.Id(), Name = "Orders", Methods = "POST", TokenHash = [1, 2, 3], TokenHint = "abcd", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        var trigger = new Trigger { Id = Sample.Id(), Kind = TriggerKind.Http, CallbackId = callback.Id, Name = "CRM", Settings = """{"url":"https://crm.example"}""", ProtectedSecrets = "xyz", Retry = "{}", Limits = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };
        var stored = Sample.Event([0, 1, 255], callbackId: callback.Id);
        var execution = Sample.Execution(stored, trigger.Id);
        context.AddRange(callback, trigger, stored, execution);
        context.Add(new Secret { Id = Sample.Id(), Name = "CRM_TOKEN", ProtectedValue = "encrypted", CreatedAt = Sample.Now, UpdatedAt = Sample.Now });
        context.Add(new Setting { Name = "retention", Value = "{}", UpdatedAt = Sample.Now });
        return execution;
    }

    /// <summary>As the first version wrote it: today's model has columns that are not there yet.</summary>
    private static Task<int> AddAttemptAsync(TriggerConsoleDbContext context, Execution execution)
    {
        var isSqlite = context.Database.IsSqlite();
        object id = isSqlite ? execution.Id.ToByteArray(bigEndian: true) : execution.Id;
        object at = isSqlite ? Sample.Now.ToUnixMicroseconds() : Sample.Now;
        return context.Database.ExecuteSqlAsync($"""
            INSERT INTO attempts (execution_id, number, started_at, duration_microseconds, succeeded, code, request, response)
            VALUES ({id}, 1, {at}, 1500, {true}, 'http_200', {"sent"u8.ToArray()}, {"answered"u8.ToArray()})
            """);
    }

    /// <summary>All rows of all tables that the earlier version had, but for the list of migrations.</summary>
    private static async Task<string> EverythingAsync(TriggerConsoleDbContext context, bool hadMqtt) => JsonSerializer.Serialize(new object[]
    {
        await context.Callbacks.AsNoTracking().ToListAsync(),
        await context.Triggers.AsNoTracking().ToListAsync(),
        await context.Events.AsNoTracking().ToListAsync(),
        await context.Executions.AsNoTracking().ToListAsync(),
        await context.Attempts.AsNoTracking().Select(a => new { a.ExecutionId, a.Number, a.StartedAt, a.DurationMicroseconds, a.Succeeded, a.Failure, a.Code, a.Detail, a.Request, a.Response }).ToListAsync(),
        await context.Secrets.AsNoTracking().ToListAsync(),
        await context.Settings.AsNoTracking().ToListAsync(),
        hadMqtt ? await context.MqttBrokers.AsNoTracking().ToListAsync() : [],
    });
}
