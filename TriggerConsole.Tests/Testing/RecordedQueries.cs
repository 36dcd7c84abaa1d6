using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace TriggerConsole.Tests.Testing;

/// <summary>Notes the queries that EF Core sends to one SQLite database, and asks the database how it would carry them out.</summary>
internal sealed class RecordedQueries : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly TestDatabase _database;
    private readonly List<(string Sql, List<(string Name, object Value)> Parameters)> _queries = [];
    private readonly List<IDisposable> _subscriptions = [];

    public RecordedQueries(TestDatabase database)
    {
        _database = database;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public int Count => _queries.Count;

    /// <summary>The steps of all queries so far: <c>SEARCH events USING INDEX …</c>, <c>SCAN …</c>.</summary>
    public async Task<IReadOnlyList<string>> PlanAsync()
    {
        var steps = new List<string>();
        await using var context = _database.CreateDbContext();
        var connection = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(context.Database);
        await connection.OpenAsync();
        foreach (var (sql, parameters) in _queries.ToArray())
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // what EF Core has just sent itself
            command.CommandText = "EXPLAIN QUERY PLAN " + sql;
#pragma warning restore CA2100
            foreach (var (name, value) in parameters)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) steps.Add(reader.GetString(3));
        }
        return steps;
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore") _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not CommandExecutedEventData { Command: { } command } || command.Connection?.ConnectionString != _database.ConnectionString) return;
        _queries.Add((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(p => (p.ParameterName, p.Value ?? DBNull.Value))]));
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }
}
