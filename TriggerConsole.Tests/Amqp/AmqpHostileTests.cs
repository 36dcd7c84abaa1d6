using System.Text;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Executions;
using TriggerConsole.Tests.Http;
using TriggerConsole.Tests.Templates;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

/// <summary>Values that are made to break out of the place they are put into: they are carried as they are, or named and refused.</summary>
public sealed class AmqpHostileTests
{
    [Theory]
    [InlineData("""{"id":"a\u0000b"}""", "template_bad_routing_key")]
    [InlineData("""{"id":"a\r\nb"}""", "template_bad_routing_key")]
    [InlineData("""{"id":"\u0085"}""", "template_bad_routing_key")]
    public async Task RoutingKey_ControlCharacter_SendsNothing(string payload, string code)
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(context: HttpBench.Event(payload));

        Assert.Equal((code, FailureKind.Configuration), (outcome.Code, outcome.Failure));
        Assert.Empty(bench.Client.Messages);
    }

    [Theory]
    [InlineData(248, "confirmed")] // "orders." has 7 bytes
    [InlineData(249, "routing_key_too_long")]
    [InlineData(100_000, "routing_key_too_long")]
    public async Task RoutingKey_MoreThan255Bytes_SendsNothing(int length, string code)
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(context: HttpBench.Event($$"""{"id":"{{new string('x', length)}}"}"""));

        Assert.Equal((code, code == "confirmed" ? 1 : 0), (outcome.Code, bench.Client.Messages.Count));
        if (code != "confirmed") Assert.Contains($"the routing key has {7 + length:N0} bytes", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.#", "*.#")]
    [InlineData("\\ud800", "\uFFFD")] // UTF-8 has no halves of characters
    [InlineData("漢字 😀", "漢字 😀")]
    [InlineData("", "")]
    public async Task RoutingKey_OddButAllowed_IsSentAsUtf8(string value, string sent)
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(context: HttpBench.Event($$"""{"id":"{{value}}"}"""));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal("orders." + sent, Assert.Single(bench.Client.Messages).RoutingKey);
    }

    [Theory]
    [InlineData("contentType")]
    [InlineData("contentEncoding")]
    [InlineData("messageId")]
    [InlineData("correlationId")]
    [InlineData("replyTo")]
    [InlineData("type")]
    [InlineData("appId")]
    public async Task Property_TooLongOrWithLineBreak_SendsNothing(string field)
    {
        await using var bench = new AmqpBench();
        const string template = "{payload.v}";
        var settings = AmqpBench.ToQueue with
        {
            ContentType = field == "contentType" ? template : null,
            ContentEncoding = field == "contentEncoding" ? template : null,
            MessageId = field == "messageId" ? template : null,
            CorrelationId = field == "correlationId" ? template : null,
            ReplyTo = field == "replyTo" ? template : null,
            Type = field == "type" ? template : null,
            AppId = field == "appId" ? template : null,
        };

        var fits = await bench.ExecuteAsync(settings, HttpBench.Event($$"""{"v":"{{new string('é', 127)}}a"}"""));
        var tooLong = await bench.ExecuteAsync(settings, HttpBench.Event($$"""{"v":"{{new string('é', 128)}}"}"""));
        var lines = await bench.ExecuteAsync(settings, HttpBench.Event("""{"v":"a\r\nX: y"}"""));
        var nul = await bench.ExecuteAsync(settings, HttpBench.Event("""{"v":"a\u0000"}"""));

        Assert.Equal(("confirmed", "message_invalid", "template_line_break", "template_line_break"), (fits.Code, tooLong.Code, lines.Code, nul.Code));
        Assert.Contains("256 bytes; AMQP allows 255", tooLong.Detail, StringComparison.Ordinal);
        Assert.Single(bench.Client.Messages);
    }

    [Fact]
    public async Task ContentType_OfTheEventIsTooLong_IsLeftOut()
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(AmqpBench.ToQueue, HttpBench.Event("x", "text/" + new string('x', 300)));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Null(Assert.Single(bench.Client.Messages).Properties.ContentType);
    }

    [Fact]
    public async Task Header_AnyText_IsCarriedAsItIs()
    {
        await using var bench = new AmqpBench();
        const string text = "a\r\nX-Injected: 1\0\u0085\t\"\\{secret:TOKEN}";

        var outcome = await bench.ExecuteAsync(AmqpBench.ToQueue with { Headers = [new("h", "{payload.v}")] }, HttpBench.Event(Encoding.UTF8.GetBytes($"{{\"v\":{System.Text.Json.JsonSerializer.Serialize(text)}}}")));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal(text, Assert.Single(bench.Client.Messages).Properties.Headers!["h"]);
        Assert.Equal(text, AmqpBench.Request(outcome).Headers[0].Value);
    }

    [Theory]
    [InlineData(AmqpHeaderType.Integer, "\"7 or more\"", "a whole number")]
    [InlineData(AmqpHeaderType.Integer, "7.5", "a whole number")]
    [InlineData(AmqpHeaderType.Integer, "null", "give its placeholder a default")]
    [InlineData(AmqpHeaderType.Number, "1e999", "a number")]
    [InlineData(AmqpHeaderType.Boolean, "1", "true or false")]
    [InlineData(AmqpHeaderType.Timestamp, "\"soon\"", "a time")]
    [InlineData(AmqpHeaderType.Binary, "\"%%\"", "base64")]
    public async Task Header_NotOfItsType_SendsNothing(AmqpHeaderType type, string value, string sentence)
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(AmqpBench.ToQueue with { Headers = [new("count", "{payload.v}", type)] }, HttpBench.Event($$"""{"v":{{value}}}"""));

        Assert.Equal(("header_invalid", FailureKind.Configuration), (outcome.Code, outcome.Failure));
        Assert.StartsWith("The header count must be ", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains(sentence, outcome.Detail, StringComparison.Ordinal);
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Headers_UpToOneFrame_AreSentAndNoMore()
    {
        await using var bench = new AmqpBench();
        var settings = AmqpBench.ToQueue with { Headers = [new("h", "{payload.v}")] };
        var empty = await bench.ExecuteAsync(settings, Event(0));
        var room = RenderedAmqpMessage.LargestProperties - ((IAmqpWriteable)Assert.Single(bench.Client.Messages).Properties).GetRequiredBufferSize();

        var fits = await bench.ExecuteAsync(settings, Event(room));
        var tooLarge = await bench.ExecuteAsync(settings, Event(room + 1));
        var huge = await bench.ExecuteAsync(settings, Event(10_000_000));

        Assert.Equal(("confirmed", "confirmed", "header_invalid", "header_invalid"), (empty.Code, fits.Code, tooLarge.Code, huge.Code));
        Assert.Equal(2, bench.Client.Messages.Count);
        // With class, weight, size of the body and its frame around it
        Assert.Equal(65_536, 12 + 8 + ((IAmqpWriteable)bench.Client.Messages.Last().Properties).GetRequiredBufferSize());

        static Core.Triggers.AttemptContext Event(int length) => HttpBench.Event($$"""{"v":"{{new string('x', length)}}"}""");
    }

    [Fact]
    public async Task AnyValue_Anywhere_IsSentWholeOrRefusedByName()
    {
        await using var bench = new AmqpBench();
        var settings = AmqpBench.Settings with { RoutingKey = "k.{payload.v}", CorrelationId = "{payload.v}", Headers = [new("s", "{payload.v}"), new("i", "{payload.v|1}", AmqpHeaderType.Integer), new("t", "{payload.v|0}", AmqpHeaderType.Timestamp)] };
        var prepared = bench.Kind.Prepare(settings);
        var body = bench.Kind.Prepare(AmqpBench.ToQueue with { Body = new() { Template = """{"v":"{payload.v}","w":"x{payload.v}y"}""" } });
        var (refused, sent) = (0, 0);

        Hostile.Repeat(400, random =>
        {
            var context = HttpBench.Event(Encoding.UTF8.GetBytes($"{{\"v\":{Hostile.ToJson(Hostile.Text(random), random)}}}"));
            foreach (var each in new[] { prepared, body })
            {
                var outcome = bench.Kind.ExecuteAsync(each, context, CancellationToken.None).GetAwaiter().GetResult();
                if (outcome.Succeeded) sent++;
                else
                {
                    Assert.Equal(FailureKind.Configuration, outcome.Failure);
                    Assert.NotEqual("internal", outcome.Code);
                    refused++;
                }
            }
        });

        Assert.True(refused > 100 && sent > 300, $"{refused} {sent}");
        Assert.Equal(sent, bench.Client.Messages.Count);
        foreach (var message in bench.Client.Messages)
        {
            Assert.True(Encoding.UTF8.GetByteCount(message.RoutingKey) <= 255 && !message.RoutingKey.Any(char.IsControl));
            var frame = new byte[RenderedAmqpMessage.LargestProperties];
            Assert.Equal(((IAmqpWriteable)message.Properties).GetRequiredBufferSize(), ((IAmqpWriteable)message.Properties).WriteTo(frame)); // AMQP can say it
        }
    }
}
