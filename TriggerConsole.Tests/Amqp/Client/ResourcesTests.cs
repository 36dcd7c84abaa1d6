using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeAmqpBytes;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>What connections cost, and that they give it back.</summary>
[Collection(nameof(Alone))]
public sealed class ResourcesTests
{
    [Fact]
    public async Task Broker_ThatStopsReading_TakesBoundedMemory()
    {
        var publishes = new List<Task<AmqpPublishResult>>();
        await using var server = FakeAmqpConnection.Listen(async connection =>
        {
            await connection.PlayAsync(FakeAmqpStage.Connected);
            while (true) // heartbeats come, but nothing is read
            {
                await connection.SendAsync(Heartbeat);
                await Task.Delay(100, connection.Raw.Stop);
            }
        });
        await using var client = await AmqpClients.ConnectAsync(AmqpClients.Options(server.Port) with { MaximumInFlight = 10_000, StopTimeout = TimeSpan.FromMilliseconds(200) });
        var body = new byte[512 * 1024]; // one array for all of them
        using var cancel = new CancellationTokenSource();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        publishes.AddRange(Enumerable.Range(0, 500).Select(i => client.PublishAsync(AmqpClients.Message("", "k", $"{i}", body), cancel.Token))); // 250 MiB
        var seen = -1;
        while (seen != client.Status.InFlight)
        {
            seen = client.Status.InFlight;
            await Task.Delay(300);
        }

        Assert.InRange(seen, 1, 100); // the sockets hold some
        // What waits for the network, up to a message more, in buffers of twice their size
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * 1024 * 1024);
        await cancel.CancelAsync();
        foreach (var publish in publishes) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish);
    }

    [Fact]
    public async Task ConnectAndDisconnect_ManyTimes_LeavesNothingBehind()
    {
        const int Times = 200;
        await using var server = FakeAmqpConnection.Listen(async connection =>
        {
            await connection.PlayAsync(FakeAmqpStage.Connected);
            var (channel, _, body) = await connection.ExpectPublishAsync();
            switch (body[0] % 4)
            {
                case 0: connection.Raw.Reset(); return;
                case 1: await connection.SendAsync(ConnectionClose(320, "CONNECTION_FORCED")); break;
                case 2: await connection.SendAsync(ChannelClose(channel, 404, "NOT_FOUND")); break;
                default: await connection.SendAsync(Ack(channel, 1)); break;
            }
            await connection.ExpectAsync(body[0] % 4 == 1 ? "10.51" : "10.50");
            if (body[0] % 4 != 1) await connection.SendAsync(Method(0, 10, 51));
        });
        for (var i = 0; i < 20; i++) await CycleAsync(i);
        await SettleAsync();
        var (files, memory, timers) = (OpenFiles(), GC.GetTotalMemory(true), Timer.ActiveCount);

        for (var i = 0; i < Times; i++) await CycleAsync(i);

        await SettleAsync();
        await Eventually.TrueAsync(() => OpenFiles() <= files + 4, "the sockets to close");
        await Eventually.TrueAsync(() => Timer.ActiveCount <= timers + 5, "the timers to end");
        // No part of a connection is as small as that
        Assert.InRange(GC.GetTotalMemory(true) - memory, long.MinValue, Times * 2000);

        async Task CycleAsync(int i)
        {
            await using var client = await AmqpClients.ConnectAsync(AmqpClients.Options(server.Port));
            var result = await client.PublishAsync(AmqpClients.Message("x", "k", "k", [(byte)i]), CancellationToken.None);
            Assert.Equal((i % 4) switch { 0 => AmqpPublishStatus.ConnectionLost, 1 => AmqpPublishStatus.ConnectionClosed, 2 => AmqpPublishStatus.ChannelClosed, _ => AmqpPublishStatus.Confirmed }, result.Status);
        }

        static async Task SettleAsync()
        {
            for (var i = 0; i < 5; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Delay(100);
            }
        }

        static int OpenFiles() => Directory.GetFiles("/proc/self/fd").Length;
    }
}
