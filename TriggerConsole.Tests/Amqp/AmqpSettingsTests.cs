using System.Text.Json;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

public sealed class AmqpSettingsTests
{
    [Fact]
    public async Task Validate_LeastSettings_AreRight()
    {
        await using var bench = new AmqpBench();

        Assert.Empty(await bench.ValidateAsync(new() { ExchangeId = AmqpBench.Topic, RoutingKey = "orders.new" }));
        Assert.Empty(await bench.ValidateAsync(new() { ExchangeId = AmqpBench.Topic, BrokerId = AmqpBench.BrokerId, RoutingKey = "{payload.id}" }));
        Assert.Empty(await bench.ValidateAsync(new() { ExchangeId = AmqpBench.Fanout }));
        Assert.Empty(await bench.ValidateAsync(new() { ExchangeId = AmqpBench.ByHeaders }));
        Assert.Empty(await bench.ValidateAsync(new() { ExchangeId = AmqpBench.Fanout, RoutingKey = "all.the.same" }));
        Assert.Empty(await bench.ValidateAsync(new() { BrokerId = AmqpBench.BrokerId, Queue = "in box" }));
        Assert.Empty(await bench.ValidateAsync(new() { BrokerId = AmqpBench.BrokerId, Queue = new string('é', 127) + "a" }));
    }

