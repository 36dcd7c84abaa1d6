using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Nodes;

/// <summary>Two whole applications on one PostgreSQL, in this process.</summary>
public sealed class TwoNodes(PostgreSqlServer server) : IAsyncLifetime
{
    internal TestApp A { get; private set; } = null!;

    internal TestApp B { get; private set; } = null!;

    internal string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync() => (ConnectionString, A, B) = await StartAsync(server, "All", "All");

    public async Task DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
    }

    internal static async Task<(string ConnectionString, TestApp A, TestApp B)> StartAsync(PostgreSqlServer server, string roleOfA, string roleOfB)
    {
        var database = await server.CreateDatabaseAsync();
        Task<TestApp> Start(string name, string role) => TestApp.StartAsync(new()
        {
            ["Database:Provider"] = "PostgreSql",
            ["ConnectionStrings:TriggerConsole"] = database,
            ["Node:Name"] = name,
            ["Node:Role"] = role,
            ["Node:Heartbeat"] = "00:00:00.5",
            ["Node:Lease"] = "00:00:10",
        });
        var a = await Start("a", roleOfA);
        var b = await Start("b", roleOfB);
        await Eventually.TrueAsync(() => a.Get<Core.Nodes.NodeDirectory>().HasOthers && b.Get<Core.Nodes.NodeDirectory>().HasOthers, "the nodes to know of one another");
        return (database, a, b);
    }

    /// <summary>Waits until a path answers with this status.</summary>
    internal static Task AnswersAsync(TestApp app, string path, int status, HttpClient? client = null)
        => Eventually.TrueAsync(async () => (await app.TryAsync(HttpMethod.Get, path, client: client)).Status == status, $"{path} to answer {status}");

    /// <summary>Waits until what a path answers is as it should be.</summary>
    internal static Task<JsonElement> ShowsAsync(TestApp app, string path, Func<JsonElement, bool> isRight)
        => Eventually.GetAsync(async () => await app.TryAsync(HttpMethod.Get, path) is (200, var body) && isRight(body) ? (true, body) : (false, default), $"{path} to show it");

    internal static JsonContent Json(object body) => JsonContent.Create(body);
}
