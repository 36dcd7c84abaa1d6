using System.Diagnostics;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section K: the orderly end. What a server's DISCONNECT brings is in <see cref="ReconnectingTests"/>.</summary>
public sealed class DisconnectingTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.14.4-1"), Trait("mqtt", "MQTT-3.14.4-2"), Trait("mqtt", "MQTT-3.14.2-1"), Trait("mqtt", "MQTT-3.14.1-1")]
    public async Task Stop_WhilePublishing_SendsNothingAfterDisconnect(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { Close = new() { Topic = "closing", Payload = "bye"u8.ToArray() } });
        var connection = await bench.ConnectAsync();
        using var until = new CancellationTokenSource();
        var publishing = Task.Run(async () =>
        {
            while (!until.IsCancellationRequested) await bench.PublishAsync(MqttQos.AtMostOnce, "during");
        });
        await connection.ExpectAsync(MqttType.Publish);

        await bench.Client.StopAsync(CancellationToken.None);
        await connection.ExpectClosedAsync();
        await until.CancelAsync();
        await publishing;

        var last = connection.Packets[^1];
        Assert.Equal((MqttType.Disconnect, 0, 0), (last.Type, last.Flags, last.Reason));
        Assert.Contains(connection.Packets, p => p.Topic == "closing");
        Assert.Single(connection.Packets, p => p.Type == MqttType.Disconnect);
        Assert.Equal(MqttPublishStatus.Stopped, (await bench.PublishAsync(MqttQos.AtMostOnce)).Status);
        Assert.Equal(MqttState.Stopped, bench.Client.Status.State);
        Assert.Equal(1, bench.Broker.Connections);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.14.4-2")]
    public async Task Stop_WithPublishesInFlight_WaitsForThemWithinItsLimit(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { StopTimeout = TimeSpan.FromMilliseconds(600) });
        var connection = await bench.ConnectAsync();
        var answered = bench.PublishAsync(MqttQos.AtLeastOnce);
        var silent = bench.PublishAsync(MqttQos.ExactlyOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish, 2);
        var watch = Stopwatch.StartNew();

        var stop = bench.Client.StopAsync(CancellationToken.None);
        await connection.SendAsync(Answer(MqttType.Puback, sent[0].Id));
        await stop;

        Assert.Equal(MqttPublishStatus.Acknowledged, (await answered).Status);
        Assert.Equal(MqttPublishStatus.Stopped, (await silent.WaitAsync(Eventually.Limit)).Status);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
        await connection.ExpectClosedAsync();
    }

    [Fact]
    [Trait("mqtt", "3.14.2.2.2 Session Expiry")]
    public async Task Stop_Disconnect_DoesNotRaiseTheSessionExpiry()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();

        await bench.Client.StopAsync(CancellationToken.None);

        var disconnect = (await connection.ExpectClosedAsync())!;
        Assert.DoesNotContain(disconnect.Properties, p => p.Id == 0x11 && p.Value.Any(b => b != 0));
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.14.4-1")]
    public async Task Dispose_WithoutStop_EndsEverything(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
        await connection.ExpectAsync(MqttType.Publish);

        await bench.Client.DisposeAsync();

        Assert.Contains((await publish.WaitAsync(Eventually.Limit)).Status, new[] { MqttPublishStatus.Stopped, MqttPublishStatus.ConnectionLost });
        await connection.ExpectClosedAsync();
    }
}
