using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using RabbitMQ.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Faults;

/// <summary>Nodes whose ready executions travel through a RabbitMQ: whoever is killed, nothing accepted is lost.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class TransportFaultTests(PostgreSqlServer postgreSql, ITestOutputHelper output)
{
    private const int Senders = 16;
    private const string Queue = "work";
    private const string Password = "canary-4471-transport";

    [Fact]
    public async Task Kill_TwoOfThreeNodesUnderLoad_LosesNothing()
    {
        const int Triggers = 6;
        const int Goal = 30_000;
        await using var rabbit = await RabbitMqServer.StartOwnAsync();
        using var cluster = await StartAsync(rabbit, 3);
        await using var ledger = await Ledger.OpenAsync(cluster.Nodes, Triggers);
        await Eventually.TrueAsync(() => IsReadyAsync(cluster, Triggers), "the nodes to know the triggers and the queue");
        var watch = Stopwatch.StartNew();

        await ledger.LoadAndKillTwoOfThreeAsync(Senders, Goal);
        await ledger.BalanceAsync();

        var (arrived, duplicates) = ledger.Arrived;
        var (offered, taken) = await FiguresAsync(cluster.Nodes[0]);
        output.WriteLine($"{ledger.Answered} accepted, {arrived} carried out in {watch.Elapsed.TotalSeconds:0.0} s, {duplicates} arrived twice; none lost. Node 0 offered {offered} and took {taken} through the queue.");
        Assert.True(offered > 1000 && taken > 1000, $"Too little went through the queue: {offered}, {taken}.");
        await cluster.AssertWrittenOnceAsync();
        Assert.Equal(0, await cluster.AskAsync<long>("SELECT count(*) FROM executions WHERE owner_id IS NOT NULL"));
        await Eventually.TrueAsync(async () => await CountAsync(rabbit) == 0, "the queue to be empty");
        Assert.All(cluster.Nodes, node => Assert.DoesNotContain(Password, node.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BrokerAway_ForFiveSeconds_WorkGoesOnThroughTheTableAndComesBack()
    {
        await using var rabbit = await RabbitMqServer.StartOwnAsync();
        using var cluster = await StartAsync(rabbit, 2);
        await using var ledger = await Ledger.OpenAsync(cluster.Nodes, 4);
        await Eventually.TrueAsync(() => IsReadyAsync(cluster, 4), "the nodes to know the triggers and the queue");
        await rabbit.EvalAsync(RabbitMqServer.SaveDeclarations);
        using var until = new CancellationTokenSource();
        var load = ledger.LoadAsync(Senders, until.Token);
        await ledger.ReachAsync(2000);

        var watch = Stopwatch.StartNew();
        rabbit.Kill();
        await Eventually.TrueAsync(async () => await ProblemAsync(cluster.Nodes[0]) is { Length: > 0 }, "the node to say that the broker is away");
        var before = ledger.Arrived.Executions;
        await Eventually.TrueAsync(() => ledger.Arrived.Executions > before + 1000, "work to go on");
        await Eventually.TrueAsync(() => watch.Elapsed > TimeSpan.FromSeconds(5), "five seconds");
        await rabbit.StartAgainAsync();
        await Eventually.TrueAsync(() => IsReadyAsync(cluster, 4), "the queue to be used again");
        var offered = (await FiguresAsync(cluster.Nodes[0])).Offered;
        await Eventually.TrueAsync(async () => (await FiguresAsync(cluster.Nodes[0])).Offered > offered + 500, "work to go through the queue");

        await until.CancelAsync();
        await load;
        await ledger.BalanceAsync();
        await cluster.AssertWrittenOnceAsync();
        Assert.Equal(0, await cluster.AskAsync<long>("SELECT count(*) FROM executions WHERE owner_id IS NOT NULL"));
        var (arrived, duplicates) = ledger.Arrived;
        output.WriteLine($"{arrived} carried out, {duplicates} arrived twice; in use again {watch.Elapsed.TotalSeconds:0.0} s after the broker was killed.");
    }

    [Fact]
    public async Task ForeignMessages_AreDroppedWithALogLine()
    {
        await using var rabbit = await RabbitMqServer.StartOwnAsync();
        using var cluster = await StartAsync(rabbit, 2);
        await Eventually.TrueAsync(() => IsReadyAsync(cluster, 0), "the nodes to know the queue");
        await using var connection = await new ConnectionFactory { Port = await rabbit.AmqpPortAsync() }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();

        await channel.BasicPublishAsync("", Queue, new byte[] { 1, 2, 3 });
        await channel.BasicPublishAsync("", Queue, mandatory: false, new BasicProperties { Type = "triggerconsole.execution.v1" }, new byte[31]);
        await channel.BasicPublishAsync("", Queue, mandatory: false, new BasicProperties { Type = "triggerconsole.execution.v1" }, new byte[32]); // of no execution
        await channel.BasicPublishAsync("", Queue, new byte[300_000]);

        await Eventually.TrueAsync(() => cluster.Nodes.Sum(n => n.Output.Split("none of TriggerConsole's").Length - 1) == 3, "the log lines");
        await Eventually.TrueAsync(async () => await CountAsync(rabbit) == 0, "the queue to be empty");
        Assert.True(await IsReadyAsync(cluster, 0));
    }

    [Fact]
    public async Task Start_WithoutSharedDatabaseOrAddress_SaysWhy()
    {
        var folder = Directory.CreateTempSubdirectory("tc-transport-").FullName;
        try
        {
            var settings = CommandRun.At(folder);
            (settings["urls"], settings["Execution:Transport"]) = ("http://127.0.0.1:0", "RabbitMq");
            var missing = await CommandRun.StartAsync(settings);
            Assert.Equal(1, missing.ExitCode);
            Assert.Contains("Execution:RabbitMq:Uri is missing", missing.Error, StringComparison.Ordinal);

            settings["Execution:RabbitMq:Uri"] = $"http://u:{Password}@broker";
            var wrong = await CommandRun.StartAsync(settings);
            Assert.Contains("must begin with amqp://", wrong.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(Password, wrong.Output + wrong.Error, StringComparison.Ordinal);

            settings["Execution:RabbitMq:Uri"] = $"amqp://u:{Password}@127.0.0.1:1";
            var alone = await CommandRun.StartAsync(settings);
            Assert.Equal(1, alone.ExitCode);
            Assert.Contains("this database belongs to one node alone", alone.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Few seats, so that most of the work is handed out
    private async Task<Cluster> StartAsync(RabbitMqServer rabbit, int nodes)
    {
        var port = await rabbit.AmqpPortAsync();
        await rabbit.EvalAsync(RabbitMqServer.AddUser("carrier", Password), RabbitMqServer.Permit("carrier"));
        return await Cluster.StartAsync(postgreSql, nodes, _ => new()
        {
            ["Execution:Transport"] = "RabbitMq",
            ["Execution:RabbitMq:Uri"] = $"amqp://carrier:{Password}@127.0.0.1:{port}",
            ["Execution:RabbitMq:Queue"] = Queue,
            ["Execution:MaxConcurrencyPerTrigger"] = "4",
        });
    }

    private static async Task<bool> IsReadyAsync(Cluster cluster, int triggers)
    {
        foreach (var node in cluster.Nodes)
        {
            var health = await node.Client.GetFromJsonAsync<JsonElement>("/api/health");
            if (health.GetProperty("triggers").GetInt32() < triggers || !health.GetProperty("transport").GetProperty("isUp").GetBoolean()) return false;
        }
        return true;
    }

    private static async Task<string?> ProblemAsync(ServerProcess node) => (await node.Client.GetFromJsonAsync<JsonElement>("/api/health")).GetProperty("transport").GetProperty("problem").GetString();

    private static async Task<(long Offered, long Taken)> FiguresAsync(ServerProcess node)
    {
        var transport = (await node.Client.GetFromJsonAsync<JsonElement>("/api/health")).GetProperty("transport");
        return (transport.GetProperty("offered").GetInt64(), transport.GetProperty("taken").GetInt64());
    }

    private static async Task<uint> CountAsync(RabbitMqServer rabbit)
    {
        await using var connection = await new ConnectionFactory { Port = await rabbit.AmqpPortAsync() }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return (await channel.QueueDeclarePassiveAsync(Queue)).MessageCount;
    }
}
