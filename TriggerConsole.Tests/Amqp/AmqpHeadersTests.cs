using System.IO.Pipelines;
using System.Text.Json;
using RabbitMQ.Client;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

public sealed class AmqpHeadersTests
{
    [Fact]
    public void Read_PlainValues_HaveTheirType()
    {
        var headers = Read("""{"s":"x","i":-7,"n":1.50,"big":1e3,"huge":9223372036854775808,"t":true,"f":false,"z":{"type":"Timestamp","value":"0"},"v":{"value":5},"q":{"value":"5"}}""");

        Assert.Equal(
            [
                new("s", "x"), new("i", "-7", AmqpHeaderType.Integer), new("n", "1.50", AmqpHeaderType.Number), new("big", "1e3", AmqpHeaderType.Number), new("huge", "9223372036854775808", AmqpHeaderType.Number),
                new("t", "true", AmqpHeaderType.Boolean), new("f", "false", AmqpHeaderType.Boolean), new("z", "0", AmqpHeaderType.Timestamp), new("v", "5", AmqpHeaderType.Integer), new("q", "5"),
            ],
            headers);
    }

    [Theory]
    [InlineData("[]", "headers", "an object")]
    [InlineData("""{"a":"1","a":"2"}""", "headers.a", "twice")]
    [InlineData("""{"a":null}""", "headers.a", "a text, a number")]
    [InlineData("""{"a":[1]}""", "headers.a", "a text, a number")]
    [InlineData("""{"a":{"type":"integer"}}""", "headers.a", "a value")]
    [InlineData("""{"a":{"type":"0","value":"1"}}""", "headers.a", "string, integer, number, boolean, timestamp or binary")]
    [InlineData("""{"a":{"type":"decimal","value":"1"}}""", "headers.a", "string, integer, number, boolean, timestamp or binary")]
    [InlineData("""{"a":{"type":1,"value":"1"}}""", "headers.a", "string, integer, number, boolean, timestamp or binary")]
    [InlineData("""{"a":{"type":"integer","value":{"x":1}}}""", "headers.a", "a text, a number")]
    [InlineData("""{"a":{"type":"integer","value":"1","more":1}}""", "headers.a", "type and value, and nothing else")]
    public void Read_Wrong_NamesTheHeaderInASentence(string headers, string field, string sentence)
    {
        var fault = JsonFaults.Describe(Assert.ThrowsAny<JsonException>(() => Read(headers)));

        Assert.Equal(field, fault.Field);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NumberThatComesInPieces_IsWhole()
    {
        var json = """{"headers":{"n":1234567890,"m":-0.25}}"""u8.ToArray();
        var pipe = new Pipe();
        var reading = JsonSerializer.DeserializeAsync<AmqpPublishInput>(pipe.Reader, CoreJson.Options);
        foreach (var one in json) await pipe.Writer.WriteAsync(new byte[] { one });
        await pipe.Writer.CompleteAsync();

        Assert.Equal([new("n", "1234567890", AmqpHeaderType.Integer), new("m", "-0.25", AmqpHeaderType.Number)], (await reading)!.Headers);
    }

    [Theory]
    [InlineData(AmqpHeaderType.Integer, "9223372036854775807", long.MaxValue)]
    [InlineData(AmqpHeaderType.Integer, "-9223372036854775808", long.MinValue)]
    [InlineData(AmqpHeaderType.Integer, "+7", 7L)]
    [InlineData(AmqpHeaderType.Integer, " 7", null)]
    [InlineData(AmqpHeaderType.Integer, "", null)]
    [InlineData(AmqpHeaderType.Integer, "7.0", null)]
    [InlineData(AmqpHeaderType.Integer, "٧", null)]
    [InlineData(AmqpHeaderType.Number, "-1.5e-3", -0.0015)]
    [InlineData(AmqpHeaderType.Number, "NaN", null)]
    [InlineData(AmqpHeaderType.Number, "Infinity", null)]
    [InlineData(AmqpHeaderType.Number, "1 000", null)]
    [InlineData(AmqpHeaderType.Boolean, "true", true)]
    [InlineData(AmqpHeaderType.Boolean, "True", null)]
    [InlineData(AmqpHeaderType.Boolean, "1", null)]
    [InlineData(AmqpHeaderType.String, "", "")]
    public void Value_OfItsType_OrNone(AmqpHeaderType type, string text, object? expected) => Assert.Equal(expected, AmqpHeaderValues.Read(type, text));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1767323045", 1767323045)]
    [InlineData("2026-01-02T03:04:05Z", 1767323045)]
    [InlineData("2026-01-02T03:04:05.9999999Z", 1767323045)]
    [InlineData("2026-01-02T04:04:05+01:00", 1767323045)]
    [InlineData("2026-01-02T03:04:05", 1767323045)]
    [InlineData("2026-01-02T03:04Z", 1767323040)]
    [InlineData("2026-01-02", 1767312000)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("01/02/2026", null)]
    [InlineData("2026-13-01", null)]
    [InlineData("99999999999999999999", null)]
    public void Timestamp_IsoOrSeconds_OrNone(string text, int? seconds)
        => Assert.Equal(seconds is { } s ? new AmqpTimestamp(s) : null, AmqpHeaderValues.Read(AmqpHeaderType.Timestamp, text));

    [Fact]
    public void Binary_IsBase64_OrNone()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();

        Assert.Equal(bytes, Assert.IsType<BinaryTableValue>(AmqpHeaderValues.Read(AmqpHeaderType.Binary, Convert.ToBase64String(bytes))).Bytes);
        Assert.Empty(Assert.IsType<BinaryTableValue>(AmqpHeaderValues.Read(AmqpHeaderType.Binary, "")).Bytes);
        Assert.Null(AmqpHeaderValues.Read(AmqpHeaderType.Binary, "AAA"));
    }

    private static IReadOnlyList<AmqpHeader> Read(string headers)
        => JsonSerializer.Deserialize<AmqpTriggerSettings>($$"""{"headers":{{headers}}}""", CoreJson.Options)!.Headers;
}
