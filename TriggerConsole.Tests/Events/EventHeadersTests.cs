using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Events;
using TriggerConsole.Tests.Templates;
using Xunit;

namespace TriggerConsole.Tests.Events;

public sealed class EventHeadersTests
{
    [Fact]
    public void Write_Headers_IsAListOfPairs()
    {
        Assert.Equal("""[["Host","a.example"],["X-Quote","\"\\\t"],["x-empty",""]]""", Written(new("Host", "a.example"), new("X-Quote", "\"\\\t"), new("x-empty", "")));
        Assert.Equal("[]", Written());
    }

    [Fact]
    public void Write_AnyText_ReadsBackEqual()
        => Hostile.Repeat(2000, random =>
        {
            var headers = Enumerable.Range(0, random.Next(5)).Select(_ => KeyValuePair.Create(Hostile.Text(random), Hostile.Text(random))).ToList();
            var json = EventHeaders.Write(headers);
            using var document = JsonDocument.Parse(json);
            Assert.Equal(headers.Count, document.RootElement.GetArrayLength());
            Assert.Equal(headers.Select(h => KeyValuePair.Create(Hostile.WellFormed(h.Key), Hostile.WellFormed(h.Value))), EventHeaders.Read(json));
        });

    [Theory]
    [InlineData("", 0)]
    [InlineData("{}", 0)]
    [InlineData("null", 0)]
    [InlineData("[", 0)]
    [InlineData("[1,\"a\",[2,3],[\"x\"],[],[\"a\",\"b\"]]", 1)]
    [InlineData("[[\"a\",\"b\"],", 1)]
    [InlineData("[[[\"a\",\"b\"]]]", 0)]
    [InlineData("[[\"a\",\"b\"],[\"\\ud800\",\"c\"]]", 2)]
    public void Read_AnythingElse_NeverThrows(string json, int expected)
        => Assert.Equal(expected, EventHeaders.Read(Encoding.UTF8.GetBytes(json)).Count);

    [Fact]
    public void Read_BrokenUtf8_IsEmpty()
        => Assert.Empty(EventHeaders.Read([(byte)'[', 0xFF]));

    private static string Written(params KeyValuePair<string, string>[] headers) => Encoding.UTF8.GetString(EventHeaders.Write(headers));
}
