using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>
/// Bytes of a broker that breaks the rules, or goes to their limit: the client closes soon and says why, or stays connected and
/// answers. One row per rule and kind of violation; the names begin with the id of the statement.
/// </summary>
public sealed class HostileBytesTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public static TheoryData<string> Rows => [.. MqttRows.All.Select(r => r.ToString())];

    /// <summary>The first row of each group, for the other transports.</summary>
    public static TheoryData<string> SomeRows => [.. MqttRows.All.GroupBy(r => (r.Id, r.Version, r.When, r.MustClose)).Select(g => g.First().ToString())];

    [Theory, MemberData(nameof(Rows))]
    [Trait("mqtt", "MQTT-4.13.2-1")]
    public Task Tcp(string row) => RunAsync(row, null);

    [Theory, MemberData(nameof(SomeRows))]
    public Task Tls(string row) => RunAsync(row, new() { Certificate = _certificates.Make() });

    [Theory, MemberData(nameof(SomeRows))]
    public Task WebSocket(string row) => RunAsync(row, new() { WebSocket = true });

    public void Dispose() => _certificates.Dispose();

    private async Task RunAsync(string name, FakeMqttSetup? setup)
    {
        var row = MqttRows.All.Single(r => r.ToString() == name);
        await using var bench = MqttClientBench.Start(row.Version, o => o with
        {
            Reconnect = MqttClientBench.Never,
            TopicAliasMaximum = 3,
            Tls = new() { CaCertificates = [_certificates.Authority] },
        }, setup: setup);
        var (connection, pid, pending) = await ReachAsync(bench, row.When);

        await connection.SendAsync(row.Bytes, pid);

        // A CONNACK that is right is the end of the wait for one
        if (row is { When: When.InsteadOfConnack, MustClose: false }) await Eventually.TrueAsync(() => bench.Client.Status.State == MqttState.Connected, "the client to be connected");
        Assert.Equal(row.MustClose ? AliveState.Closed : AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.Null(connection.Fault);
        if (!row.MustClose) return;
        var disconnect = await connection.ExpectClosedAsync();
        if (row.Version == MqttVersion.V311) Assert.Null(disconnect); // it would ask the broker to drop the last will
        else if (row.When != When.InsteadOfConnack || disconnect is not null) Assert.Contains(disconnect!.Reason, row.Codes);
        await Eventually.TrueAsync(() => bench.Client.Status.State == MqttState.Waiting, "the client to note the failure");
        Assert.Contains(bench.Client.Status.LastFailure!.Fault, new[] { MqttConnectFault.Protocol, row.When == When.InsteadOfConnack ? MqttConnectFault.NotMqtt : MqttConnectFault.Protocol });
        await pending();
    }

    /// <summary>The connection at the wanted moment, the identifier of what waits for an answer, and a check that it failed.</summary>
    private static async Task<(FakeMqttConnection, ushort, Func<Task>)> ReachAsync(MqttClientBench bench, When when)
    {
        if (when == When.InsteadOfConnack) return (await bench.AcceptAsync(), 0, () => Task.CompletedTask);
        var connection = await bench.ConnectAsync();
        switch (when)
        {
            case When.PublishedQos1 or When.PublishedQos2 or When.Released:
                var publish = bench.PublishAsync(when == When.PublishedQos1 ? MqttQos.AtLeastOnce : MqttQos.ExactlyOnce);
                var sent = await connection.ExpectAsync(MqttType.Publish);
                if (when == When.Released)
                {
                    await connection.SendAsync(FakeMqttBytes.Answer(MqttType.Pubrec, sent.Id));
                    await connection.ExpectAsync(MqttType.Pubrel);
                }
                return (connection, sent.Id, async () => Assert.Equal(MqttPublishStatus.ConnectionLost, (await publish.WaitAsync(Eventually.Limit)).Status));
            case When.Subscribed:
                var subscribe = bench.SubscribeAsync("a", "b");
                return (connection, (await connection.ExpectAsync(MqttType.Subscribe)).Id,
                    async () => Assert.All(await subscribe.WaitAsync(Eventually.Limit), r => Assert.Equal(MqttSubscribeStatus.ConnectionLost, r.Status)));
            case When.Unsubscribed:
                var unsubscribe = bench.Client.UnsubscribeAsync(["a", "b"], CancellationToken.None);
                return (connection, (await connection.ExpectAsync(MqttType.Unsubscribe)).Id,
                    async () => Assert.All(await unsubscribe.WaitAsync(Eventually.Limit), r => Assert.Equal(MqttSubscribeStatus.ConnectionLost, r.Status)));
            default:
                return (connection, 0, () => Task.CompletedTask);
        }
    }
}
