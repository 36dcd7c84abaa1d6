using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Brokers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

public sealed class AmqpPublishFormTests
{
    private static readonly Guid s_exchange = Guid.Parse("01a1fe27-2495-7000-bb9a-0e314e647b54");
    private static readonly Guid s_execution = Guid.Parse("01a1fe27-2495-7000-bb9a-0e314e647b55");

    [Fact]
    public void Of_SentMessage_IsTheSameAgainWithoutItsIds()
    {
        var form = AmqpPublishForm.Of(new()
        {
            ExchangeId = s_exchange,
            Exchange = "orders",
            RoutingKey = "orders.new",
            Body = "{\"a\":1}",
            Properties = new()
            {
                ContentType = "application/json",
                Persistent = false,
                Priority = 5,
                ExpirationMs = 90_000,
                CorrelationId = "7",
                MessageId = s_execution.ToString(),
                Type = "order.created",
            },
            Headers = [new("count", "integer", "5"), new("source", "string", "shop"), new("idempotency-key", "string", s_execution.ToString())],
        }, s_execution);
        var input = form.ToInput(Rows.Id)!;
        Assert.Equal((s_exchange, null, "orders.new", false, (int?)5, (long?)90_000), (input.ExchangeId, input.BrokerId, input.RoutingKey, input.Persistent, input.Priority, input.ExpirationMs));
        Assert.Equal((MessageFormat.Json, "{\"a\":1}", null, null), (input.Format, input.Payload!.Value.GetString(), input.ContentType, input.MessageId));
        Assert.Equal([new("count", "5", AmqpHeaderType.Integer), new("source", "shop")], input.Headers!);
        Assert.Equal("priority 5, expiration, correlation id, type", form.PropertiesInWords);
    }

    [Fact]
    public void ToInput_DefaultExchange_TakesTheKeyForTheQueue()
    {
        var input = new AmqpPublishForm { RoutingKey = " invoices " }.ToInput(Rows.Id)!;
        Assert.Equal(("invoices", null, null, (Guid?)Rows.Id), (input.Queue, input.RoutingKey, input.Exchange, input.BrokerId));
        var form = AmqpPublishForm.Of(new() { Exchange = "default", Queue = "invoices", RoutingKey = "invoices", Body = "x" }, s_execution);
        Assert.Equal((true, "invoices"), (form.ToQueue, form.RoutingKey));
    }

    [Fact]
    public void ToInput_ExchangeByItsName_NeedsOne()
    {
        var form = new AmqpPublishForm { IsNamed = true };
        Assert.Null(form.ToInput(Rows.Id));
        Assert.Equal("publish-exchange", form.FirstError);
        form.Exchange = "amq.topic";
        Assert.Equal(("amq.topic", (Guid?)Rows.Id), (form.ToInput(Rows.Id)!.Exchange, form.ToInput(Rows.Id)!.BrokerId));
        Assert.Equal((true, "amq.topic"), (AmqpPublishForm.Of(new() { Exchange = "amq.topic" }, s_execution).IsNamed, AmqpPublishForm.Of(new() { Exchange = "amq.topic" }, s_execution).Exchange));
    }

    [Theory]
    [InlineData("{\"a\":1}", "application/json")]
    [InlineData("{\"a\":", "text/plain; charset=utf-8")] // anything can be sent
    [InlineData("on", "text/plain; charset=utf-8")]
    public void UsualContentType_Payload_GoesByWhatItIs(string payload, string type) => Assert.Equal(type, new AmqpPublishForm { Payload = payload }.UsualContentType);

    [Fact]
    public void SetEncoding_ThereAndBack_KeepsThePayload()
    {
        var form = new AmqpPublishForm { Payload = "grün" };
        form.SetEncoding(true);
        Assert.Equal("Z3LDvG4=", form.Payload);
        Assert.Equal(("Z3LDvG4=", null, null), (form.ToInput(Rows.Id)!.PayloadBase64, form.ToInput(Rows.Id)!.Format, form.UsualContentType));
        form.SetEncoding(false);
        Assert.Equal("grün", form.Payload);
    }

    [Fact]
    public void SetEncoding_BytesThatAreNoText_StayAsTheyAre()
    {
        var form = new AmqpPublishForm { Payload = "/w==", IsBase64 = true };
        form.SetEncoding(false);
        Assert.Equal(("/w==", false), (form.Payload, form.IsBase64));
    }

    [Theory]
    [InlineData("soon", "", "publish-expirationMs")]
    [InlineData("", "high", "publish-priority")]
    public void ToInput_WhatCannotBeRead_IsAnErrorAtItsField(string expiration, string priority, string field)
    {
        var form = new AmqpPublishForm { Expiration = expiration, Priority = priority };
        Assert.Null(form.ToInput(Rows.Id));
        Assert.Equal(field, form.FirstError);
        Assert.True(form.HasPropertyErrors);
    }

    [Fact]
    public void Refuse_FaultsOfQueueAndBytes_AreShownAtTheirFields()
    {
        var form = new AmqpPublishForm();
        form.Refuse([new("queue", "Give the name of the queue."), new("payloadBase64", "This is no base64."), new("headers.region", "Too long.")]);
        Assert.Equal(("Give the name of the queue.", "This is no base64.", "Too long."), (form.ErrorOf("routingKey"), form.ErrorOf("payload"), form.ErrorOf("headers.region")));
        Assert.False(form.HasPropertyErrors);
    }
}
