using System.Net.Sockets;
using Xunit;

namespace TriggerConsole.Tests.Testing;

/// <summary>The helper itself: what the tests on brokers rest on.</summary>
public sealed class MosquittoServerTests
{
    [Fact]
    public async Task Publish_WithProperties_IsSeenAsSet()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);

        await MosquittoClient.PublishAsync(server.Port, "a/€", [0, 10, 0xFF], 2, retain: false, "mqttv5", "-D", "publish", "content-type", "x/y", "-D", "publish", "user-property", "a", "b");

        var message = Assert.Single(await seen.WaitForAsync(1));
        Assert.Equal("a/€", message.Topic);
        Assert.Equal([0, 10, 0xFF], message.Payload);
        Assert.Equal(2, message.Qos);
        Assert.False(message.Retain);
        Assert.Equal("x/y", message.ContentType);
        Assert.Equal("a:b", message.UserProperties);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Restart_RetainedMessage_StaysOnlyWhenPersistent(bool persistent)
    {
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup { Persistent = persistent });
        await MosquittoClient.PublishAsync(server.Port, "kept", "1"u8.ToArray(), retain: true);

        await server.RestartAsync();

        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await MosquittoClient.PublishAsync(server.Port, "last", "2");
        await Eventually.TrueAsync(() => seen.Messages.Any(m => m.Topic == "last"), "the last message");
        Assert.Equal(persistent, seen.Messages.Any(m => m is { Topic: "kept", Retain: true }));
    }

    [Fact]
    public async Task Start_AllKindsOfListener_EachAnswers()
    {
        using var certificates = new TestCertificates();
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup
        {
            Users = new Dictionary<string, string> { ["u"] = "p" },
            Acl = "user u\ntopic write a/#\n",
            Listeners = [new(), new() { WebSocket = true }, new() { Certificate = certificates.Make(), ClientAuthority = certificates.Authority }],
        });

        Assert.Equal(3, server.Ports.Distinct().Count());
        await Assert.ThrowsAsync<InvalidOperationException>(() => MosquittoClient.PublishAsync(server.Port, "a/b", "x"));
        await MosquittoClient.PublishAsync(server.Port, "a/b", "x"u8.ToArray(), arguments: ["-u", "u", "-P", "p"]);

        server.Kill();
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", server.Port);
        });
    }
}
