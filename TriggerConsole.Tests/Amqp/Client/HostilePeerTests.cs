using System.Diagnostics;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>No peer may end the process, hold it up, or take its memory.</summary>
[Collection(nameof(Alone))]
public sealed class HostilePeerTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(1);

    // For those who do their harm once they are connected: how long that takes is not the question then
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly Lazy<Task> s_warm = new(async () =>
    {
        // What is made once is made here
        await MeetAsync(HostilePeer.All["HTTP"], s_deadline);
        await MeetAsync(HostilePeer.All["closed while connected"], s_patience);
    });

    public static TheoryData<string> Names => [.. HostilePeer.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Peer_ThatMeansHarm_CostsLittleAndIsNamed(string name)
    {
        var peer = HostilePeer.All[name];
        await s_warm.Value;
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var isConnected = name.Contains(nameof(FakeAmqpStage.Connected), StringComparison.Ordinal);

        var (failure, took, allocated) = await MeetAsync(peer, isConnected ? s_patience : s_deadline);

        Assert.Equal(peer.Fault, failure.Fault);
        // The deadline, or two heartbeats of a second, or both one after the other; and a second
        Assert.True(took < s_deadline + TimeSpan.FromSeconds(isConnected || name.Contains("silence", StringComparison.Ordinal) ? 3 : 1), $"{took}");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1024 * 1024);
        Assert.InRange(allocated, 0, 2 * 1024 * 1024);
        Assert.DoesNotContain(failure.Sentence, char.IsControl);
        Assert.EndsWith(".", failure.Sentence.TrimEnd('"', '.') + ".", StringComparison.Ordinal);
    }

    private static async Task<(AmqpConnectFailure Failure, TimeSpan Took, long Allocated)> MeetAsync(HostilePeer peer, TimeSpan deadline)
    {
        await using var server = FakeAmqpConnection.Listen(peer.Script);
        var watch = Stopwatch.StartNew();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await using var client = AmqpClients.Make(AmqpClients.Options(server.Port) with { ConnectTimeout = deadline, HeartbeatSeconds = 1, StopTimeout = TimeSpan.FromMilliseconds(200) });
        var failure = await client.ConnectAsync(CancellationToken.None);
        if (failure is null)
        {
            // Something to bring back, to confirm, to close the channel over
            var publishes = Enumerable.Range(0, 3).Select(i => client.PublishAsync(AmqpClients.Message("", "k", $"{i}"), CancellationToken.None)).ToList();
            await Eventually.TrueAsync(() => client.Status.State == AmqpState.Stopped, "the connection to end");
            failure = client.Status.LastFailure;
            Assert.All(await Task.WhenAll(publishes).WaitAsync(Eventually.Limit), r => Assert.NotEqual(AmqpPublishStatus.Confirmed, r.Status));
        }
        var result = (failure!, watch.Elapsed, GC.GetTotalAllocatedBytes(precise: true) - before);
        await client.StopAsync(CancellationToken.None);
        return result;
    }
}
