using System.Text;
using TriggerConsole.Core.Events;
using TriggerConsole.Tests.Templates;
using Xunit;

namespace TriggerConsole.Tests.Events;

public sealed class EventTypesTests
{
    [Theory]
    [InlineData("{\"type\":\"a\",\"event\":\"b\"}", "a")]
    [InlineData("{\"event\":\"b\",\"event_type\":\"c\",\"x\":{\"type\":\"no\"}}", "c")]
    [InlineData("{\"event\":\"b\",\"type\":\"a\"}", "a")]
    [InlineData(" \r\n{\"x\":[{\"type\":\"no\"}],\"event\":\"b\"}", "b")]
    [InlineData("\uFEFF{\"type\":\"a\"}", "a")]
    [InlineData("{\"type\":5,\"event\":{\"type\":\"no\"},\"event_type\":\"c\"}", "c")]
    [InlineData("{\"type\":null}", null)]
    [InlineData("{\"type\":\"\"}", null)]
    [InlineData("{\"type\":\"  \",\"event\":\"b\"}", "b")]
    [InlineData("{\"type\":\" a\\u0000b\\nc \"}", "a b c")]
    [InlineData("{\"type\":\"\\u0000\\u0001\"}", null)]
    [InlineData("{\"type\":\"\\ud800é\\u00e9\"}", "\uFFFDéé")]
    [InlineData("{\"Type\":\"a\"}", null)]
    [InlineData("[{\"type\":\"a\"}]", null)]
    [InlineData("\"type\"", null)]
    [InlineData("type=a", null)]
    [InlineData("{\"event\":\"b\",\"x\":", "b")]
    [InlineData("{\"event\":\"b\"} trailing", "b")]
    [InlineData("{broken", null)]
    [InlineData("", null)]
    public void Detect_Payload_GivesItsTopLevelType(string body, string? expected)
        => Assert.Equal(expected, EventTypes.Detect([], "application/json", Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Detect_Headers_ComeBeforeThePayload()
    {
        var body = "{\"type\":\"p\"}"u8;
        Assert.Equal("c", EventTypes.Detect([new("x-github-event", "g"), new("X-EVENT-TYPE", "x"), new("Ce-Type", "c")], null, body));
        Assert.Equal("x", EventTypes.Detect([new("x-github-event", "g"), new("X-EVENT-TYPE", "x"), new("Ce-Type", "")], null, body));
        Assert.Equal("g", EventTypes.Detect([new("Host", "h"), new("x-github-event", "g")], null, body));
        Assert.Equal("p", EventTypes.Detect([new("Host", "h")], null, body));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "p")]
    [InlineData("text/plain", "p")]
    [InlineData(null, "p")]
    [InlineData("application/xml", null)]
    public void Detect_ContentType_IsReadAsGenerouslyAsThePayload(string? contentType, string? expected)
        => Assert.Equal(expected, EventTypes.Detect([], contentType, "{\"type\":\"p\"}"u8));

    [Fact]
    public void Detect_LongType_IsCutBetweenCharacters()
    {
        var type = new string('a', 199) + "😀";
        Assert.Equal(new string('a', 199), EventTypes.Detect([new("ce-type", type)], null, []));
        Assert.Equal(new string('b', 200), EventTypes.Detect([], null, Encoding.UTF8.GetBytes($"{{\"type\":\"{new string('b', 300)}\"}}")));
    }

    [Fact]
    public void Detect_LargePayload_IsLookedAtAtItsBeginningOnly()
    {
        var filler = $"\"filler\":\"{new string('x', EventTypes.MaxInspectedBytes)}\"";
        Assert.Equal("a", EventTypes.Detect([], null, Encoding.UTF8.GetBytes($"{{\"type\":\"a\",{filler}}}")));
        Assert.Equal("b", EventTypes.Detect([], null, Encoding.UTF8.GetBytes($"{{\"event\":\"b\",{filler},\"type\":\"a\"}}")));
        Assert.Null(EventTypes.Detect([], null, Encoding.UTF8.GetBytes($"{{{filler},\"type\":\"a\"}}")));
    }

    [Fact]
    public void Detect_NestingBomb_IsNothing()
        => Assert.Null(EventTypes.Detect([], null, Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 30_000))));

    [Fact]
    public void Detect_AnyBytes_NeverThrow()
        => Hostile.Repeat(5000, random =>
        {
            var bytes = new byte[random.Next(30)];
            random.NextBytes(bytes);
            byte[] body = [.. "{\"type\":"u8, .. random.Next(2) == 0 ? bytes : Encoding.UTF8.GetBytes(Hostile.ToJson(Hostile.Text(random), random)), (byte)'}'];
            var type = EventTypes.Detect([new(Hostile.Text(random), "x")], null, body);
            if (type is null) return;
            Assert.InRange(type.Length, 1, StoredEvent.MaxEventTypeLength);
            Assert.DoesNotContain(type, char.IsControl);
        });
}
