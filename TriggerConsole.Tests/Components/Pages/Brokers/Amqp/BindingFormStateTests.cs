using System.Text.Json;
using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Core.Amqp.Exchanges;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

public sealed class BindingFormStateTests
{
    [Fact]
    public void ToInput_QueueWithEverything_IsWhatRabbitMqCallsIt()
    {
        var input = new BindingFormState { Queue = " warehouse ", RoutingKey = "orders.#", MaxLength = "10000", MessageTtl = "5 min", MaxPriority = "10" }.ToInput(AmqpExchangeType.Topic)!;
        Assert.Equal(("warehouse", "orders.#", true), (input.Queue, input.RoutingKey, input.CreateQueue!.Durable));
        Assert.Null(input.Arguments);
        Assert.Equal("""{"x-max-length":10000,"x-overflow":"reject-publish","x-message-ttl":300000,"x-max-priority":10}""", JsonSerializer.Serialize(input.CreateQueue.Arguments));
    }

    [Fact]
    public void ToInput_QuorumQueue_IsDurableAndHasNoPriorities()
    {
        var queue = new BindingFormState { Queue = "q", Quorum = true, Durable = false, MaxPriority = "10" }.ToInput(AmqpExchangeType.Fanout)!.CreateQueue!;
        Assert.True(queue.Durable);
        Assert.Equal("""{"x-queue-type":"quorum"}""", JsonSerializer.Serialize(queue.Arguments));
    }

    [Theory]
    [InlineData(false, "all"), InlineData(true, "any")]
    public void ToInput_HeadersExchange_SaysHowManyMustFit(bool any, string match)
    {
        var state = new BindingFormState { Queue = "q", RoutingKey = "left over", MatchAny = any };
        state.Headers.Rows.Add(new() { Name = "region", Value = "eu" });
        var input = state.ToInput(AmqpExchangeType.Headers)!;
        Assert.Equal("", input.RoutingKey);
        Assert.Equal($$"""{"region":"eu","x-match":"{{match}}"}""", JsonSerializer.Serialize(input.Arguments));
    }

    [Fact]
    public void ToInput_QueueThatIsThere_IsNotMade() => Assert.Null(new BindingFormState { Queue = "q", MakeQueue = false, MaxLength = "nonsense" }.ToInput(AmqpExchangeType.Direct)!.CreateQueue);

    [Theory]
    [InlineData("0", "", "", "maxLength")]
    [InlineData("", "soon", "", "messageTtl")]
    [InlineData("", "", "256", "maxPriority")]
    public void ToInput_WhatCannotBeRead_IsAnErrorAtItsFieldAndUnfolded(string length, string ttl, string priority, string field)
    {
        var state = new BindingFormState { Queue = "q", MaxLength = length, MessageTtl = ttl, MaxPriority = priority };
        Assert.Null(state.ToInput(AmqpExchangeType.Direct));
        Assert.Equal(field, state.FirstError);
        Assert.True(state.IsOpen(BindingFormState.QueueFold));
    }

    [Fact]
    public void Refuse_FaultOfTheQueueToMake_UnfoldsItsPart()
    {
        var state = new BindingFormState();
        state.Refuse([new("createQueue.arguments.x-max-length", "Too large.")]);
        Assert.True(state.IsOpen(BindingFormState.QueueFold));
    }

    [Fact]
    public void QueueInWords_WhatIsNotAsUsual_IsNamed()
    {
        Assert.Null(new BindingFormState().QueueInWords);
        Assert.Equal("quorum, at most 5 messages, kept 1 d", new BindingFormState { Quorum = true, MaxLength = "5", MessageTtl = "1 d", MaxPriority = "3" }.QueueInWords);
    }

    [Theory]
    [InlineData(AmqpExchangeType.Direct, "orders", "orders", true)]
    [InlineData(AmqpExchangeType.Direct, "orders", "Orders", false)]
    [InlineData(AmqpExchangeType.Topic, "orders.*", "orders.42", true)]
    [InlineData(AmqpExchangeType.Fanout, "", "anything", true)]
    [InlineData(AmqpExchangeType.Headers, "", "anything", null)]
    public void Fits_KeyOfAMessage_IsWhatTheBrokerWouldSay(AmqpExchangeType type, string pattern, string key, bool? fits)
        => Assert.Equal(fits, new BindingFormState { RoutingKey = pattern }.Fits(type, key));
}
