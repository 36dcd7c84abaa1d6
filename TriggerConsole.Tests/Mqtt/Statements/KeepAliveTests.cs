using System.Diagnostics;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section J: keep alive.</summary>
[Collection(nameof(Alone))]
public sealed class KeepAliveTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.2-20")]
    public async Task Idle_OnTheRealClock_PingsWithinEachInterval(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = 1 });
        var connection = await bench.ConnectAsync();
        for (var i = 0; i < 4; i++)
        {
            // Traffic from the broker is none of the client's own
            await connection.SendAsync(Publish((int)version, "a"));
            await connection.ExpectAsync(MqttType.Pingreq);
            await connection.SendAsync("D0 00");
        }
        var packets = connection.Packets;
        var gaps = Enumerable.Range(1, packets.Count - 1).Select(i => packets[i].Since(packets[i - 1].At)).Order().ToList();
        gaps.RemoveAt(gaps.Count - 1); // the machine may pause once, the client may not
        Assert.All(gaps, gap => Assert.InRange(gap, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1.1)));
    }

    [Theory, InlineData(MqttVersion.V311, 1), InlineData(MqttVersion.V5, 2), InlineData(MqttVersion.V5, 5), InlineData(MqttVersion.V311, 60)]
    [Trait("mqtt", "MQTT-3.1.2-20")]
    public async Task Idle_ForManyIntervals_NeverIsSilentForLonger(MqttVersion version, ushort seconds)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = seconds }, time);
        var connection = await bench.ConnectAsync();
        Assert.Equal(seconds, connection.Packets[0].KeepAlive);
        for (var i = 1; i <= 10; i++)
        {
            // Not a whole interval in one jump: a PINGREQ early in it would be waiting for its answer for too long by the end
            time.Advance(TimeSpan.FromSeconds(seconds * 0.75));
            await connection.ExpectAsync(MqttType.Pingreq);
            await connection.SendAsync(Parse("D0 00"), Publish((int)version, "a"));
            await Eventually.TrueAsync(() => bench.Received.Count == i, "PINGRESP, and the message behind it, to be read");
        }
        Assert.Equal(MqttState.Connected, bench.Client.Status.State);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "3.1.2.10 No PINGRESP")]
    public async Task Pingreq_Swallowed_ClosesWithinOneAndAHalfIntervals(MqttVersion version)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = 10, Reconnect = MqttClientBench.Never }, time);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
        await connection.ExpectAsync(MqttType.Publish);
        var start = time.GetUtcNow();

        while (!connection.Packets.Any(p => p.Type == MqttType.Pingreq)) await StepAsync(TimeSpan.FromSeconds(10));
        var pinged = time.GetUtcNow();
        while (!connection.Closed.IsCompleted) await StepAsync(TimeSpan.FromSeconds(25));

        Assert.True(pinged - start <= TimeSpan.FromSeconds(10.5), $"{pinged - start}");
        Assert.True(time.GetUtcNow() - pinged <= TimeSpan.FromSeconds(15.5), $"{time.GetUtcNow() - pinged}");
        Assert.Equal(MqttPublishStatus.ConnectionLost, (await publish.WaitAsync(Eventually.Limit)).Status);
        Assert.Equal(MqttConnectFault.ConnectionLost, bench.Client.Status.LastFailure!.Fault);

        async Task StepAsync(TimeSpan most)
        {
            Assert.True(time.GetUtcNow() - start < most + TimeSpan.FromSeconds(5), "Nothing happened.");
            time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(20); // the client acts on the new time in threads of its own
        }
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "3.1.2.10 No PINGRESP")]
    public async Task KeepAlive_0_NeverPings(MqttVersion version)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = 0 }, time);
        var connection = await bench.ConnectAsync();

        time.Advance(TimeSpan.FromDays(2));

        await connection.AssertNothingAsync(100);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.1.2-21"), Trait("mqtt", "MQTT-3.2.2-21")]
    public async Task ServerKeepAlive_OfTwo_ReplacesTheOwn()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { KeepAliveSeconds = 600 });
        var connection = await bench.ConnectAsync("13 0002");
        var connected = Stopwatch.GetTimestamp();

        var ping = await connection.ExpectAsync(MqttType.Pingreq);

        Assert.True(ping.Since(connected) <= TimeSpan.FromSeconds(2.1), $"{ping.Since(connected)}");
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.1.2-21"), Trait("mqtt", "MQTT-3.2.2-21")]
    public async Task ServerKeepAlive_OfZero_SwitchesOff()
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { KeepAliveSeconds = 5 }, time);
        var connection = await bench.ConnectAsync("13 0000");

        time.Advance(TimeSpan.FromHours(1));

        await connection.AssertNothingAsync(200);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
    }

    [Theory, InlineData(1), InlineData(-1)]
    [Trait("mqtt", "Project: monotonic timers")]
    public async Task WallClock_Jumps_NothingHappens(int hours)
    {
        var time = new JumpingClock();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { KeepAliveSeconds = 60 }, time);
        var connection = await bench.ConnectAsync();

        time.Jump(TimeSpan.FromHours(hours));

        await connection.AssertNothingAsync(300);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.DoesNotContain(connection.Packets, p => p.Type == MqttType.Pingreq);
        Assert.Equal(MqttState.Connected, bench.Client.Status.State);
    }

    /// <summary>The real clock, whose date somebody sets.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private TimeSpan _jump;

        public void Jump(TimeSpan by) => _jump = by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _jump;
    }
}
