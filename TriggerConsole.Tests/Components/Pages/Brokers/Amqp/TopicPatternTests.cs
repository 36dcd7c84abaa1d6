using TriggerConsole.Components.Pages.Brokers.Amqp;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("orders.new", "orders.new", true)]
    [InlineData("orders.new", "orders.new.eu", false)]
    [InlineData("orders.*", "orders.new", true)]
    [InlineData("orders.*", "orders", false)]
    [InlineData("orders.*", "orders.eu.new", false)]
    [InlineData("*.orders.*", "eu.orders.new", true)]
    [InlineData("orders.#", "orders", true)]
    [InlineData("orders.#", "orders.eu.new", true)]
    [InlineData("#.new", "new", true)]
    [InlineData("#.new", "orders.eu.new", true)]
    [InlineData("#.new", "orders.news", false)]
    [InlineData("#", "", true)]
    [InlineData("#", "a.b.c", true)]
    [InlineData("*", "", true)] // one empty word
    [InlineData("*", "a.b", false)]
    [InlineData("a.#.b.#.c", "a.b.c", true)]
    [InlineData("a.#.b.#.c", "a.x.b.y.z.c", true)]
    [InlineData("a.#.b.#.c", "a.x.c", false)]
    [InlineData("#.#", "a", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("or*.new", "orders.new", false)] // a star within a word is a star
    public void Fits_PatternAndKey_IsWhatRabbitMqDoes(string pattern, string key, bool fits) => Assert.Equal(fits, TopicPattern.Fits(pattern, key));

    [Fact]
    public void Fits_ManyHashes_DoesNotTakeForEver() => Assert.False(TopicPattern.Fits(string.Join('.', Enumerable.Repeat("#.a", 60)), string.Join('.', Enumerable.Repeat("a", 120)) + ".b"));
}
