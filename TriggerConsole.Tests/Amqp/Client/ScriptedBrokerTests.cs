using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeAmqpBytes;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>What a real broker does only now and then, frame by frame.</summary>
public sealed class ScriptedBrokerTests
{
    [Fact]
    public async Task Confirms_OfManyAtOnce_AndOutOfOrder_EndTheRightPublishes()
    {
        await using var bench = await Bench.StartAsync();
        var publishes = bench.PublishMany(10);
        for (var i = 0; i < 10; i++) await bench.Broker.ExpectPublishAsync();

        await bench.Broker.SendAsync([.. Ack(1, 5), .. Nack(1, 3, multiple: true), .. Ack(1, 3), .. Nack(1, 7), .. Ack(1, 8, multiple: true)]);
        await Eventually.TrueAsync(() => publishes.Count(p => p.IsCompleted) == 8, "eight of them");
        Assert.Equal(2, bench.Client.Status.InFlight);
        await bench.Broker.SendAsync(Ack(1, 10, multiple: true));

        var results = await Task.WhenAll(publishes);
        Assert.Equal([AmqpPublishStatus.Refused, AmqpPublishStatus.Refused, AmqpPublishStatus.Refused, AmqpPublishStatus.Confirmed, AmqpPublishStatus.Confirmed, AmqpPublishStatus.Confirmed,
            AmqpPublishStatus.Refused, AmqpPublishStatus.Confirmed, AmqpPublishStatus.Confirmed, AmqpPublishStatus.Confirmed], results.Select(r => r.Status));
        Assert.Equal(6, bench.Client.Status.Published);
        Assert.Equal(0, bench.Client.Status.InFlight);
        Assert.True(bench.Client.IsReady);
    }

    [Fact]
    public async Task Return_WithoutTheHeaderThatWasAgreedOn_IsFoundByItsWay()
    {
        await using var bench = await Bench.StartAsync();
        var publishes = bench.PublishMany(3);
        for (var i = 0; i < 3; i++) await bench.Broker.ExpectPublishAsync();

        // The second; the header is a number, as it may be when a trigger sets it
        await bench.Broker.SendAsync([.. Return(1, "x", "k1"), .. ContentHeader(1, 0, Table((AmqpMessage.KeyHeader, [(byte)'I', .. Long(77)]))), .. Ack(1, 3, multiple: true)]);

        Assert.Equal([AmqpPublishStatus.Confirmed, AmqpPublishStatus.Returned, AmqpPublishStatus.Confirmed], (await Task.WhenAll(publishes)).Select(r => r.Status));
    }

    [Fact]
    public async Task Return_OfWhatWasNeverSent_HarmsNobody()
    {
        await using var bench = await Bench.StartAsync();
        var publish = bench.PublishMany(1)[0];
        await bench.Broker.ExpectPublishAsync();

        await bench.Broker.SendAsync([.. Return(1, "other", "other"), .. ContentHeader(1, 0, null), .. Ack(1, 1)]);

        Assert.Equal(AmqpPublishStatus.Confirmed, (await publish).Status);
    }

