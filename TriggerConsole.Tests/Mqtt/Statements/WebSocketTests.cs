using System.Net.WebSockets;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section L: MQTT in WebSocket frames.</summary>
public sealed class WebSocketTests
{
    private static readonly FakeMqttSetup s_setup = new() { WebSocket = true };

    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-6.0.0-1")]
    public async Task TextFrame_FromTheServer_Closes(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { Reconnect = MqttClientBench.Never }, setup: s_setup);
        var connection = await bench.ConnectAsync();

        await connection.WebSocket.SendAsync(Publish((int)version, "a"), WebSocketMessageType.Text, true, CancellationToken.None);

        await connection.ExpectClosedAsync();
        Assert.Empty(bench.Received);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-6.0.0-2")]
    public async Task Packets_AreNotAlignedWithFrames(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, setup: s_setup);
        var connection = await bench.ConnectAsync();
        var one = Publish((int)version, "topic", "ten", 1, 1);

        for (var i = 0; i < 10; i++) // one packet in ten messages, some of several frames, some empty
        {
            var (from, to) = (i * one.Length / 10, (i + 1) * one.Length / 10);
            await connection.WebSocket.SendAsync(one.AsMemory(from..to), WebSocketMessageType.Binary, i % 3 != 0 || i == 9, CancellationToken.None);
        }
        await connection.ExpectAsync(MqttType.Puback, p => p.Id == 1);
        await connection.SendAsync([.. Enumerable.Range(2, 10).Select(i => Publish((int)version, "topic", $"{i}", 1, (ushort)i))]); // ten packets in one

        Assert.Equal(Enumerable.Range(2, 10), (await connection.ExpectAsync(MqttType.Puback, 10)).Select(p => (int)p.Id));
        Assert.Equal(11, bench.Received.Count);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-6.0.0-3"), Trait("mqtt", "MQTT-6.0.0-4")]
    public async Task Handshake_OffersMqttAtThePath(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { Endpoint = o.Endpoint with { Path = "/some/path?x=1" } }, setup: s_setup);
        await bench.ConnectAsync();

        Assert.StartsWith("GET /some/path?x=1 HTTP/1.1", bench.Broker.Handshake, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Protocol: mqtt\r\n", bench.Broker.Handshake, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, InlineData(null), InlineData("mqttv3.1"), InlineData("chat")]
    [Trait("mqtt", "MQTT-6.0.0-4")]
    public async Task SubProtocol_OtherThanMqtt_IsRefused(string? subProtocol)
    {
        await using var bench = MqttClientBench.Make(MqttVersion.V5, o => o with { Username = "u", Password = "p"u8.ToArray() }, setup: s_setup with { SubProtocol = subProtocol });

        var failure = await bench.Client.ConnectAsync(CancellationToken.None);

        Assert.Equal(MqttConnectFault.WebSocket, failure!.Fault);
        var connection = await bench.Broker.AcceptAsync();
        await connection.ExpectClosedAsync();
        Assert.Empty(connection.Packets); // the password has not left
    }

    [Theory, InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), InlineData("HTTP/1.1 200 OK\r\n\r\nhello"), InlineData("HTTP/1.1 301 Moved\r\nLocation: http://169.254.169.254/\r\n\r\n")]
    [Trait("mqtt", "MQTT-6.0.0-4")]
    public async Task Handshake_Refused_IsToldWithItsStatus(string answer)
    {
        await using var server = RawServer.Answering(answer);
        await using var client = new MqttClient(new() { Endpoint = new(MqttTransport.WebSocket, "127.0.0.1", server.Port) }, TimeProvider.System, new RecordingLogger());

        var failure = await client.ConnectAsync(CancellationToken.None);

        Assert.Equal(MqttConnectFault.WebSocket, failure!.Fault);
        Assert.Contains(answer[9..12], failure.Sentence, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }
}
