using System.Text.Json;
using TriggerConsole.Components.Pages.Triggers.Amqp;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Amqp;

public sealed class AmqpFormTests
{
    private static readonly Guid s_id = Guid.Parse("01a1fe27-2495-7000-bb9a-0e314e647b53");

    public static TheoryData<AmqpTriggerSettings> Settings => new(
        new AmqpTriggerSettings { ExchangeId = s_id, RoutingKey = "orders.new" },
        new AmqpTriggerSettings { BrokerId = s_id, Queue = "invoices", Mandatory = false, Persistent = false },
        new AmqpTriggerSettings
        {
            ExchangeId = s_id,
            RoutingKey = "orders.{payload.id}",
            RetryUnroutable = true,
            Body = new() { Format = MessageFormat.Json, Template = "{\"a\":1}" },
            ContentType = "application/vnd.a+json",
            ContentEncoding = "gzip",
            Priority = 200,
            ExpirationMs = 1500,
            MessageId = "{payload.id}",
            CorrelationId = "{execution_id}",
            ReplyTo = "answers",
            Type = "order.created",
            AppId = "shop",
            Headers = [new("region", "{payload.region}"), new("count", "{payload.count}", AmqpHeaderType.Integer), new("at", "{timestamp}", AmqpHeaderType.Timestamp)],
            TimeoutSeconds = 90,
        });

    [Theory]
    [MemberData(nameof(Settings))]
    public void ToSettings_OfSettings_IsTheSame(AmqpTriggerSettings settings)
    {
        var form = new AmqpForm();
        form.Read(SecretFields.ToPublicJson(settings));
        Assert.Equivalent(settings, Written(form), strict: true);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Draft_OfAForm_ReadsBackAsItWas(AmqpTriggerSettings settings)
    {
        var form = new TriggerForm { Settings = new AmqpForm(), Name = "Tell the warehouse" };
        form.Settings.Read(SecretFields.ToPublicJson(settings));
        var restored = TriggerForm.FromDraft(form.ToDraft())!;
        Assert.Equal(form.Snapshot(), restored.Snapshot());
        Assert.IsType<AmqpForm>(restored.Settings);
    }

    [Fact]
    public void ToSettings_TheOtherWay_LeavesOutWhatWasTypedForTheFirst()
    {
        var form = new AmqpForm { ExchangeId = s_id, RoutingKey = "orders.new", BrokerId = s_id, Queue = "invoices" };
        Assert.Equal((s_id, null, null, "orders.new"), (Written(form).ExchangeId, Written(form).BrokerId, Written(form).Queue, Written(form).RoutingKey));
        form.ToQueue = true;
        Assert.Equal((null, s_id, "invoices", ""), (Written(form).ExchangeId, Written(form).BrokerId, Written(form).Queue, Written(form).RoutingKey));
        Assert.Equal("orders.new", form.RoutingKey); // comes back with the choice
    }

    [Fact]
    public void ToSettings_NotMandatory_HasNothingToTryAgain() => Assert.False(Written(new AmqpForm { Mandatory = false, RetryUnroutable = true }).RetryUnroutable);

    [Fact]
    public void ToSettings_WhatCannotBeRead_IsAnErrorAtItsField()
    {
        var errors = new FieldErrors();
        var form = new AmqpForm { Timeout = "long", Expiration = "soon" };
        form.Headers.Rows.AddRange([new() { Name = "region", Value = "eu" }, new() { Name = "region", Value = "us" }, new() { Value = "nameless" }]);
        form.ToSettings(errors.Under("settings"));
        Assert.Equal(["settings.expirationMs", "settings.headers", "settings.headers.region", "settings.timeoutSeconds"], errors.All.Select(e => e.Field).Order());
    }

    [Theory]
    [InlineData("exchangeId", null)]
    [InlineData("brokerId", null)]
    [InlineData("queue", null)]
    [InlineData("routingKey", null)]
    [InlineData("body.template", "message")]
    [InlineData("headers.region", "properties")]
    [InlineData("retryUnroutable", "properties")]
    [InlineData("expirationMs", "properties")]
    [InlineData("timeoutSeconds", "limits")]
    public void TabOf_Field_IsWhereItIsEdited(string field, string? tab) => Assert.Equal(tab, new AmqpForm().TabOf(field));

    [Fact]
    public void Begin_LinkFromAnExchangeOrBroker_ChoosesIt()
    {
        var form = new AmqpForm();
        form.Begin(name => name == "exchange" ? s_id.ToString() : null);
        Assert.Equal((s_id, null), (form.ExchangeId, form.BrokerId));
        form.Begin(name => name == "broker" ? s_id.ToString() : null);
        Assert.Equal((null, s_id), (form.ExchangeId, form.BrokerId));
    }

    [Fact]
    public void BadgeOf_Properties_SaysWhatIsNotAsUsual()
    {
        Assert.Null(new AmqpForm().BadgeOf("properties"));
        var form = new AmqpForm { Mandatory = false, Persistent = false, Priority = 5 };
        form.Headers.Rows.AddRange([new() { Name = "region" }, new()]);
        Assert.Equal("routed or not, not persistent, priority 5, 1 header", form.BadgeOf("properties"));
    }

    private static AmqpTriggerSettings Written(AmqpForm form) => form.ToSettings(new FieldErrors()).Deserialize<AmqpTriggerSettings>(CoreJson.Options)!;
}
