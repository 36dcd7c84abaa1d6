using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TriggerConsole.Core.Mqtt.Client;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client;

/// <summary>What is asked wrongly is refused by the call, before there is a connection to send it on.</summary>
public sealed class MqttClientArgumentsTests
{
    private static readonly MqttMessage s_message = new() { Topic = "a" };
    private static readonly MqttClientOptions s_options = new() { Endpoint = new(MqttTransport.Tcp, "127.0.0.1", 1) };

    // By number: the runner would mend half a character on its way here
    [Theory]
    [Trait("mqtt", "MQTT-1.5.4-1")]
    [Trait("mqtt", "MQTT-1.5.4-2")]
    [Trait("mqtt", "MQTT-1.5.7-1")]
    [InlineData(0xD800)]
    [InlineData(0xDBFF)]
    [InlineData(0xDC00)]
    [InlineData(0)]
    public async Task Text_LoneSurrogateOrNul_IsRefusedEverywhere(int character)
    {
        var bad = $"x{(char)character}x";
        await RefusedAsync("Topic", s_message with { Topic = bad });
        await RefusedAsync("ContentType", s_message with { ContentType = bad });
        await RefusedAsync("ResponseTopic", s_message with { ResponseTopic = bad });
        await RefusedAsync("UserProperties", s_message with { UserProperties = [new(bad, "v")] });
        await RefusedAsync("UserProperties", s_message with { UserProperties = [new("n", bad)] });
        Refused("ClientId", s_options with { ClientId = bad });
        Refused("Username", s_options with { Username = bad });
        Refused("Will.Topic", s_options with { Will = new() { Message = new() { Topic = bad } } });
    }

    [Theory]
    [Trait("mqtt", "MQTT-3.3.2-1")]
    [Trait("mqtt", "MQTT-3.3.2-2")]
    [InlineData("")]
    [InlineData("a/+")]
    [InlineData("#")]
    [InlineData("a+b")]
    public Task Topic_EmptyOrWithWildcard_IsRefused(string topic) => RefusedAsync("Topic", s_message with { Topic = topic });

    [Theory]
    [Trait("mqtt", "MQTT-3.3.2-13")]
    [Trait("mqtt", "MQTT-3.3.2-14")]
    [InlineData("")]
    [InlineData("a/#")]
    public Task ResponseTopic_EmptyOrWithWildcard_IsRefused(string topic) => RefusedAsync("ResponseTopic", s_message with { ResponseTopic = topic });

    [Fact]
    [Trait("mqtt", "MQTT-3.3.2-19")]
    public Task ContentType_TooLong_IsRefused() => RefusedAsync("ContentType", s_message with { ContentType = new('x', 65_536) });

