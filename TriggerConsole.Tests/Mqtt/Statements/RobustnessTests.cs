using System.Diagnostics;
using System.Net.Sockets;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section M: what the standard does not say, and a network does.</summary>
[Collection(nameof(Alone))]
public sealed class RobustnessTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.2-24")]
    public async Task AnnouncedSize_AboveTheLimit_ClosesBeforeMemoryIsTaken(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { Reconnect = MqttClientBench.Never });
        var connection = await bench.ConnectAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();

        await connection.SendAsync("30 FF FF FF 7F");

        var disconnect = await connection.ExpectClosedAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{watch.Elapsed}");
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1024 * 1024);
        if (version == MqttVersion.V5) Assert.Equal(0x95, disconnect!.Reason);
    }

    [Theory, InlineData(MqttVersion.V311, true), InlineData(MqttVersion.V5, true), InlineData(MqttVersion.V5, false)]
    [Trait("mqtt", "MQTT-4.13.2-1")]
    public async Task Nonsense_ClosesWithinASecond(MqttVersion version, bool brokerCloses)
    {
        var fastest = TimeSpan.MaxValue; // of three: a machine may pause for a second, a client may not
        for (var i = 0; i < 3; i++)
        {
            await using var bench = MqttClientBench.Start(version, o => o with { Reconnect = MqttClientBench.Never });
            var connection = await bench.ConnectAsync();
            connection.KeepsOpen = !brokerCloses;
            var start = Stopwatch.GetTimestamp();

            await connection.SendAsync("00 00");
            await connection.ExpectClosedAsync();

            var took = Stopwatch.GetElapsedTime(start, connection.ClosedAt);
            if (took < fastest) fastest = took;
        }
        Assert.True(fastest < TimeSpan.FromSeconds(1), $"{fastest}");
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.2-24")]
    public async Task PacketSize_OfTheLimit_IsTakenAndOneMoreIsNot(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { MaximumPacketSize = 1024, Reconnect = MqttClientBench.Never });
        var connection = await bench.ConnectAsync();
        var overhead = 3 + 2 + 1 + 2 + (version == MqttVersion.V5 ? 1 : 0);
        var fitting = Publish((int)version, "a", new byte[1024 - overhead], 1, 1);
        Assert.Equal(1024, fitting.Length);

        await connection.SendAsync(fitting);
        await connection.ExpectAsync(MqttType.Puback);
        await connection.SendAsync(Publish((int)version, "a", new byte[1024 - overhead + 1], 1, 1));

        var disconnect = await connection.ExpectClosedAsync();
        if (version == MqttVersion.V5) Assert.Equal(0x95, disconnect!.Reason);
        Assert.Single(bench.Received);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: bytewise arrival")]
    public async Task Bytes_OneByOne_AreAccepted(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.AcceptAsync();

        await connection.SendSlowAsync(Connack((int)version), TimeSpan.FromMilliseconds(20));
        await connection.SendSlowAsync(Publish((int)version, "a", "slow", 1, 7), TimeSpan.FromMilliseconds(20));

        await connection.ExpectAsync(MqttType.Puback, p => p.Id == 7);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: bytewise arrival")]
    public async Task Packet_SlowerThanTheDeadline_Closes(MqttVersion version)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = 0, Reconnect = MqttClientBench.Never, PacketDeadline = TimeSpan.FromSeconds(30) }, time);
        var connection = await bench.ConnectAsync();
        var publish = Publish((int)version, "a", new string('x', 100), 1, 7);

        // A byte each second keeps no deadline from running
        var sent = 0;
        while (sent < publish.Length - 1 && !connection.Closed.IsCompleted)
        {
            await connection.SendAsync([[publish[sent++]]]);
            await Task.WhenAny(connection.Closed, Task.Delay(20)); // until the client has read it
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await connection.ExpectClosedAsync();
        Assert.InRange(sent, 25, 45);
        Assert.Empty(bench.Received);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: many small packets")]
    public async Task ManyPackets_InOneSegment_AreAllHandled(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { ReceiveMaximum = 65535 });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync([.. Enumerable.Range(1, 2000).Select(i => Publish((int)version, "a", $"{i}", 1, (ushort)i))]);

        Assert.Equal(Enumerable.Range(1, 2000), (await connection.ExpectAsync(MqttType.Puback, 2000)).Select(p => (int)p.Id));
        Assert.Equal(2000, bench.Received.Count);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: many small packets")]
    public async Task Handler_ThatHangs_StopsTheReadingAndNotTheMemory(MqttVersion version)
    {
        var go = new TaskCompletionSource();
        var handled = 0;
        await using var bench = MqttClientBench.Start(version, o => o with
        {
            OnMessage = async (_, token) =>
            {
                await go.Task.WaitAsync(token);
                handled++;
            },
        });
        var connection = await bench.ConnectAsync();
        const int Count = 64;
        var packet = Publish((int)version, "a", new byte[512 * 1024]);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // 32 MiB at QoS 0: more than the sockets hold, so the writer stands still as soon as the client reads no more
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < Count; sent++) await connection.SendAsync(packet);
        });
        var seen = -1;
        while (seen != sent)
        {
            seen = sent;
            await Task.WhenAny(sending, Task.Delay(300));
        }
        Assert.False(sending.IsCompleted, "All of it was read.");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * 1024 * 1024);
        go.SetResult();
        await sending;
        await Eventually.TrueAsync(() => handled == Count, "all messages");
    }

    [Fact]
    [Trait("mqtt", "Project: silent server")]
    public async Task Connect_ToASilentServer_EndsWithinItsTime()
    {
        using var certificates = new TestCertificates();
        foreach (var setup in new FakeMqttSetup[] { new() { Silent = true }, new() { Silent = true, Certificate = certificates.Make() }, new() { Silent = true, WebSocket = true }, new() })
        {
            await using var bench = MqttClientBench.Make(MqttVersion.V5, o => o with { ConnectTimeout = TimeSpan.FromMilliseconds(500) }, setup: setup); // the last one: CONNECT is read and not answered
            var watch = Stopwatch.StartNew();

            var failure = await bench.Client.ConnectAsync(CancellationToken.None);

            Assert.Equal(MqttConnectFault.Timeout, failure!.Fault);
            Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(450), TimeSpan.FromMilliseconds(1500));
            Assert.Equal(1, bench.Broker.Connections);
        }
    }

    [Fact]
    [Trait("mqtt", "Project: silent server")]
    public async Task Connect_ThatIsNotAccepted_EndsWithinItsTime()
    {
        // A full backlog: the next SYN is not answered
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        var address = (System.Net.IPEndPoint)listener.LocalEndPoint!;
        var fill = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var socket in fill) _ = socket.ConnectAsync(address);
        await using var client = new MqttClient(new() { Endpoint = new(MqttTransport.Tcp, "127.0.0.1", address.Port), ConnectTimeout = TimeSpan.FromMilliseconds(700) }, TimeProvider.System, new RecordingLogger());
        var watch = Stopwatch.StartNew();

        var failure = await client.ConnectAsync(CancellationToken.None);

        Assert.Equal(MqttConnectFault.Timeout, failure!.Fault);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(600), TimeSpan.FromMilliseconds(1700));
        foreach (var socket in fill) socket.Dispose();
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: server that stops reading")]
    public async Task Server_ThatStopsReading_EndsThePublishesWithinTheDeadlineInBoundedMemory(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { PacketDeadline = TimeSpan.FromSeconds(1), KeepAliveSeconds = 0, Reconnect = MqttClientBench.Never, MaximumInFlight = 65535 });
        var connection = await bench.ConnectAsync();
        connection.StopReading();
        var message = new MqttMessage { Topic = "t", Payload = new byte[64 * 1024], Qos = MqttQos.AtMostOnce }; // one array for all of them
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var publishes = Enumerable.Range(0, 1000).Select(_ => bench.PublishAsync(message)).ToList(); // 64 MiB
        await Eventually.TrueAsync(() => publishes.Any(p => p.IsCompleted), "some to go out"); // into the sockets' buffers
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;
        var ends = await Task.WhenAll(publishes).WaitAsync(Eventually.Limit);

        Assert.Contains(ends, r => r.Status == MqttPublishStatus.ConnectionLost || r.Status == MqttPublishStatus.NotConnected);
        Assert.InRange(used, long.MinValue, 4 * 1024 * 1024);
        connection.ReadAgain();
    }

    [Theory]
    [InlineData("'HTTP/1.1 400 Bad Request' 0D0A0D0A", "HTTP/1.1 400"), InlineData("'SSH-2.0-OpenSSH_9.2p1' 0D0A", "SSH-2.0"), InlineData("15 03 01 00 02 02 46", null), InlineData("'220 mail ESMTP' 0D0A", "220 mail")]
    [Trait("mqtt", "Project: not an MQTT server")]
    public async Task Server_ThatIsNoBroker_IsNamedByItsFirstBytes(string bytes, string? shown)
    {
        await using var bench = MqttClientBench.Make(MqttVersion.V5, o => o with { Version = MqttVersionChoice.V5 });
        var connect = bench.Client.ConnectAsync(CancellationToken.None);
        var connection = await bench.AcceptAsync();
        await connection.SendAsync(bytes);

        var failure = await connect;

        Assert.Equal(MqttConnectFault.NotMqtt, failure!.Fault);
        if (shown is not null) Assert.Contains(shown, failure.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Sentence, char.IsControl);
        await connection.ExpectClosedAsync();
        Assert.Equal(1, bench.Broker.Connections);
    }

    [Theory, InlineData(300)]
    [Trait("mqtt", "Project: leaks")]
    public async Task ConnectAndDisconnect_ManyTimes_LeavesNothingBehind(int times) => await LeakAsync(times);

    [Campaign]
    public Task ConnectAndDisconnect_TenThousandTimes_LeavesNothingBehind() => LeakAsync(10_000);

    private static async Task LeakAsync(int times)
    {
        await using var broker = FakeMqttBroker.Start();
        for (var i = 0; i < 50; i++) await CycleAsync(i);
        await SettleAsync();
        var (sockets, memory, timers) = (OpenFiles(), GC.GetTotalMemory(true), Timer.ActiveCount);

        for (var i = 0; i < times; i++) await CycleAsync(i);

        await SettleAsync();
        await Eventually.TrueAsync(() => OpenFiles() <= sockets * 1.05 + 2, "the sockets to close");
        Assert.InRange(Timer.ActiveCount, 0, timers + 5);
        // Less than a hundred bytes for each: no part of a client or a connection is as small as that
        Assert.InRange(GC.GetTotalMemory(true) - memory, long.MinValue, Math.Max(512 * 1024, times * 100));

        async Task CycleAsync(int i)
        {
            var version = i % 2 == 0 ? MqttVersionChoice.V5 : MqttVersionChoice.V311;
            await using var client = new MqttClient(new() { Endpoint = new(MqttTransport.Tcp, "127.0.0.1", broker.Port), Version = version }, TimeProvider.System, new RecordingLogger());
            var connect = client.ConnectAsync(CancellationToken.None);
            using var connection = await broker.AcceptAsync();
            await connection.ExpectAsync(MqttType.Connect);
            await connection.SendAsync(Connack(connection.Version));
            Assert.Null(await connect);
            var publish = client.PublishAsync(new() { Topic = "t", Qos = MqttQos.AtLeastOnce }, CancellationToken.None);
            await connection.SendAsync(Answer(MqttType.Puback, (await connection.ExpectAsync(MqttType.Publish)).Id));
            await publish;
            if (i % 3 == 0) connection.Reset();
            else await client.StopAsync(CancellationToken.None);
            broker.Forget(connection);
        }

        static async Task SettleAsync()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Delay(50);
            }
        }

        static int OpenFiles() => Directory.GetFiles("/proc/self/fd").Length;
    }
}
