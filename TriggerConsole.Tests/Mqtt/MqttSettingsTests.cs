using System.Text.Json;
using TriggerConsole.Core;
using TriggerConsole.Core.Mqtt;
using Xunit;

namespace TriggerConsole.Tests.Mqtt;

public sealed class MqttSettingsTests
{
    [Fact]
    public async Task Validate_LeastSettings_AreRight()
    {
        await using var bench = new MqttBench();

        Assert.Empty(await bench.ValidateAsync(new() { BrokerId = MqttBench.BrokerId, Topic = "a/b" }));
    }

    [Theory]
    [InlineData("""{"topic":"a"}""", "brokerId")]
    [InlineData("""{"brokerId":"01890000-0000-7000-8000-00000000ffff","topic":"a"}""", "brokerId")]
    [InlineData("""{"brokerId":"B"}""", "topic")]
    [InlineData("""{"brokerId":"B","topic":"a/+/b"}""", "topic")]
    [InlineData("""{"brokerId":"B","topic":"a/#"}""", "topic")]
    [InlineData("""{"brokerId":"B","topic":"a\u0000"}""", "topic")]
    [InlineData("""{"brokerId":"B","topic":"{payload.id"}""", "topic")]
    [InlineData("""{"brokerId":"B","topic":"a","qos":3}""", "qos")]
    [InlineData("""{"brokerId":"B","topic":"a","qos":-1}""", "qos")]
    [InlineData("""{"brokerId":"B","topic":"a","timeoutSeconds":0}""", "timeoutSeconds")]
    [InlineData("""{"brokerId":"B","topic":"a","timeoutSeconds":301}""", "timeoutSeconds")]
    [InlineData("""{"brokerId":"B","topic":"a","body":{"format":"json","template":"{\"a\":"}}""", "body.template")]
    [InlineData("""{"brokerId":"B","topic":"a","body":{"format":"xml","template":"<a>"}}""", "body.template")]
    [InlineData("""{"brokerId":"B","topic":"a","body":{"format":"text"}}""", "body.template")]
    [InlineData("""{"brokerId":"B","topic":"a","body":{"format":"text","template":"{secret:NONE}"}}""", "body.template")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"messageExpirySeconds":0}}""", "properties.messageExpirySeconds")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"messageExpirySeconds":4294967296}}""", "properties.messageExpirySeconds")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"payloadFormatIndicator":2}}""", "properties.payloadFormatIndicator")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"responseTopic":"a/#"}}""", "properties.responseTopic")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"contentType":"a\nb"}}""", "properties.contentType")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"userProperties":[{"name":"","value":"x"}]}}""", "properties.userProperties[0].name")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"userProperties":[{"name":"a","value":"x"},{"name":"b\u0000","value":"x"}]}}""", "properties.userProperties[1].name")]
    [InlineData("""{"brokerId":"B","topic":"a","properties":{"userProperties":[{"name":"a","value":"{x"}]}}""", "properties.userProperties[0].value")]
    public async Task Validate_OneFault_NamesItsField(string json, string field)
    {
        await using var bench = new MqttBench();
        var settings = JsonSerializer.Deserialize<MqttTriggerSettings>(json.Replace("\"B\"", $"\"{MqttBench.BrokerId}\"", StringComparison.Ordinal), CoreJson.Options)!;

        var errors = await bench.ValidateAsync(settings);

        Assert.Equal(field, Assert.Single(errors.Select(e => e.Field).Distinct()));
    }

    [Fact]
    public async Task Validate_TooLong_NamesEachField()
    {
        await using var bench = new MqttBench();
        var text = new string('x', 5000);

        var errors = await bench.ValidateAsync(MqttBench.Settings with
        {
            Topic = text,
            Properties = new() { ContentType = text, ResponseTopic = text, CorrelationData = text, UserProperties = [new() { Name = text, Value = text }] },
        });

        Assert.Equal(["topic", "properties.contentType", "properties.responseTopic", "properties.correlationData", "properties.userProperties[0].name", "properties.userProperties[0].value"], errors.Select(e => e.Field));
        Assert.Contains("at most 100", Assert.Single(await bench.ValidateAsync(MqttBench.Settings with { Properties = new() { UserProperties = [.. Enumerable.Repeat(new MqttField { Name = "a" }, 101)] } })).Message, StringComparison.Ordinal);
    }
}
