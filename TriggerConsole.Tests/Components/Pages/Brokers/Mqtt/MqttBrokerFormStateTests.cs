using TriggerConsole.Components.Pages.Brokers.Mqtt;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Mqtt;

public sealed class MqttBrokerFormStateTests
{
    [Theory]
    [InlineData("localhost", "mqtt://localhost")]
    [InlineData("localhost:18830", "mqtt://localhost:18830")]
    [InlineData(" mqtt://broker.example:1884 ", "mqtt://broker.example:1884")]
    [InlineData("MQTTS://broker.example", "mqtts://broker.example")]
    [InlineData("ssl://broker.example:8883", "mqtts://broker.example:8883")]
    [InlineData("tcp://broker.example:1883/", "mqtt://broker.example:1883")]
    [InlineData("wss://broker.example:443/mqtt?x=1", "wss://broker.example:443/mqtt?x=1")]
    [InlineData("mqtt://[2001:db8::1]:1883", "mqtt://[2001:db8::1]:1883")]
    [InlineData("2001:db8::1", "mqtt://[2001:db8::1]")]
    [InlineData("", "")]
    public void SetAddress_HostOrWholeAddress_IsTakenApart(string text, string url)
    {
        var state = new MqttBrokerFormState();
        state.SetAddress(text);
        Assert.Equal(url, state.Url);
    }

    [Fact]
    public void SetAddress_UnknownWay_StaysAsTypedForTheCommandToRefuse()
    {
        var state = new MqttBrokerFormState();
        state.SetAddress("http://broker.example");
        Assert.Contains("http://broker.example", state.Url, StringComparison.Ordinal);
    }

    [Fact]
    public void Url_PathOfAWebSocket_IsOnlyPartOfIt()
    {
        var state = new MqttBrokerFormState { Scheme = "ws", Host = "h", Path = "mqtt" };
        Assert.Equal("ws://h/mqtt", state.Url);
        state.Scheme = "mqtt";
        Assert.Equal("mqtt://h", state.Url);
    }

    [Fact]
    public void Of_Saved_ReadsBackAsItWas()
    {
        var state = MqttBrokerFormState.Of(View());
        Assert.False(state.IsDirty);
        var input = state.ToInput()!;
        Assert.Equivalent(View().LastWill, input.LastWill, strict: true);
        Assert.Equal(("Workshop", "wss://broker.example:8884/mqtt", "ana", 90, MqttBrokerSettings.NeverExpires), (input.Name, input.Url, input.Username, input.KeepAliveSeconds, input.SessionExpirySeconds));
        Assert.Equal(["mqtt", "x"], input.Tls!.Alpn);
        Assert.Null(input.BirthMessage);
        Assert.Equal((7, (bool?)null), (input.Version, input.Enabled));
    }

    [Fact]
    public void ToInput_StoredSecrets_AreLeftOutUnlessReplaced()
    {
        var state = MqttBrokerFormState.Of(View());
        Assert.Null(state.ToInput()!.Password);
        Assert.Null(state.ToInput()!.Tls!.ClientKey);

        (state.Password.IsReplaced, state.Password.Text) = (true, "new");
        Assert.True(state.IsDirty);
        Assert.Equal("new", state.ToInput()!.Password);
        state.Password.Text = "";
        Assert.Equal("", state.ToInput()!.Password); // takes it away
    }

    [Fact]
    public void ToInput_PlainAddress_SendsNoTls()
    {
        var state = MqttBrokerFormState.Of(View());
        state.Scheme = "mqtt";
        Assert.Null(state.ToInput()!.Tls);
    }

    [Theory]
    [InlineData("soon", "5 min", "keepAliveSeconds")]
    [InlineData("1 min", "long", "sessionExpirySeconds")]
    public void ToInput_NoTime_SaysSoAtTheFieldAndUnfoldsIt(string keepAlive, string session, string field)
    {
        var state = new MqttBrokerFormState { KeepAlive = keepAlive, SessionExpiry = session };
        Assert.Null(state.ToInput());
        Assert.Equal(field, state.FirstError);
        Assert.True(state.IsOpen(MqttBrokerFormState.ConnectionFold));
        Assert.False(state.IsOpen(MqttBrokerFormState.MessagesFold));
    }

    [Fact]
    public void Refuse_SeveralFields_TheFirstInTheFormComesFirst()
    {
        var state = new MqttBrokerFormState();
        state.Refuse([new("lastWill.topic", "No wildcards."), new("tls.alpn[1]", "Too long."), new("clientId", "Too long.")]);
        Assert.Equal("tls-alpn", state.FirstError);
        Assert.Equal("No wildcards.", state.ErrorOf("lastWill.topic"));
    }

    [Fact]
    public void InWords_WhatIsNotAsUsual_IsNamed()
    {
        Assert.Null(new MqttBrokerFormState().ConnectionInWords());
        Assert.Null(new MqttBrokerFormState().MessagesInWords());
        var state = MqttBrokerFormState.Of(View());
        Assert.Equal("client id tc-1, keep-alive 1 min 30 s, session", state.ConnectionInWords());
        Assert.Equal("last will", state.MessagesInWords());
        Assert.Equal("client certificate, ALPN", state.Tls.InWords);
    }

    private static MqttBrokerView View() => new()
    {
        Id = Rows.Id,
        Name = "Workshop",
        Enabled = true,
        Url = "wss://broker.example:8884/mqtt",
        ProtocolVersion = MqttProtocolVersion.Auto,
        Username = "ana",
        HasPassword = true,
        ClientId = "tc-1",
        CleanStart = false,
        SessionExpirySeconds = MqttBrokerSettings.NeverExpires,
        KeepAliveSeconds = 90,
        Tls = new() { ClientCertificate = "-----BEGIN CERTIFICATE-----", HasClientKey = true, Alpn = ["mqtt", "x"] },
        LastWill = new() { Topic = "status/tc", Payload = "offline", Qos = 2, Retain = false },
        Triggers = 0,
        Status = BrokerStatus.Disabled,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 7,
    };
}