    [Fact]
    public async Task ChannelClosure_OverOneOfMany_IsBlamedOnIt_AndNothingThatHasAVerdictIsSentAgain()
    {
        await using var bench = await Bench.StartAsync();
        var publishes = bench.PublishMany(6);
        for (var i = 0; i < 6; i++) await bench.Broker.ExpectPublishAsync();
        var later = bench.PublishMany(2, first: 6); // behind them

        // 0 is confirmed, 1 returned, and then the channel goes, over one of the other four
        await bench.Broker.SendAsync([.. Ack(1, 1), .. Return(1, "x", "k1"), .. ContentHeader(1, 0, Table((AmqpMessage.KeyHeader, Text("1")))), .. ChannelClose(1, 404, "NOT_FOUND - no exchange 'x'")]);
        var channel = await bench.Broker.OpenChannelAsync();
        var seen = new List<string>();
        foreach (var verdict in (string[])["ack", "close", "nack", "ack", "ack", "ack"])
        {
            seen.Add(await bench.NextBodyAsync());
            // One at a time: the next one only comes after the verdict
            await bench.Broker.SendAsync(verdict switch { "ack" => Ack(channel, (ulong)bench.SentOn(channel)), "nack" => Nack(channel, (ulong)bench.SentOn(channel)), _ => ChannelClose(channel, 403, "ACCESS_REFUSED") });
            if (verdict != "close") continue;
            channel = await bench.Broker.OpenChannelAsync();
            bench.ForgetSent(channel);
        }

        Assert.Equal(["2", "3", "4", "5", "6", "7"], seen);
        var results = await Task.WhenAll([.. publishes, .. later]);
        Assert.Equal([AmqpPublishStatus.Confirmed, AmqpPublishStatus.Returned, AmqpPublishStatus.Confirmed, AmqpPublishStatus.ChannelClosed, AmqpPublishStatus.Refused, AmqpPublishStatus.Confirmed,
            AmqpPublishStatus.Confirmed, AmqpPublishStatus.Confirmed], results.Select(r => r.Status));
        Assert.Equal((403, "ACCESS_REFUSED"), (results[3].ReplyCode, results[3].ReplyText));
        Assert.Equal(0, bench.Client.Status.InFlight);
    }

    [Fact]
    public async Task ConnectionClosure_IsToldToWhatWasSent_AndNotToWhatWasNot()
    {
        await using var bench = await Bench.StartAsync(o => o with { MaximumInFlight = 2 });
        var publishes = bench.PublishMany(5);
        for (var i = 0; i < 2; i++) await bench.Broker.ExpectPublishAsync();

        await bench.Broker.SendAsync(ConnectionClose(320, "CONNECTION_FORCED - go"));

        var results = await Task.WhenAll(publishes);
        Assert.Equal([AmqpPublishStatus.ConnectionClosed, AmqpPublishStatus.ConnectionClosed, AmqpPublishStatus.NotConnected, AmqpPublishStatus.NotConnected, AmqpPublishStatus.NotConnected], results.Select(r => r.Status));
        Assert.All(results.Take(2), r => Assert.Equal((320, "CONNECTION_FORCED - go"), (r.ReplyCode, r.ReplyText)));
        await bench.Broker.ExpectAsync("10.51"); // close-ok
        await Eventually.TrueAsync(() => bench.Client.Status.State == AmqpState.Stopped, "the client to notice");
        Assert.Equal(AmqpPublishStatus.NotConnected, (await bench.PublishMany(1)[0]).Status);
    }

    [Fact]
    public async Task ConnectionThatBreaks_DuringTheResending_EndsAllOfThem()
    {
        await using var bench = await Bench.StartAsync();
        var publishes = bench.PublishMany(5);
        for (var i = 0; i < 5; i++) await bench.Broker.ExpectPublishAsync();
        await bench.Broker.SendAsync(ChannelClose(1, 406, "PRECONDITION_FAILED"));
        await bench.Broker.OpenChannelAsync();
        await bench.Broker.ExpectPublishAsync();

        bench.Broker.Raw.Reset();

        Assert.All(await Task.WhenAll(publishes).WaitAsync(Eventually.Limit), r => Assert.Equal(AmqpPublishStatus.ConnectionLost, r.Status));
    }

    [Fact]
    public async Task Window_HoldsBackTheRest_UntilThereIsRoom()
    {
        await using var bench = await Bench.StartAsync(o => o with { MaximumInFlight = 3 });
        var publishes = bench.PublishMany(9);
        for (var tag = 1ul; tag <= 9; tag += 3)
        {
            for (var i = 0; i < 3; i++) await bench.Broker.ExpectPublishAsync();
            await bench.Broker.SendAsync(Method(1, 50, 21)); // whatever else comes in between
            Assert.Equal(3, bench.Client.Status.InFlight);
            Assert.Equal((int)tag - 1, publishes.Count(p => p.IsCompleted));
            await bench.Broker.SendAsync(Ack(1, tag + 2, multiple: true));
            await Task.WhenAll(publishes.Take((int)tag + 2));
        }
        Assert.All(await Task.WhenAll(publishes), r => Assert.Equal(AmqpPublishStatus.Confirmed, r.Status));
    }

