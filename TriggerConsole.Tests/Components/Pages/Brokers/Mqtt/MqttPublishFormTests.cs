using TriggerConsole.Components.Pages.Brokers.Mqtt;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Mqtt;

public sealed class MqttPublishFormTests
{
    [Fact]
    public void Of_SentMessage_IsTheSameAgainWithoutItsKey()
    {
        var form = MqttPublishForm.Of(new()
        {
            Topic = "lamp/kitchen",
            Qos = 2,
            Retain = true,
            Body = "<on/>",
            Properties = new()
            {
                ContentType = "application/xml",
                MessageExpirySeconds = 90,
                ResponseTopic = "lamp/answers",
                CorrelationData = "7",
                UserProperties = [new("source", "shop"), new("idempotency-key", "01a1")],
            },
        });
        var input = form.ToInput(Rows.Id)!;
        Assert.Equal(("lamp/kitchen", "<on/>", MessageFormat.Xml, 2, true), (input.Topic, input.Payload!.Value.GetString(), input.Format, input.Qos, input.Retain));
        Assert.Equivalent(new MqttProperties { MessageExpirySeconds = 90, ResponseTopic = "lamp/answers", CorrelationData = "7", UserProperties = [new() { Name = "source", Value = "shop" }] }, input.Properties, strict: true);
    }

    [Theory]
    [InlineData("application/vnd.a+json", "{}", MessageFormat.Json, "application/vnd.a+json")]
    [InlineData("application/json", "{}", MessageFormat.Json, null)]
    [InlineData("image/svg+xml", "<a/>", MessageFormat.Xml, "image/svg+xml")]
    [InlineData("text/plain; charset=utf-8", "on", MessageFormat.Text, null)]
    [InlineData(null, " [1]", MessageFormat.Json, null)] // 3.1.1 carries no content type
    [InlineData(null, "on", MessageFormat.Text, null)]
    public void Of_ContentType_TellsTheFormat(string? type, string body, MessageFormat format, string? kept)
    {
        var form = MqttPublishForm.Of(new() { Topic = "a", Body = body, Properties = new() { ContentType = type } });
        Assert.Equal((format, kept), (form.Format, form.ToInput(Rows.Id)!.Properties!.ContentType));
    }

    [Fact]
    public void ToInput_NoTime_SaysSoAtTheField()
    {
        var form = new MqttPublishForm { Topic = "a", Expiry = "soon" };
        Assert.Null(form.ToInput(Rows.Id));
        Assert.Equal("publish-properties-messageExpirySeconds", form.FirstError);
        Assert.True(form.HasPropertyErrors);
    }

    [Fact]
    public void PropertiesInWords_SomeSet_NamesThem()
    {
        var form = new MqttPublishForm { ResponseTopic = "a", UserProperties = { new() { Name = "x" }, new() } };
        Assert.Equal("response topic, 1 user property", form.PropertiesInWords);
        Assert.Null(new MqttPublishForm().PropertiesInWords);
    }
}
