using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Mqtt.Statements;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Sessions;

/// <summary>A session that an earlier process left at the broker, which the caller goes on with (clean start off).</summary>
public sealed class ForeignSessionTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Publish_IdentifierMayBeHalfUsed_IsReleasedBeforeItsFirstUse(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { CleanStart = false, SessionExpirySeconds = 300, MaximumInFlight = 1 });
        var connection = await bench.ConnectAsync(sessionPresent: true);
        var publish = bench.PublishAsync(MqttQos.ExactlyOnce);

        var release = await connection.ExpectAsync(MqttType.Pubrel);
        var first = await connection.ExpectAsync(MqttType.Publish);
        Assert.Equal(first.Id, release.Id);
        await connection.SendAsync(version == MqttVersion.V5 ? "70 03 {pid} 92" : "70 02 {pid}", first.Id);
        await connection.SendAsync("50 02 {pid}", first.Id);
        await connection.ExpectAsync(MqttType.Pubrel);
        Assert.False(publish.IsCompleted);
        await connection.SendAsync("70 02 {pid}", first.Id);

        Assert.Equal(MqttPublishStatus.Acknowledged, (await publish).Status);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Publish_OwnSession_ReleasesNothing(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { CleanStart = false, SessionExpirySeconds = 300 });
        var connection = await bench.ConnectAsync(sessionPresent: false);
        _ = bench.PublishAsync(MqttQos.ExactlyOnce);

        await connection.ExpectAsync(MqttType.Publish);
        await bench.CutAsync(connection);
        connection = await bench.ConnectAsync(sessionPresent: true);

        Assert.True((await connection.ExpectAsync(MqttType.Publish)).Duplicate);
    }
}