    [Fact]
    public async Task Blocked_AnswersWhatWaits_AndSaysSoUntilItIsOver()
    {
        await using var bench = await Bench.StartAsync(o => o with { MaximumInFlight = 1 });
        var states = new ConcurrentQueue<AmqpState>();
        bench.Client.StatusChanged += s => states.Enqueue(s.State);
        var publishes = bench.PublishMany(4);
        await bench.Broker.ExpectPublishAsync();

        await bench.Broker.SendAsync(Blocked("low on disk"));
        await Eventually.TrueAsync(() => publishes.Count(p => p.IsCompleted) >= 2, "what waits to be answered");
        Assert.Equal("low on disk", bench.Client.Status.BlockedReason);
        Assert.False(publishes[0].IsCompleted);
        await bench.Broker.SendAsync([.. Ack(1, 1), .. Unblocked]);

        Assert.Equal([AmqpPublishStatus.Confirmed, AmqpPublishStatus.Blocked, AmqpPublishStatus.Blocked, AmqpPublishStatus.Blocked], (await Task.WhenAll(publishes)).Select(r => r.Status));
        await Eventually.TrueAsync(() => bench.Client.IsReady, "the client to be ready again");
        Assert.Equal([AmqpState.Blocked, AmqpState.Connected], states);
        Assert.Null(bench.Client.Status.BlockedReason);
    }

    [Theory, InlineData(0, 0u), InlineData(0, 4096u), InlineData(2, 131_072u), InlineData(1, 0u)]
    public async Task Tune_WithUnusualLimits_IsKeptTo(int channelMax, uint frameMax)
    {
        await using var bench = await Bench.StartAsync(tune: Tune((ushort)channelMax, frameMax));
        var body = new byte[100_000];
        Random.Shared.NextBytes(body);

        var publish = bench.Client.PublishAsync(AmqpClients.Message("x", "k", "0", body), CancellationToken.None);
        var (channel, _, seen) = await bench.Broker.ExpectPublishAsync();
        Assert.Equal(body, seen);
        // Only now: a channel that it asks for might else come before the first one's frames, and be passed over
        var other = bench.Client.PublishAsync(AmqpClients.Message("another exchange", "k", "1"), CancellationToken.None);
        await bench.Broker.SendAsync(Ack(channel, 1));
        if (channelMax == 0) await bench.Broker.SendAsync(Ack(await bench.Broker.OpenChannelAsync(), 0)); // ends it; the point was that it asks for a channel of its own
        else
        {
            await bench.Broker.ExpectPublishAsync();
            await bench.Broker.SendAsync(Ack(1, 2));
            Assert.Equal(AmqpPublishStatus.Confirmed, (await other).Status);
        }

        Assert.Equal(AmqpPublishStatus.Confirmed, (await publish).Status);
        if (channelMax != 1) return;
        var none = await bench.Client.RunAsync((_, _) => Task.CompletedTask, CancellationToken.None);
        Assert.Equal(AmqpOperationStatus.Refused, none.Status);
        Assert.Contains("no more channels", none.ReplyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_ThatGetNoAnswer_TimeOut_AndEndWithTheConnection()
    {
        await using var bench = await Bench.StartAsync(o => o with { OperationTimeout = TimeSpan.FromMilliseconds(300) });

        Assert.Equal(AmqpOperationStatus.TimedOut, (await bench.Client.RunAsync((_, _) => Task.CompletedTask, CancellationToken.None)).Status);
        using var cancel = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Client.RunAsync((_, _) => Task.CompletedTask, cancel.Token));
        await bench.Broker.ExpectAsync("20.10");
        await bench.Broker.SendAsync(ChannelOpenOk((await bench.Broker.ExpectAsync("20.10")).Channel)); // too late for both
        var running = bench.Client.RunAsync((_, _) => Task.CompletedTask, CancellationToken.None);
        bench.Broker.Raw.Reset();

        Assert.Equal(AmqpOperationStatus.ConnectionLost, (await running).Status);
    }

    [Fact]
    public async Task Stop_WithoutConfirms_EndsWithinItsTime()
    {
        await using var bench = await Bench.StartAsync(o => o with { StopTimeout = TimeSpan.FromMilliseconds(500) });
        var publishes = bench.PublishMany(3);
        for (var i = 0; i < 3; i++) await bench.Broker.ExpectPublishAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var stopping = bench.Client.StopAsync(CancellationToken.None);
        await bench.Broker.ExpectAsync("10.50"); // connection.close, which is not answered
        await stopping;

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(2000));
        Assert.All(await Task.WhenAll(publishes), r => Assert.Equal(AmqpPublishStatus.Stopped, r.Status));
    }

