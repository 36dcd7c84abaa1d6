using System.Collections.Concurrent;
using System.Diagnostics;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.RabbitMqServer;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>Against the real broker: alarms, closed connections, silence, a stop in the middle.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class InterruptionTests(RabbitMqServer server) : IAsyncLifetime
{
    private RabbitMqBrowser _browser = null!;
    private string _queue = "";

    public async Task InitializeAsync()
    {
        _browser = await RabbitMqBrowser.ConnectAsync(await server.AmqpPortAsync());
        _queue = await _browser.DeclareQueueAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
    }

    [Fact]
    public async Task MemoryAlarm_BlocksAndDrainsAfterwards()
    {
        await using var client = await AmqpClients.StartAsync(AmqpClients.Options(await server.AmqpPortAsync()));
        var states = new ConcurrentQueue<AmqpStatus>();
        client.StatusChanged += states.Enqueue;
        Task<AmqpPublishResult> first, unasked;
        try
        {
            await server.EvalAsync(MemoryAlarm(isOn: true));
            // The broker tells those who publish, and when they do
            first = client.PublishAsync(AmqpClients.Message("", _queue, "first"), CancellationToken.None);
            await Eventually.TrueAsync(() => client.Status.State == AmqpState.Blocked, "the client to be blocked");

            Assert.False(client.IsReady);
            Assert.Contains("memory", client.Status.BlockedReason, StringComparison.Ordinal);
            unasked = client.PublishAsync(AmqpClients.Message("", _queue, "second"), CancellationToken.None);
            Assert.Equal(AmqpPublishStatus.Blocked, (await unasked).Status);
            Assert.False(first.IsCompleted);
        }
        finally
        {
            await server.EvalAsync(MemoryAlarm(isOn: false));
        }

        Assert.Equal(AmqpPublishStatus.Confirmed, (await first).Status);
        await Eventually.TrueAsync(() => client.IsReady, "the client to be ready again");
        Assert.Equal(AmqpPublishStatus.Confirmed, (await client.PublishAsync(AmqpClients.Message("", _queue, "third"), CancellationToken.None)).Status);
        Assert.Equal(["first", "third"], (await _browser.TakeAllAsync(_queue)).Select(m => m.Text));
        Assert.Equal([AmqpState.Blocked, AmqpState.Connected], states.Select(s => s.State));
        Assert.Single(states.Select(s => s.ConnectedSince).Distinct());
    }

    [Fact]
    public async Task Connection_ClosedByAnAdministrator_IsSaidSoAndComesBack()
    {
        await using var own = await RabbitMqBrowser.ConnectAsync(await server.AmqpPortAsync());
        await using var client = await AmqpClients.StartAsync(AmqpClients.Options(await server.AmqpPortAsync()));
        var states = new ConcurrentQueue<AmqpStatus>();
        client.StatusChanged += states.Enqueue;
        using var stop = new CancellationTokenSource();
        var ended = new ConcurrentQueue<AmqpPublishResult>();
        var publishers = Enumerable.Range(0, 20).Select(_ => AmqpClients.PublishUntilAsync(client, _queue, (_, result) => ended.Enqueue(result), stop.Token)).ToList();

        await server.EvalAsync(CloseAllConnections("go away"));
        await Eventually.TrueAsync(() => states.Any(s => s.State == AmqpState.Connected), "the client to come back");
        await stop.CancelAsync();
        await Task.WhenAll(publishers);

        var failure = client.Status.LastFailure!;
        Assert.Equal((AmqpConnectFault.RefusedByBroker, (ushort)320), (failure.Fault, failure.ReplyCode));
        Assert.Contains("go away", failure.Sentence, StringComparison.Ordinal);
        Assert.All(ended, r => Assert.Contains(r.Status, (AmqpPublishStatus[])[AmqpPublishStatus.Confirmed, AmqpPublishStatus.ConnectionClosed, AmqpPublishStatus.NotConnected]));
        Assert.All(ended.Where(r => r.Status == AmqpPublishStatus.ConnectionClosed), r => Assert.Equal((320, true), (r.ReplyCode, r.ReplyText!.Contains("go away", StringComparison.Ordinal))));
        await using var reader = await RabbitMqBrowser.ConnectAsync(await server.AmqpPortAsync());
        Assert.InRange((await reader.TakeAllAsync(_queue)).Count, ended.Count(r => r.Status == AmqpPublishStatus.Confirmed), ended.Count);
    }

    [Fact]
    public async Task Peer_ThatFallsSilent_IsFoundDeadWithinTwoHeartbeats()
    {
        const int Heartbeat = 1;
        await using var proxy = new TcpProxy(await server.AmqpPortAsync(), _ => null);
        await using var client = await AmqpClients.ConnectAsync(AmqpClients.Options(proxy.Port) with { HeartbeatSeconds = Heartbeat });
        var ended = new TaskCompletionSource<long>();
        client.StatusChanged += status =>
        {
            if (status.State == AmqpState.Stopped) ended.TrySetResult(Stopwatch.GetTimestamp());
        };
        await Task.Delay(TimeSpan.FromSeconds(3 * Heartbeat)); // as long as heartbeats come, it lives
        Assert.True(client.IsReady);

        proxy.Stall();
        var start = Stopwatch.GetTimestamp();
        var publish = client.PublishAsync(AmqpClients.Message("", _queue, "k"), CancellationToken.None);

        var took = Stopwatch.GetElapsedTime(start, await ended.Task.WaitAsync(Eventually.Limit));
        Assert.InRange(took, TimeSpan.FromSeconds(Heartbeat), TimeSpan.FromSeconds((2 * Heartbeat) + 1));
        Assert.Equal(AmqpPublishStatus.ConnectionLost, (await publish).Status);
        Assert.Equal(AmqpConnectFault.ConnectionLost, client.Status.LastFailure!.Fault);
        Assert.Contains("heartbeat", client.Status.LastFailure.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WithConfirmsToCome_WaitsForThem()
    {
        var client = await AmqpClients.ConnectAsync(AmqpClients.Options(await server.AmqpPortAsync()) with { StopTimeout = Eventually.Limit });
        var publishes = Enumerable.Range(0, 5000).Select(i => client.PublishAsync(AmqpClients.Message("", _queue, $"{i}"), CancellationToken.None)).ToList();

        await client.StopAsync(CancellationToken.None);

        Assert.All(await Task.WhenAll(publishes).WaitAsync(Eventually.Limit), r => Assert.Equal(AmqpPublishStatus.Confirmed, r.Status));
        Assert.Equal(AmqpState.Stopped, client.Status.State);
        Assert.Equal(AmqpPublishStatus.Stopped, (await client.PublishAsync(AmqpClients.Message("", _queue, "late"), CancellationToken.None)).Status);
        Assert.Equal(AmqpOperationStatus.NotConnected, (await client.RunAsync((_, _) => Task.CompletedTask, CancellationToken.None)).Status);
        Assert.Equal(5000, await _browser.CountAsync(_queue));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Call_ThatIsCancelled_StopsWaitingAndWhatWasSentGoesOn()
    {
        await using var proxy = new TcpProxy(await server.AmqpPortAsync(), _ => null);
        await using var client = await AmqpClients.ConnectAsync(AmqpClients.Options(proxy.Port));
        await client.PublishAsync(AmqpClients.Message("", _queue, "before"), CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        proxy.Stall();
        var publish = client.PublishAsync(AmqpClients.Message("", _queue, "cancelled"), cancel.Token);
        await Eventually.TrueAsync(() => client.Status.InFlight == 1, "it to be sent");

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PublishAsync(AmqpClients.Message("", _queue, "never"), cancel.Token));
        proxy.Continue();

        Assert.Equal(AmqpPublishStatus.Confirmed, (await client.PublishAsync(AmqpClients.Message("", _queue, "after"), CancellationToken.None)).Status);
        Assert.Equal(["before", "cancelled", "after"], (await _browser.TakeAllAsync(_queue)).Select(m => m.Text));
        Assert.Equal(0, client.Status.InFlight);
    }
}
