using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Brokers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

public sealed class AmqpBrokerFormStateTests
{
    [Theory]
    [InlineData("localhost", "amqp://localhost", "/")]
    [InlineData("localhost:5673", "amqp://localhost:5673", "/")]
    [InlineData("AMQPS://broker.example", "amqps://broker.example", "/")]
    [InlineData("amqp://broker.example/", "amqp://broker.example", "/")]
    [InlineData("amqp://broker.example/sales", "amqp://broker.example/sales", "sales")]
    [InlineData("amqp://broker.example/%2F", "amqp://broker.example", "/")]
    [InlineData("amqp://broker.example:5673/a%2Fb%20c?heartbeat=5", "amqp://broker.example:5673/a%2Fb%20c", "a/b c")]
    [InlineData("amqp://[2001:db8::1]:5672", "amqp://[2001:db8::1]:5672", "/")]
    [InlineData("", "", "/")]
    public void SetAddress_HostOrWholeAddress_IsTakenApart(string text, string url, string virtualHost)
    {
        var state = new AmqpBrokerFormState();
        state.SetAddress(text);
        Assert.Equal((url, virtualHost), (state.Url, state.VirtualHost));
    }

    [Theory]
    [InlineData("amqp://ana:p%40ss@broker.example/sales")]
    [InlineData("ana:p%40ss@broker.example")] // without the way to connect
    public void SetAddress_WithUserAndPassword_MovesThemIntoTheirFields(string text)
    {
        var state = new AmqpBrokerFormState();
        state.SetAddress(text);
        Assert.Equal(("ana", "p@ss", "broker.example"), (state.Username, state.Password.Text, state.Host));
        Assert.DoesNotContain("ana", state.Url, StringComparison.Ordinal);
        Assert.Equal("p@ss", state.ToInput()!.Password);
    }

    [Fact]
    public void SetAddress_OfAStoredBroker_ReplacesItsPassword()
    {
        var state = AmqpBrokerFormState.Of(View());
        state.SetAddress("amqp://bo:new@other.example");
        Assert.Equal(("bo", "new"), (state.ToInput()!.Username, state.ToInput()!.Password));
    }

    [Fact]
    public void SetAddress_UnknownWay_StaysAsTypedForTheCommandToRefuse()
    {
        var state = new AmqpBrokerFormState();
        state.SetAddress("http://broker.example");
        Assert.Contains("http://broker.example", state.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "amqp://h"), InlineData("/", "amqp://h"), InlineData("sales", "amqp://h/sales"), InlineData("a/b#c", "amqp://h/a%2Fb%23c")]
    public void Url_VirtualHost_IsEscaped(string virtualHost, string url) => Assert.Equal(url, new AmqpBrokerFormState { Host = "h", VirtualHost = virtualHost }.Url);

    [Fact]
    public void Of_Saved_ReadsBackAsItWas()
    {
        var state = AmqpBrokerFormState.Of(View());
        Assert.False(state.IsDirty);
        var input = state.ToInput()!;
        Assert.Equal(("Warehouse", "amqps://broker.example:5673/sales%2Feu", "ana", 45, "console"), (input.Name, input.Url, input.Username, input.HeartbeatSeconds, input.ConnectionName));
        Assert.Null(input.Password);
        Assert.Equal("broker", input.Tls!.ServerName);
        Assert.Equal((7, (bool?)null), (input.Version, input.Enabled));
        Assert.Equal("heartbeat 45 s, name console", state.ConnectionInWords());
    }

    [Fact]
    public void Of_GuestWithoutAPassword_ShowsWhatAnEmptyFormMeans()
        => Assert.Equal("", AmqpBrokerFormState.Of(View() with { Username = "guest", HasPassword = false }).Username);

    [Fact]
    public void ToInput_NoTime_SaysSoAtTheFieldAndUnfoldsIt()
    {
        var state = new AmqpBrokerFormState { Heartbeat = "often" };
        Assert.Null(state.ToInput());
        Assert.Equal("heartbeatSeconds", state.FirstError);
        Assert.True(state.IsOpen(BrokerFormState.ConnectionFold));
        Assert.False(state.IsOpen(BrokerFormState.TlsFold));
    }

    [Fact]
    public void ToInput_PlainAddress_SendsNoTls()
    {
        var state = AmqpBrokerFormState.Of(View());
        state.Scheme = "amqp";
        Assert.Null(state.ToInput()!.Tls);
    }

    private static AmqpBrokerView View() => new()
    {
        Id = Rows.Id,
        Name = "Warehouse",
        Enabled = true,
        Url = "amqps://broker.example:5673/sales%2Feu",
        VirtualHost = "sales/eu",
        Username = "ana",
        HasPassword = true,
        Tls = new() { ServerName = "broker", HasClientKey = false, Alpn = [] },
        HeartbeatSeconds = 45,
        ConnectionName = "console",
        Triggers = 0,
        Exchanges = 0,
        Status = BrokerStatus.Disabled,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 7,
    };
}