    [Fact]
    [Trait("mqtt", "1.5.6 Binary length")]
    public async Task CorrelationData_TooLong_IsRefused()
    {
        await RefusedAsync("CorrelationData", s_message with { CorrelationData = new byte[65_536] });
        await NotConnectedAsync(s_message with { CorrelationData = new byte[65_535] });
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.3.1-4")]
    public Task Qos_Three_IsRefused() => RefusedAsync("Qos", s_message with { Qos = (MqttQos)3 });

    [Fact]
    [Trait("mqtt", "MQTT-3.1.2-12")]
    public void Will_AgainstTheRules_IsRefused()
    {
        Refused("Will.Qos", s_options with { Will = new() { Message = s_message with { Qos = (MqttQos)3 } } });
        Refused("Will.Topic", s_options with { Will = new() { Message = new() { Topic = "a/#" } } });
        Refused("Will.Payload", s_options with { Will = new() { Message = s_message with { Payload = new byte[65_536] } } });
    }

    [Theory]
    [Trait("mqtt", "MQTT-3.1.2-19")]
    [InlineData(MqttVersionChoice.V311, false)]
    [InlineData(MqttVersionChoice.Automatic, false)]
    [InlineData(MqttVersionChoice.V5, true)]
    public void Password_WithoutUserName_OnlyIn5(MqttVersionChoice version, bool isGood)
    {
        var options = s_options with { Version = version, Password = [1] };

        if (isGood) Make(options);
        else Refused("Password", options);
    }

    [Fact]
    [Trait("mqtt", "1.5.6 Binary length")]
    public void Password_TooLong_IsRefused() => Refused("Password", s_options with { Username = "u", Password = new byte[65_536] });

    [Fact]
    [Trait("mqtt", "MQTT-3.1.3-6")]
    [Trait("mqtt", "MQTT-3.1.3-7")]
    public void ClientId_EmptyIn311_OnlyWithoutSession()
    {
        var options = s_options with { Version = MqttVersionChoice.V311 };

        Make(options);
        Refused("ClientId", options with { CleanStart = false });
        Refused("ClientId", options with { SessionExpirySeconds = 1 });
    }

    [Fact]
    [Trait("mqtt", "3.1.2.11 Limits")]
    public void Limits_Zero_AreRefused()
    {
        Refused("ReceiveMaximum", s_options with { ReceiveMaximum = 0 });
        Refused("MaximumPacketSize", s_options with { MaximumPacketSize = 0 });
        Refused("MaximumInFlight", s_options with { MaximumInFlight = 0 });
        Refused("MaximumInFlight", s_options with { MaximumInFlight = 65_536 });
    }

    [Fact]
    public void Endpoint_Impossible_IsRefused()
    {
        Refused("Host", s_options with { Endpoint = s_options.Endpoint with { Host = " " } });
        Refused("Port", s_options with { Endpoint = s_options.Endpoint with { Port = 0 } });
        Refused("Port", s_options with { Endpoint = s_options.Endpoint with { Port = 65_536 } });
        Refused("Path", s_options with { Endpoint = s_options.Endpoint with { Transport = MqttTransport.WebSocket, Path = "mqtt" } });
        Refused("Path", s_options with { Endpoint = s_options.Endpoint with { Transport = MqttTransport.SecureWebSocket, Path = "/a\r\nb" } });
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.8.3-1")]
    [Trait("mqtt", "MQTT-3.8.3-2")]
    [Trait("mqtt", "MQTT-3.10.3-1")]
    [Trait("mqtt", "MQTT-3.10.3-2")]
    public async Task Subscribe_NothingOrNoText_IsRefused()
    {
        await using var client = Make(s_options);

        await Assert.ThrowsAsync<MqttArgumentException>(() => client.SubscribeAsync([], CancellationToken.None));
        await Assert.ThrowsAsync<MqttArgumentException>(() => client.UnsubscribeAsync([], CancellationToken.None));
        await Assert.ThrowsAsync<MqttArgumentException>(() => client.SubscribeAsync([new() { Filter = "\uD800" }], CancellationToken.None));
        await Assert.ThrowsAsync<MqttArgumentException>(() => client.UnsubscribeAsync(["a", "\uD800"], CancellationToken.None));
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.8.3-4")]
    [Trait("mqtt", "MQTT-3.8.3-5")]
    public async Task Subscribe_ImpossibleOptions_AreRefused()
    {
        await using var client = Make(s_options);
        MqttSubscription[] bad =
        [
            new() { Filter = "$share/g/a", NoLocal = true },
            new() { Filter = "a", Qos = (MqttQos)3 },
            new() { Filter = "a", RetainHandling = (MqttRetainHandling)3 },
        ];

        foreach (var subscription in bad) await Assert.ThrowsAsync<MqttArgumentException>(() => client.SubscribeAsync([subscription], CancellationToken.None));
    }

    [Fact]
    [Trait("mqtt", "Project: secrets")]
    public void Options_Printed_ShowNoSecrets()
    {
        var options = s_options with { Username = "hidden-user", Password = Encoding.UTF8.GetBytes("hidden-password"), ClientId = "hidden-id" };

        Assert.DoesNotContain("hidden", options.ToString());
    }

    private static async Task RefusedAsync(string property, MqttMessage message)
    {
        await using var client = Make(s_options);
        var fault = await Assert.ThrowsAsync<MqttArgumentException>(() => client.PublishAsync(message, CancellationToken.None).AsTask());
        Assert.Equal(property, fault.ParamName);
        Assert.EndsWith(".", fault.Sentence);
    }

    private static async Task NotConnectedAsync(MqttMessage message)
    {
        await using var client = Make(s_options);
        Assert.Equal(MqttPublishStatus.NotConnected, (await client.PublishAsync(message, CancellationToken.None)).Status);
    }

    private static void Refused(string property, MqttClientOptions options)
        => Assert.Equal(property, Assert.Throws<MqttArgumentException>(() => Make(options)).ParamName);

    private static MqttClient Make(MqttClientOptions options) => new(options, TimeProvider.System, NullLogger.Instance);
}
