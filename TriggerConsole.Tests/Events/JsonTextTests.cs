using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Events;
using TriggerConsole.Tests.Templates;
using Xunit;

namespace TriggerConsole.Tests.Events;

public sealed class JsonTextTests
{
    [Fact]
    public void Unescape_AnyString_IsItsText()
        => Hostile.Repeat(3000, random =>
        {
            var text = Hostile.Text(random);
            var json = Encoding.UTF8.GetBytes(Hostile.ToJson(text, random));
            Assert.Equal(Hostile.WellFormed(text), JsonText.Unescape(json.AsSpan()[1..^1]));
        });

    [Fact]
    public void Escape_AnyText_ReadsBackEqual()
        => Hostile.Repeat(3000, random =>
        {
            var text = Hostile.WellFormed(Hostile.Text(random));
            var utf8 = Encoding.UTF8.GetBytes(text);
            var escaped = new byte[utf8.Length * JsonText.MaxExpansion];
            var inside = Encoding.UTF8.GetString(escaped, 0, JsonText.Escape(utf8, escaped));
            Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{inside}\""));
        });

    [Fact]
    public void Compact_AnyValue_IsTheSameValueWithoutWhitespace()
        => Hostile.Repeat(2000, random =>
        {
            var text = JsonSerializer.Serialize(Hostile.WellFormed(Hostile.Text(random)));
            var spaced = Encoding.UTF8.GetBytes($" {{ {text} : [ 1 ,\t{text} ,\r\n{{ }} ] }} ");
            var compact = new byte[spaced.Length];
            Assert.Equal($"{{{text}:[1,{text},{{}}]}}", Encoding.UTF8.GetString(compact, 0, JsonText.Compact(spaced, compact)));
        });

    [Theory]
    [InlineData("\"a\\n\"", "a\n")]
    [InlineData("null", null)]
    [InlineData("1.0", "1.0")]
    [InlineData("[ 1, \" \" ]", "[1,\" \"]")]
    public void TextOf_EachKind_ReadsAsText(string json, string? expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(expected, JsonText.TextOf(document.RootElement));
        Assert.Null(JsonText.TextOf(default));
    }
}
