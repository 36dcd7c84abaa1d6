using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>Several TriggerConsole processes on one PostgreSQL.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tc-cluster-").FullName;

    private Cluster(string connectionString, int count, Func<int, Dictionary<string, string?>>? settings)
    {
        ConnectionString = connectionString;
        Nodes = [.. Enumerable.Range(0, count).Select(i => new ServerProcess(_folder, new(settings?.Invoke(i) ?? [])
        {
            ["Database:Provider"] = "PostgreSql",
            ["ConnectionStrings:TriggerConsole"] = connectionString,
            ["Node:Name"] = NameOf(i),
        }))];
    }

    public string ConnectionString { get; }

    public ServerProcess[] Nodes { get; }

    /// <summary>Starts them one after the other.</summary>
    /// <param name="settings">Of the node with this number.</param>
    public static async Task<Cluster> StartAsync(PostgreSqlServer server, int count, Func<int, Dictionary<string, string?>>? settings = null)
    {
        var cluster = new Cluster(await server.CreateDatabaseAsync(), count, settings);
        try
        {
            foreach (var node in cluster.Nodes) await node.StartAsync();
            return cluster;
        }
        catch
        {
            cluster.Dispose(); // whoever asked never gets it to end it
            throw;
        }
    }

    public static string NameOf(int node) => $"node-{node}";

    /// <summary>Sends a signal (<c>STOP</c>, <c>CONT</c>) to a node.</summary>
    public void Signal(int node, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Nodes[node].Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As many rows of attempts as each execution says, one of them that succeeded, and a note for each time it was taken over.</summary>
    public async Task AssertWrittenOnceAsync()
    {
        Assert.Equal(0, await AskAsync<long>("SELECT count(*) FROM (SELECT 1 FROM attempts WHERE succeeded GROUP BY execution_id HAVING count(*) <> 1) x"));
        Assert.Equal(0, await AskAsync<long>("SELECT count(*) FROM executions e WHERE attempts <> (SELECT count(*) FROM attempts a WHERE a.execution_id = e.id)"));
        Assert.Equal(0, await AskAsync<long>("SELECT count(*) FROM executions e WHERE recoveries <> (SELECT count(*) FROM execution_actions a WHERE a.execution_id = e.id AND a.kind = 'Recovered')"));
    }

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
