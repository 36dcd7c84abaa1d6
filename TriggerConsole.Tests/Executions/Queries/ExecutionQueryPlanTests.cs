using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Queries;

/// <summary>
/// Every list is a seek along an index and stops after a page: asked of SQLite's planner, because with few rows a bad plan is
/// as fast as a good one.
/// </summary>
public sealed class ExecutionQueryPlanTests : IDisposable
{
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly PlanRecorder _plans = new();
    private readonly ExecutionQueries _queries;
    private readonly Guid _callback = Guid.NewGuid();
    private readonly Guid _trigger = Guid.NewGuid();

    public ExecutionQueryPlanTests()
    {
        var triggers = new TriggerDirectory();
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite(_database.ConnectionString).AddInterceptors(new SqliteConnectionSetup(), _plans).Options;
        _queries = new(new Contexts(options), triggers, new(triggers, new CallbackDirectory()), TimeProvider.System);
        using var context = _database.CreateDbContext();
        context.Callbacks.Add(new() { Id = _callback, Name = "c", Methods = "POST", TokenHash = [], TokenHint = "", CreatedAt = Sample.Now, UpdatedAt = Sample.Now });
        context.Triggers.Add(new() { Id = _trigger, CallbackId = _callback, Kind = TriggerKind.Http, Name = "t", Settings = "{}", Retry = "{}", Limits = "{}", CreatedAt = Sample.Now, UpdatedAt = Sample.Now });
        context.SaveChanges();
    }

    public static TheoryData<string, bool, bool> Filters
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (var status in (string[])["", .. Enum.GetNames<ExecutionStatus>()])
                foreach (var byTrigger in (bool[])[false, true]) data.Add(status, byTrigger, false);
            data.Add("", false, true);
            data.Add("DeadLettered", false, true);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task List_AnyFilter_ReadsAlongAnIndexInOrder(string status, bool byTrigger, bool byCallback)
    {
        var filter = new ExecutionFilter
        {
            Statuses = status.Length == 0 ? [] : [Enum.Parse<ExecutionStatus>(status)],
            TriggerId = byTrigger ? _trigger : null,
            CallbackId = byCallback ? _callback : null,
            From = Sample.Now.AddDays(-1),
        };

        await _queries.ListAsync(filter, Guid.NewGuid().ToString(), 50, CancellationToken.None);

        foreach (var (sql, plan) in _plans.Plans)
        {
            // Sorting is only right where few rows are: what a node holds in memory
            var maySort = sql.Contains("\"owner_id\" IS NOT NULL", StringComparison.Ordinal);
            foreach (var step in plan.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Assert.True(step.StartsWith("SEARCH", StringComparison.Ordinal) || maySort && step == "USE TEMP B-TREE FOR ORDER BY", $"{plan}\n{sql}");
        }
        Assert.True(_plans.Plans.Count > 0 || status == "Held");
    }

    public void Dispose() => _database.Dispose();

    private sealed class Contexts(DbContextOptions<SqliteTriggerConsoleDbContext> options) : IDbContextFactory<TriggerConsoleDbContext>
    {
        public TriggerConsoleDbContext CreateDbContext() => new SqliteTriggerConsoleDbContext(options);
    }

    /// <summary>Asks for the plan of each query on executions before it runs.</summary>
    private sealed class PlanRecorder : DbCommandInterceptor
    {
        public List<(string Sql, string Plan)> Plans { get; } = [];

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (!command.CommandText.Contains("FROM \"executions\"", StringComparison.Ordinal)) return result;
            await using var explain = command.Connection!.CreateCommand();
            explain.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
            foreach (DbParameter parameter in command.Parameters)
            {
                var copy = explain.CreateParameter();
                (copy.ParameterName, copy.Value) = (parameter.ParameterName, parameter.Value);
                explain.Parameters.Add(copy);
            }
            await using var rows = await explain.ExecuteReaderAsync(cancellationToken);
            var plan = "";
            while (await rows.ReadAsync(cancellationToken)) plan += rows.GetString(3) + "\n";
            Plans.Add((command.CommandText, plan));
            return result;
        }
    }
}