    [Theory]
    [InlineData("""{}""", "exchangeId")]
    [InlineData("""{"routingKey":"a"}""", "exchangeId")]
    [InlineData("""{"exchangeId":"01890000-0000-7000-8000-00000000ffff","routingKey":"a"}""", "exchangeId")]
    [InlineData("""{"exchangeId":"INTERNAL","routingKey":"a"}""", "exchangeId")]
    [InlineData("""{"exchangeId":"TOPIC","brokerId":"01890000-0000-7000-8000-00000000ffff","routingKey":"a"}""", "brokerId")]
    [InlineData("""{"exchangeId":"TOPIC","brokerId":"BROKER","queue":"a","routingKey":"a"}""", "queue")]
    [InlineData("""{"exchangeId":"TOPIC"}""", "routingKey")]
    [InlineData("""{"exchangeId":"DIRECT"}""", "routingKey")]
    [InlineData("""{"queue":"a"}""", "brokerId")]
    [InlineData("""{"brokerId":"01890000-0000-7000-8000-00000000ffff","queue":"a"}""", "brokerId")]
    [InlineData("""{"brokerId":"BROKER","queue":""}""", "queue")]
    [InlineData("""{"brokerId":"BROKER","queue":"q.{payload.id}"}""", "queue")]
    [InlineData("""{"brokerId":"BROKER","queue":"a\nb"}""", "queue")]
    [InlineData("""{"brokerId":"BROKER","queue":"LONG"}""", "queue")]
    [InlineData("""{"brokerId":"BROKER","queue":"a","routingKey":"b"}""", "routingKey")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a\u0000"}""", "routingKey")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a\r\nb"}""", "routingKey")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"{payload.id"}""", "routingKey")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"LONG"}""", "routingKey")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","mandatory":false,"retryUnroutable":true}""", "retryUnroutable")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","priority":256}""", "priority")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","priority":-1}""", "priority")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","expirationMs":-1}""", "expirationMs")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","expirationMs":4294967296}""", "expirationMs")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","timeoutSeconds":0}""", "timeoutSeconds")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","timeoutSeconds":301}""", "timeoutSeconds")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","body":{"format":"json","template":"{\"a\":"}}""", "body.template")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","body":{"format":"text"}}""", "body.template")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","body":{"format":"text","template":"{secret:NONE}"}}""", "body.template")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","contentType":"a\nb"}""", "contentType")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","contentEncoding":"LONG"}""", "contentEncoding")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","messageId":"LONG"}""", "messageId")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","correlationId":"{x"}""", "correlationId")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","replyTo":"a\u0000"}""", "replyTo")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","type":"LONG"}""", "type")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","appId":"LONG"}""", "appId")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"":"x"}}""", "headers")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"LONG":"x"}}""", "headers.LONG")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a\u0000b":"x"}}""", "headers.a\0b")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"Idempotency-Key":"x"}}""", "headers.Idempotency-Key")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"CC":"x"}}""", "headers.CC")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":"{x"}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"integer","value":"7.5"}}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"integer","value":"9223372036854775808"}}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"number","value":"1,5"}}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"number","value":"1e999"}}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"boolean","value":"yes"}}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"timestamp","value":"soon"}}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"timestamp","value":"1969-12-31T23:59:59Z"}}}""", "headers.a")]
    [InlineData("""{"exchangeId":"TOPIC","routingKey":"a","headers":{"a":{"type":"binary","value":"%%"}}}""", "headers.a")]
    public async Task Validate_OneFault_NamesItsField(string json, string field)
    {
        await using var bench = new AmqpBench();
        var settings = JsonSerializer.Deserialize<AmqpTriggerSettings>(
            json.Replace("TOPIC", AmqpBench.Topic.ToString(), StringComparison.Ordinal).Replace("DIRECT", AmqpBench.Direct.ToString(), StringComparison.Ordinal)
                .Replace("INTERNAL", AmqpBench.Internal.ToString(), StringComparison.Ordinal).Replace("BROKER", AmqpBench.BrokerId.ToString(), StringComparison.Ordinal)
                .Replace("LONG", s_long, StringComparison.Ordinal),
            CoreJson.Options)!;

        var errors = await bench.ValidateAsync(settings);

        Assert.Equal(field.Replace("LONG", s_long, StringComparison.Ordinal), Assert.Single(errors.Select(e => e.Field).Distinct()));
    }

    // 256 bytes, and far fewer characters
    private static readonly string s_long = new('é', 128);

    [Fact]
    public async Task Validate_TooLong_NamesEachField()
    {
        await using var bench = new AmqpBench();
        var text = "{payload.id}" + new string('x', 5000);

        var errors = await bench.ValidateAsync(AmqpBench.Settings with { ContentType = text, ContentEncoding = text, MessageId = text, CorrelationId = text, ReplyTo = text, Type = text, AppId = text, Headers = [new("h", text)] });

        Assert.Equal(["contentType", "contentEncoding", "messageId", "correlationId", "replyTo", "type", "appId", "headers.h"], errors.Select(e => e.Field));
        Assert.Contains("at most 100", Assert.Single(await bench.ValidateAsync(AmqpBench.Settings with { Headers = [.. Enumerable.Range(0, 101).Select(i => new AmqpHeader($"h{i}", "x"))] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_HeadersOfPages_TwiceAndTooMuchTogether_AreRefused()
    {
        await using var bench = new AmqpBench();

        Assert.Equal("headers.a", Assert.Single(await bench.ValidateAsync(AmqpBench.Settings with { Headers = [new("a", "1"), new("A", "2"), new("a", "3")] })).Field);
        Assert.Equal("headers", Assert.Single(await bench.ValidateAsync(AmqpBench.Settings with { Headers = [.. Enumerable.Range(0, 20).Select(i => new AmqpHeader($"h{i}", new string('x', 4000)))] })).Field);
    }

    [Fact]
    public async Task Validate_SeveralFaults_AreAllNamed()
    {
        await using var bench = new AmqpBench();

        var errors = await bench.ValidateAsync(new() { ExchangeId = AmqpBench.Topic, Priority = 300, ExpirationMs = -1, TimeoutSeconds = 0, Headers = [new("n", "x", AmqpHeaderType.Integer)] });

        Assert.Equal(["expirationMs", "headers.n", "priority", "routingKey", "timeoutSeconds"], errors.Select(e => e.Field).Order());
    }

    [Fact]
    public async Task Settings_WrittenAndRead_AreTheSame()
    {
        await using var bench = new AmqpBench();
        var settings = AmqpBench.Settings with { Priority = 3, Headers = [new("s", "x"), new("i", "{payload.n}", AmqpHeaderType.Integer), new("b", "true", AmqpHeaderType.Boolean)] };

        var read = JsonSerializer.Deserialize<AmqpTriggerSettings>(JsonSerializer.Serialize(settings, CoreJson.Options), CoreJson.Options)!;

        Assert.Equal(settings.Headers, read.Headers);
        Assert.Equal(settings with { Headers = [] }, read with { Headers = settings.Headers.Take(0).ToArray() });
    }
}
