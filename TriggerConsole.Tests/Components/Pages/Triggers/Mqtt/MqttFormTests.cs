using System.Text.Json;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Components.Pages.Triggers.Mqtt;
using TriggerConsole.Core;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Mqtt;

public sealed class MqttFormTests
{
    private static readonly Guid s_broker = Guid.Parse("01a1fe27-2495-7000-bb9a-0e314e647b53");

    public static TheoryData<MqttTriggerSettings> Settings => new(
        new MqttTriggerSettings { BrokerId = s_broker, Topic = "orders/new" },
        new MqttTriggerSettings
        {
            BrokerId = s_broker,
            Topic = "orders/{payload.id}",
            Qos = 2,
            Retain = true,
            Body = new() { Format = MessageFormat.Json, Template = "{\"a\":1}" },
            Properties = new()
            {
                ContentType = "application/vnd.a+json",
                MessageExpirySeconds = 90,
                ResponseTopic = "orders/answers",
                CorrelationData = "{execution_id}",
                PayloadFormatIndicator = 0,
                UserProperties = [new() { Name = "source", Value = "shop" }, new() { Name = "source", Value = "{event_type}" }],
            },
            TimeoutSeconds = 90,
        },
        new MqttTriggerSettings { BrokerId = s_broker, Topic = "a", Qos = 0, Body = new() { Format = MessageFormat.Text, Template = "on" } });

    [Theory]
    [MemberData(nameof(Settings))]
    public void ToSettings_OfSettings_IsTheSame(MqttTriggerSettings settings)
    {
        var form = new MqttForm();
        form.Read(SecretFields.ToPublicJson(settings));
        Assert.Equivalent(settings, Written(form), strict: true);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Draft_OfAForm_ReadsBackAsItWas(MqttTriggerSettings settings)
    {
        var form = new TriggerForm { Settings = new MqttForm(), Name = "Tell the lamp" };
        form.Settings.Read(SecretFields.ToPublicJson(settings));
        var restored = TriggerForm.FromDraft(form.ToDraft())!;
        Assert.Equal(form.Snapshot(), restored.Snapshot());
        Assert.IsType<MqttForm>(restored.Settings);
    }

    [Fact]
    public void ToSettings_WhatCannotBeRead_IsAnErrorAtItsField()
    {
        var errors = new FieldErrors();
        new MqttForm { Timeout = "long", Expiry = "soon" }.ToSettings(errors.Under("settings"));
        Assert.Equal(["settings.properties.messageExpirySeconds", "settings.timeoutSeconds"], errors.All.Select(e => e.Field));
    }

    [Theory]
    [InlineData("brokerId", null)]
    [InlineData("topic", null)]
    [InlineData("body.template", "message")]
    [InlineData("qos", "properties")]
    [InlineData("properties.userProperties[3].value", "properties")]
    [InlineData("timeoutSeconds", "limits")]
    public void TabOf_Field_IsWhereItIsEdited(string field, string? tab) => Assert.Equal(tab, new MqttForm().TabOf(field));

    [Fact]
    public void Begin_LinkFromABroker_ChoosesIt()
    {
        var form = new MqttForm();
        form.Begin(name => name == "broker" ? s_broker.ToString() : null);
        Assert.Equal(s_broker, form.BrokerId);
        form.Begin(_ => "nonsense");
        Assert.Null(form.BrokerId);
    }

    [Fact]
    public void ToDescribe_NothingTypedYet_CanBePutIntoASentence()
        => Assert.Equal("…", new MqttForm().ToDescribe().GetProperty("topic").GetString());

    [Fact]
    public void Body_AnotherFormat_KeepsTheTextOfTheFirst()
    {
        var form = new MessageForm { Format = MessageFormat.Json, Template = "{\"mine\":1}" };
        form.Format = MessageFormat.Xml;
        Assert.Equal("<event>{original_payload}</event>", form.Template);
        form.Format = MessageFormat.Json;
        Assert.Equal("{\"mine\":1}", form.Template);
    }

    private static MqttTriggerSettings Written(MqttForm form) => form.ToSettings(new FieldErrors()).Deserialize<MqttTriggerSettings>(CoreJson.Options)!;
}
