using System.Text.Json;
using TriggerConsole.Core.Amqp.Exchanges;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Exchanges;

public sealed class InequivalentArgumentTests
{
    [Theory]
    [InlineData("PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'x' in vhost '/': received 'fanout' but current is 'topic'", "type", "topic")]
    [InlineData("PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'x' in vhost '/': received 'false' but current is 'true'", "durable", "true")]
    [InlineData("PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': received none but current is the value 'lost' of type 'longstr'", "alternate-exchange", "lost")]
    [InlineData("PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': received the value 'a' of type 'longstr' but current is none", "alternate-exchange", null)]
    public void Read_WhatTheBrokerSays_NamesPropertyAndValue(string text, string name, string? current)
        => Assert.Equal(new InequivalentArgument(name, current), InequivalentArgument.Read(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("NOT_FOUND - no exchange 'x' in vhost '/'")]
    [InlineData("PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'x' in vhost '/': received 'fan")]
    public void Read_AnythingElse_IsNothing(string? text) => Assert.Null(InequivalentArgument.Read(text));

    [Fact]
    public void With_WhatCannotBeUnderstood_IsNothing()
    {
        var definition = new AmqpExchangeDefinition { Type = AmqpExchangeType.Topic, Durable = true, AutoDelete = false, Internal = false, Arguments = new Dictionary<string, JsonElement>() };

        Assert.Null(definition.With(new("type", "x-delayed-message")));
        Assert.Null(definition.With(new("x-other", "1")));
        Assert.Equal(AmqpExchangeType.Fanout, definition.With(new("type", "fanout"))!.Type);
    }
}