    [Fact]
    public async Task CallsThatAreGivenUp_BehindAFullWindow_AreNeverSent()
    {
        await using var bench = await Bench.StartAsync(o => o with { MaximumInFlight = 1 });
        var first = bench.PublishMany(1)[0];
        await bench.Broker.ExpectPublishAsync();
        using var cancel = new CancellationTokenSource();
        var given = Enumerable.Range(0, 5000).Select(i => bench.Client.PublishAsync(AmqpClients.Message("x", "k", $"up {i}"), cancel.Token)).ToList();
        await cancel.CancelAsync();
        foreach (var publish in given) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish);
        var last = bench.PublishMany(1, first: 1)[0];

        await bench.Broker.SendAsync(Ack(1, 1));

        Assert.Equal("1", await bench.NextBodyAsync());
        await bench.Broker.SendAsync(Ack(1, 2));
        Assert.Equal(AmqpPublishStatus.Confirmed, (await first).Status);
        Assert.Equal(AmqpPublishStatus.Confirmed, (await last).Status);
    }

    /// <summary>A client that is connected, and the broker's end of its connection.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly RawServer _server;
        private readonly TaskCompletionSource _over;
        private readonly Dictionary<ushort, int> _sent = [];

        private Bench(RawServer server, FakeAmqpConnection broker, AmqpClient client, TaskCompletionSource over) => (_server, Broker, Client, _over) = (server, broker, client, over);

        public FakeAmqpConnection Broker { get; }

        public AmqpClient Client { get; }

        public static async Task<Bench> StartAsync(Func<AmqpClientOptions, AmqpClientOptions>? change = null, byte[]? tune = null)
        {
            var (accepted, over) = (Channel.CreateUnbounded<FakeAmqpConnection>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var server = FakeAmqpConnection.Listen(async connection =>
            {
                connection.TuneFrame = tune ?? Tune();
                await connection.PlayAsync(FakeAmqpStage.Connected);
                await accepted.Writer.WriteAsync(connection);
                await over.Task;
            });
            var options = AmqpClients.Options(server.Port);
            var client = await AmqpClients.ConnectAsync(change?.Invoke(options) ?? options);
            return new(server, await accepted.Reader.ReadAsync(), client, over);
        }

        /// <summary>To the exchange x, with the routing keys k0, k1, …; key and body are the number.</summary>
        public List<Task<AmqpPublishResult>> PublishMany(int count, int first = 0)
            => [.. Enumerable.Range(first, count).Select(i => Client.PublishAsync(AmqpClients.Message("x", $"k{i}", i.ToString(CultureInfo.InvariantCulture)), CancellationToken.None))];

        /// <summary>Reads one publish.</summary>
        public async Task<string> NextBodyAsync()
        {
            var (channel, _, body) = await Broker.ExpectPublishAsync();
            _sent[channel] = SentOn(channel) + 1;
            return System.Text.Encoding.UTF8.GetString(body);
        }

        public void ForgetSent(ushort channel) => _sent.Remove(channel);

        public int SentOn(ushort channel) => _sent.GetValueOrDefault(channel);

        public async ValueTask DisposeAsync()
        {
            _over.TrySetResult();
            await Client.DisposeAsync();
            await _server.DisposeAsync();
        }
    }
}
