using System.Diagnostics;
using System.Globalization;
using Npgsql;

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

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
