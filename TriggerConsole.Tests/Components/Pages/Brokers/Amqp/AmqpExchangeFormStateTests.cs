using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Exchanges;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

public sealed class AmqpExchangeFormStateTests
{
    [Fact]
    public void Of_Saved_ReadsBackAsItWas()
    {
        var state = AmqpExchangeFormState.Of(Exchanges.View());
        Assert.False(state.IsDirty);
        var input = state.ToInput(Rows.Id)!;
        Assert.Equal(("orders", AmqpExchangeType.Topic, (bool?)true, "orders.lost", (int?)7), (input.Name, input.Type, input.Durable, input.AlternateExchange, input.Version));
        Assert.Equal("""x-a:"text" x-b:5 x-c:0.5 x-d:true""", string.Join(' ', input.Arguments!.Select(a => $"{a.Key}:{a.Value.GetRawText()}")));
        Assert.Equal("alternate exchange, 4 arguments", state.MoreInWords);
    }

    [Fact]
    public void ToInput_AlternateExchangeEmptied_TakesItAway()
    {
        var state = AmqpExchangeFormState.Of(Exchanges.View());
        state.AlternateExchange = "";
        Assert.True(state.IsDirty);
        Assert.Equal("", state.ToInput(Rows.Id)!.AlternateExchange);
    }

    [Theory]
    [InlineData(AmqpHeaderType.Integer, "many", "Write a whole number")]
    [InlineData(AmqpHeaderType.Number, "1e999", "Write a number")]
    [InlineData(AmqpHeaderType.Boolean, "perhaps", "Choose yes or no")]
    public void ToInput_NoValueOfItsType_SaysSoAtTheArgument(AmqpHeaderType type, string value, string words)
    {
        var state = new AmqpExchangeFormState { Name = "orders" };
        state.Arguments.Rows.Add(new() { Name = "x-a", Type = type, Value = value });
        Assert.Null(state.ToInput(Rows.Id));
        Assert.StartsWith(words, state.ErrorOf("arguments.x-a"), StringComparison.Ordinal);
        Assert.True(state.IsOpen(AmqpExchangeFormState.MoreFold));
        Assert.Equal("arguments-x-a", state.FirstError);
    }

    [Fact]
    public void ToInput_ArgumentTwiceOrWithoutAName_SaysSo()
    {
        var state = new AmqpExchangeFormState { Name = "orders" };
        state.Arguments.Rows.AddRange([new() { Name = "x-a", Value = "1" }, new() { Name = " x-a ", Value = "2" }, new() { Value = "3" }, new()]);
        Assert.Null(state.ToInput(Rows.Id));
        Assert.Equal(["arguments", "arguments.x-a"], state.Errors.Keys.Order());
    }

    [Fact]
    public void Compare_ArgumentsOfOneSide_AreNoneAtTheOther()
    {
        var lines = AmqpExchangeWords.Compare(Exchanges.Definition(AmqpExchangeType.Topic, arguments: """{"x-a":1}"""), Exchanges.Definition(AmqpExchangeType.Topic, arguments: """{"x-b":"two"}"""));
        Assert.Contains(("x-a", "1", "none"), lines);
        Assert.Contains(("x-b", "none", "two"), lines);
        Assert.Equal(2, lines.Count(l => l.Wanted != l.Actual));
    }

    [Theory]
    [InlineData(AmqpExchangeType.Direct, "invoice", "{}", "messages whose routing key is invoice")]
    [InlineData(AmqpExchangeType.Direct, "", "{}", "messages whose routing key is (empty)")]
    [InlineData(AmqpExchangeType.Topic, "orders.#", "{}", "messages whose routing key fits orders.#")]
    [InlineData(AmqpExchangeType.Fanout, "x", "{}", "every message")]
    [InlineData(AmqpExchangeType.Headers, "", """{"x-match":"all","region":"eu","vip":true}""", "messages with region = eu and vip = true")]
    [InlineData(AmqpExchangeType.Headers, "", """{"x-match":"any","region":"eu","count":5}""", "messages with region = eu or count = 5")]
    [InlineData(AmqpExchangeType.Headers, "", "{}", "every message")]
    public void Which_Binding_SaysWhichMessagesItLetsThrough(AmqpExchangeType type, string key, string arguments, string words)
        => Assert.Equal(words, AmqpExchangeWords.Which(type, Exchanges.Binding(key, arguments)));

    [Fact]
    public void Queue_MadeHere_IsSaidInWords()
    {
        Assert.Null(AmqpExchangeWords.Queue(null));
        Assert.Equal("durable, quorum, at most 10,000 messages, refuses when full, keeps each for 5 min, x-new = 1",
            AmqpExchangeWords.Queue(new() { Arguments = Exchanges.Arguments("""{"x-queue-type":"quorum","x-max-length":10000,"x-overflow":"reject-publish","x-message-ttl":300000,"x-new":1}""") }));
    }

    [Theory]
    [InlineData(true, 3L, 1L, "It exists: 3 messages waiting, 1 consumer.")]
    [InlineData(true, 0L, 0L, "It exists: no messages waiting, no consumer.")]
    [InlineData(true, null, null, "The broker does not let this user look at it.")]
    [InlineData(false, null, null, "There is no queue of this name at the broker.")]
    public void Found_Queue_SaysHowFullItIs(bool exists, long? messages, long? consumers, string words)
        => Assert.Equal(words, AmqpExchangeWords.Found(new("warehouse", exists, messages, consumers, exists && messages is null ? "The broker does not let this user look at it." : null)));

    [Fact]
    public void Changes_OneExchangeWentMissing_NamesThatOne()
    {
        var missing = Exchanges.View(new(AmqpExchangeState.Missing, "There is no exchange orders at the broker.", null, null));
        Assert.Equal("orders: missing.", ExchangesTab.Changes([Exchanges.View()], [missing]));
        Assert.Equal("", ExchangesTab.Changes([], [missing]));
    }
}
