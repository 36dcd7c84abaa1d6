using System.Net.Sockets;
using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section M: secrets, logs, and where connections go.</summary>
public sealed class SafetyTests
{
    private const string Secret = "s3cr3t-W0rd";
    private const string User = "us3r-of-the-broker";

    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: secrets")]
    public async Task UserAndPassword_WhateverHappens_AreNeverShown(MqttVersion version)
    {
        var shown = new StringBuilder();
        await using var bench = MqttClientBench.Start(version, o => o with { Username = User, Password = Encoding.UTF8.GetBytes(Secret) });
        for (var i = 0; i < 6; i++) // refused, wrong, cut, and a working one
        {
            var connection = await bench.AcceptAsync();
            var echo = $"1F {Convert.ToHexString(FakeMqttBytes.String("no"))}";
            if (i == 0) await connection.SendAsync(Connack((int)version, echo, code: (byte)(version == MqttVersion.V5 ? 0x86 : 4)));
            else if (i == 1) await connection.SendAsync("FF FF FF");
            else if (i == 2) connection.Reset();
            else if (i == 3) await connection.SendAsync(Connack((int)version), Parse("00 00"));
            else if (i == 4) await connection.SendAsync(Connack((int)version), version == MqttVersion.V5 ? Parse("E0 02 87 00") : Parse("E0 00"));
            else await connection.SendAsync(Connack((int)version));
            if (i < 5) await connection.ExpectClosedAsync();
        }
        await Eventually.TrueAsync(() => bench.Client.Status.State == MqttState.Connected, "the last connection");

        foreach (var status in bench.States) shown.AppendLine(status.ToString());
        shown.AppendLine(bench.Options.ToString()).AppendLine(bench.Client.ToString()).Append(bench.Log.Text);
        foreach (var secret in new[] { Secret, User, Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)), Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)) })
            Assert.DoesNotContain(secret, shown.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(bench.States);
    }

    [Theory, InlineData("a\\r\\nFATAL: forged", "61 0D 0A 46 41 54 41 4C"), InlineData("ESC", "1B 5B 33 31 6D 72 65 64"), InlineData("C1 and bidi", "C2 9B 33 31 6D E2 80 AE 78"), InlineData("line separator", "E2 80 A8 78")]
    [Trait("mqtt", "Project: log safety")]
    public async Task WordsOfTheBroker_InLogsAndStatus_AreEscaped(string name, string bytes)
    {
        Assert.NotEmpty(name);
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var property = $"1F {bytes.Split(' ').Length:X4} {bytes}";
        var refused = await bench.AcceptAsync();
        await refused.SendAsync(MqttRow.Connack(MqttVersion.V5, property, code: "87"));
        await refused.ExpectClosedAsync();
        var connection = await bench.ConnectAsync(property);
        await connection.SendAsync(MqttRow.Packet("E0", "8B" + MqttRow.Properties(property)));
        await connection.ExpectClosedAsync();
        await bench.AcceptAsync();

        foreach (var text in bench.Log.Lines.Concat(bench.States.Where(s => s.LastFailure is not null).Select(s => s.LastFailure!.Sentence)))
            Assert.DoesNotContain(text, c => char.IsControl(c) || c is '\u2028' or '\u202E');
    }

    [Fact]
    [Trait("mqtt", "Project: log safety")]
    public async Task WordsOfTheBroker_Long_AreCut()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var refused = await bench.AcceptAsync();
        await refused.SendAsync(Connack(5, "1F" + Convert.ToHexString(FakeMqttBytes.String(new string('w', 60_000))), code: 0x87));
        await refused.ExpectClosedAsync();
        await bench.AcceptAsync();

        var texts = bench.Log.Lines.Concat(bench.States.Where(s => s.LastFailure is not null).Select(s => s.LastFailure!.Sentence)).ToList();
        Assert.Contains(texts, t => t.Contains("www", StringComparison.Ordinal));
        Assert.All(texts, t => Assert.True(t.Count(c => c == 'w') <= 270 && t.Length < 1000, $"{t.Length} characters"));
    }

    [Fact]
    [Trait("mqtt", "Project: log safety")]
    public async Task Topics_OfMessages_AreNotLoggedAsTheyCome()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { OnMessage = (_, _) => throw new IOException("No."), Reconnect = MqttClientBench.Never });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish(5, "a\r\n\u001B[31mforged", "secret payload", 1, 1));
        await connection.ExpectClosedAsync();

        // The stack of an exception has lines of its own
        Assert.DoesNotContain('\u001B', bench.Log.Text);
        Assert.DoesNotContain("\nforged", bench.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret payload", bench.Log.Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    [Trait("mqtt", "Project: destination policy")]
    public async Task Dial_DecidesOnEachConnection(bool webSocket)
    {
        await using var broker = FakeMqttBroker.Start(new() { WebSocket = webSocket });
        var asked = 0;
        var allowed = true;
        await using var client = new MqttClient(new()
        {
            Endpoint = new(webSocket ? MqttTransport.WebSocket : MqttTransport.Tcp, "broker.example", broker.Port), // a name that only the host program can find
            Version = MqttVersionChoice.V5,
            Reconnect = MqttClientBench.Soon,
            Dial = async (host, port, token) =>
            {
                Assert.Equal(("broker.example", broker.Port), (host, port));
                Interlocked.Increment(ref asked);
                if (!allowed) throw new MqttDialException(MqttConnectFault.Blocked, "This address is not allowed.");
                var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", port, token);
                return socket.GetStream();
            },
        }, TimeProvider.System, new RecordingLogger());
        client.Start();
        var connection = await broker.AcceptAsync();
        await connection.ExpectAsync(MqttType.Connect);
        await connection.SendAsync(Connack(5));
        await Eventually.TrueAsync(() => client.Status.State == MqttState.Connected, "the connection");
        Assert.Equal(1, asked);

        allowed = false;
        connection.Reset();
        await Eventually.TrueAsync(() => client.Status.LastFailure?.Fault == MqttConnectFault.Blocked, "the refusal");

        Assert.Contains("This address is not allowed.", client.Status.LastFailure!.Sentence, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Volatile.Read(ref asked) >= 3, "more tries");
        Assert.Equal(1, broker.Connections);
    }
}
