using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section H: when and how it comes back.</summary>
public sealed class ReconnectingTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, InlineData(true), InlineData(false)]
    [Trait("mqtt", "Project: back-off")]
    public async Task Broker_ThatAcceptsAndCloses_SeesFewConnectionsInAMinute(bool afterConnack)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { Reconnect = new() }, time);
        var end = time.GetUtcNow() + TimeSpan.FromSeconds(60);
        var connections = 0;
        var waits = new List<TimeSpan>();
        while (time.GetUtcNow() < end)
        {
            var connection = await bench.AcceptAsync();
            connections++;
            if (afterConnack) await connection.SendAsync(Connack(5));
            connection.Close();
            await Eventually.TrueAsync(() => bench.Client.Status is { State: MqttState.Waiting, NextTry: not null }, "the client to wait");
            waits.Add(bench.Client.Status.NextTry!.Value - time.GetUtcNow());
            time.Advance(waits[^1]);
        }

        Assert.InRange(connections, 3, 12);
        Assert.All(waits, w => Assert.True(w <= TimeSpan.FromSeconds(60 * 1.3)));
        Assert.True(waits[^1] > waits[0] * 4, $"The waits do not grow: {string.Join(", ", waits)}");
    }

    [Fact]
    [Trait("mqtt", "Project: back-off")]
    public async Task Connection_ThatLivedLong_StartsTheWaitsAnew()
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { Reconnect = new() { Jitter = 0 }, KeepAliveSeconds = 0 }, time);
        for (var i = 0; i < 5; i++) await LoseAsync(TimeSpan.Zero);
        var grown = await LoseAsync(TimeSpan.Zero);
        var afterShort = await LoseAsync(TimeSpan.FromSeconds(29));
        var afterLong = await LoseAsync(TimeSpan.FromSeconds(31));

        Assert.True(grown > TimeSpan.FromSeconds(4), $"{grown}");
        Assert.True(afterShort >= grown, $"{afterShort}");
        Assert.Equal(TimeSpan.FromSeconds(0.5), afterLong);

        async Task<TimeSpan> LoseAsync(TimeSpan after)
        {
            var connection = await bench.ConnectAsync();
            time.Advance(after);
            connection.Reset();
            await Eventually.TrueAsync(() => bench.Client.Status is { State: MqttState.Waiting, NextTry: not null }, "the client to wait");
            var wait = bench.Client.Status.NextTry!.Value - time.GetUtcNow();
            time.Advance(wait);
            return wait;
        }
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: subscriptions again")]
    public async Task Subscriptions_AreMadeAgainOnlyWhenTheSessionWasLost(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { CleanStart = false, SessionExpirySeconds = 3600, Subscriptions = [new() { Filter = "fixed", Qos = MqttQos.AtLeastOnce }] });
        var connection = await bench.ConnectAsync();
        await AnswerSubscribeAsync(connection);
        var granted = bench.SubscribeAsync("granted");
        await AnswerSubscribeAsync(connection);
        var refused = bench.SubscribeAsync("refused");
        await connection.SendAsync(Suback((int)version, (await connection.ExpectAsync(MqttType.Subscribe)).Id, 0x80));
        await Task.WhenAll(granted, refused);

        await bench.CutAsync(connection);
        var kept = await bench.ConnectAsync(sessionPresent: true);
        Assert.Equal(AliveState.Alive, await kept.CheckAliveAsync(Eventually.Limit));
        Assert.DoesNotContain(kept.Packets, p => p.Type == MqttType.Subscribe);

        await bench.CutAsync(kept);
        var lost = await bench.ConnectAsync(sessionPresent: false);
        var filters = new List<string>();
        while (filters.Count < 2) filters.AddRange(await AnswerSubscribeAsync(lost));
        Assert.Equal(["fixed", "granted"], filters.Order());
        Assert.Equal(AliveState.Alive, await lost.CheckAliveAsync(Eventually.Limit));
        Assert.Equal(2, lost.Packets.Where(p => p.Type == MqttType.Subscribe).Sum(p => p.Filters.Count));

        async Task<IEnumerable<string>> AnswerSubscribeAsync(FakeMqttConnection to)
        {
            var packet = await to.ExpectAsync(MqttType.Subscribe);
            await to.SendAsync(Suback((int)version, packet.Id, [.. packet.Filters.Select(f => (byte)(f.Options & 3))]));
            return packet.Filters.Select(f => f.Filter);
        }
    }

    [Theory]
    [InlineData(0x8E), InlineData(0x87), InlineData(0x8B), InlineData(0x97), InlineData(0x9F), InlineData(0x00), InlineData(0x80), InlineData(0x81), InlineData(0x89), InlineData(0x8D), InlineData(0x93), InlineData(0x95), InlineData(0x96), InlineData(0x98), InlineData(0xA0)]
    [Trait("mqtt", "Table 3-10")]
    public async Task Disconnect_OfTheServer_ReachesTheCallerAndSetsTheWait(byte code)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { Reconnect = new() { Jitter = 0 } }, time);
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(MqttRow.Packet("E0", $"{code:X2} 06 1F 0003 'bye'"));
        await connection.ExpectClosedAsync();
        await Eventually.TrueAsync(() => bench.Client.Status.State == MqttState.Waiting, "the client to wait");

        var status = bench.Client.Status;
        Assert.Equal(code, (byte)status.LastFailure!.Reason!);
        Assert.Contains("bye", status.LastFailure.Sentence, StringComparison.Ordinal);
        var wait = status.NextTry!.Value - time.GetUtcNow();
        if (code is 0x87) Assert.True(wait >= TimeSpan.FromSeconds(15), $"{wait}");
        if (code is 0x8E or 0x97 or 0x9F or 0x96 or 0x89) Assert.True(wait >= TimeSpan.FromSeconds(5), $"{wait}");
        Assert.Single(connection.Packets); // no DISCONNECT as an answer to one
    }

    [Theory, InlineData("E0 07 00 05 11 00000001"), InlineData("E0 00"), InlineData("E0 01 00")]
    [Trait("mqtt", "MQTT-3.14.2-2")]
    public async Task Disconnect_WithSessionExpiryOrShort_EndsTheConnection(string bytes)
    {
        // The session expiry is ignored: the connection ends either way
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(bytes);

        await connection.ExpectClosedAsync();
        await bench.ConnectAsync();
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.2.2-7")]
    public async Task Automatic_Version5Refused_FallsBackTo311()
    {
        foreach (var refusal in new byte[][] { Connack(5, code: 0x84), Connack(4, code: 1), [] })
        {
            await using var bench = MqttClientBench.Make(MqttVersion.V311, o => o with { Version = MqttVersionChoice.Automatic });
            bench.Client.Start();
            var first = await bench.AcceptAsync();
            Assert.Equal(5, first.Version);
            await first.SendAsync(refusal);
            first.Close();
            var second = await bench.ConnectAsync();

            Assert.Equal(4, second.Version);
            Assert.Equal(MqttVersion.V311, bench.Client.Status.Version);
        }
    }
}
