using System.Reflection;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Http;
using Xunit;

namespace TriggerConsole.Tests.Mqtt;

/// <summary>Every code of the closed list, and what it means for a retry.</summary>
public sealed class MqttFailureTests
{
    public static TheoryData<MqttPublishStatus, MqttReasonCode, string, FailureKind?> Answers => new()
    {
        { MqttPublishStatus.Acknowledged, MqttReasonCode.Success, "acknowledged", null },
        { MqttPublishStatus.Acknowledged, MqttReasonCode.NoMatchingSubscribers, "no_matching_subscribers", null },
        { MqttPublishStatus.Refused, MqttReasonCode.NotAuthorized, "not_authorized", FailureKind.Authentication },
        { MqttPublishStatus.Refused, MqttReasonCode.TopicNameInvalid, "topic_invalid", FailureKind.Permanent },
        { MqttPublishStatus.Refused, MqttReasonCode.PayloadFormatInvalid, "payload_format_invalid", FailureKind.Permanent },
        { MqttPublishStatus.Refused, MqttReasonCode.ImplementationSpecificError, "refused_by_rule", FailureKind.Permanent },
        { MqttPublishStatus.Refused, MqttReasonCode.PacketTooLarge, "too_large", FailureKind.Permanent },
        { MqttPublishStatus.Refused, MqttReasonCode.QosNotSupported, "not_supported", FailureKind.Configuration },
        { MqttPublishStatus.Refused, MqttReasonCode.QuotaExceeded, "quota_exceeded", FailureKind.RateLimited },
        { MqttPublishStatus.Refused, MqttReasonCode.MessageRateTooHigh, "quota_exceeded", FailureKind.RateLimited },
        { MqttPublishStatus.Refused, MqttReasonCode.ServerBusy, "server_busy", FailureKind.Unavailable },
        { MqttPublishStatus.Refused, MqttReasonCode.ServerShuttingDown, "server_busy", FailureKind.Unavailable },
        { MqttPublishStatus.Refused, MqttReasonCode.PacketIdentifierInUse, "packet_id_in_use", FailureKind.Transient },
        { MqttPublishStatus.Refused, MqttReasonCode.UnspecifiedError, "refused", FailureKind.Transient },
        { MqttPublishStatus.Refused, (MqttReasonCode)0xEE, "refused", FailureKind.Transient },
        { MqttPublishStatus.NotConnected, MqttReasonCode.Success, "broker_unreachable", FailureKind.Unavailable },
        { MqttPublishStatus.ConnectionLost, MqttReasonCode.Success, "connection_lost", FailureKind.Transient },
        { MqttPublishStatus.Stopped, MqttReasonCode.Success, "connection_lost", FailureKind.Transient },
        { MqttPublishStatus.TooLarge, MqttReasonCode.Success, "too_large", FailureKind.Permanent },
        { MqttPublishStatus.NotSupported, MqttReasonCode.Success, "not_supported", FailureKind.Configuration },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Execute_BrokersAnswer_HasItsCodeAndKind(MqttPublishStatus status, MqttReasonCode reason, string code, FailureKind? kind)
    {
        await using var bench = new MqttBench();
        bench.Client.Answer = (_, _) => new(ScriptedMqttClient.Result(status, reason));

        var outcome = await bench.ExecuteAsync();

        Assert.Equal((code, kind), (outcome.Code, outcome.Failure));
        Assert.Equal(kind is not null, outcome.Detail is not null);
        if (status == MqttPublishStatus.Refused) Assert.Contains(reason.Describe(), outcome.Detail, StringComparison.Ordinal);
        Assert.Equal("orders/7", MqttBench.Request(outcome).Topic);
    }

    [Fact]
    public async Task Execute_BrokerAway_SaysWhyMaskedAndIsUnavailable()
    {
        await using var bench = new MqttBench();
        bench.Client.Become(MqttState.Waiting, new(MqttConnectFault.RefusedByBroker, $"It does not like {MqttBench.Password}.", MqttReasonCode.BadUserNameOrPassword));
        bench.Client.Answer = (_, _) => new(new MqttPublishResult { Status = MqttPublishStatus.NotConnected });

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("broker_unreachable", FailureKind.Unavailable), (outcome.Code, outcome.Failure));
        Assert.Equal("There is no connection to the broker; nothing was sent. It does not like ••••••.", outcome.Detail);
        Assert.Equal("auto", MqttBench.Request(outcome).ProtocolVersion);
        Assert.Null(MqttBench.Response(outcome).ReasonCode);
    }

    [Fact]
    public async Task Execute_BrokerSwitchedOff_WaitsForIt()
    {
        await using var bench = new MqttBench();
        bench.Directory.Set(MqttBench.Broker(enabled: false));

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("broker_disabled", FailureKind.Unavailable), (outcome.Code, outcome.Failure));
        Assert.False(bench.Connections.IsConnected(bench.Kind.Prepare(MqttBench.Settings).TargetKey));
    }

    [Fact]
    public async Task Execute_BrokerDeleted_IsConfiguration()
    {
        await using var bench = new MqttBench();
        bench.Directory.Remove(MqttBench.BrokerId);

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("broker_missing", FailureKind.Configuration), (outcome.Code, outcome.Failure));
        Assert.True(bench.Connections.IsConnected(bench.Kind.Prepare(MqttBench.Settings).TargetKey)); // waiting would be in vain
    }

    [Fact]
    public async Task Execute_NoAcknowledgement_TimesOut()
    {
        await using var bench = new MqttBench();
        bench.Client.Answer = MqttTriggerKindTests.Never;

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with { TimeoutSeconds = 0.05 });

        Assert.Equal(("timeout", FailureKind.Timeout), (outcome.Code, outcome.Failure));
        Assert.Contains("within 0.05 s", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_ClientRefusesTheMessage_IsConfiguration()
    {
        await using var bench = new MqttBench();
        bench.Client.Answer = (_, _) => throw new MqttArgumentException("Topic", "The topic is odd.");

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("message_invalid", FailureKind.Configuration, "The topic is odd."), (outcome.Code, outcome.Failure, outcome.Detail));
    }

    [Fact]
    public async Task Execute_FaultOfOurs_IsInternalAndNotRetried()
    {
        await using var bench = new MqttBench();
        bench.Client.Answer = (_, _) => throw new InvalidOperationException("canary");

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("internal", FailureKind.Permanent), (outcome.Code, outcome.Failure));
        Assert.DoesNotContain("canary", MqttBench.EverythingIn(outcome), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageFormat.Json, "{\"a\":", "payload_not_json")]
    [InlineData(MessageFormat.Json, "", "payload_not_json")]
    [InlineData(MessageFormat.Xml, "<a>", "payload_not_xml")]
    [InlineData(MessageFormat.Xml, "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "payload_not_xml")]
    public async Task Execute_EventIsNotOfTheFormat_SendsNothing(MessageFormat format, string payload, string code)
    {
        await using var bench = new MqttBench();

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with { Topic = "t", Body = new() { Format = format, Template = "{original_payload}" } }, HttpBench.Event(payload));

        Assert.Equal((code, FailureKind.Configuration), (outcome.Code, outcome.Failure));
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Execute_EventIsNoText_SendsNothing()
    {
        await using var bench = new MqttBench();

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with { Topic = "t", Body = new() { Format = MessageFormat.Text, Template = "{original_payload}" } }, HttpBench.Event([0xFF, 0xFE], null));

        Assert.Equal("payload_not_text", outcome.Code);
        Assert.Empty(bench.Client.Messages);
    }

    [Theory]
    [InlineData("""{"id":"a/+/b"}""", "template_bad_topic")]
    [InlineData("""{"id":"a#"}""", "template_bad_topic")]
    [InlineData("""{"id":"a\u0000b"}""", "template_bad_topic")]
    public async Task Execute_TopicCannotBePublishedTo_SendsNothing(string payload, string code)
    {
        await using var bench = new MqttBench();

        var outcome = await bench.ExecuteAsync(context: HttpBench.Event(payload));

        Assert.Equal((code, FailureKind.Configuration), (outcome.Code, outcome.Failure));
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Execute_TopicTooLongOrEmpty_SendsNothing()
    {
        await using var bench = new MqttBench();

        var tooLong = await bench.ExecuteAsync(context: HttpBench.Event($$"""{"id":"{{new string('x', 70_000)}}"}"""));
        var empty = await bench.ExecuteAsync(MqttBench.Settings with { Topic = "{payload.none}" });

        Assert.Equal(("template_bad_topic", "template_bad_topic"), (tooLong.Code, empty.Code));
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Execute_PropertyTooLong_IsMessageInvalid()
    {
        await using var bench = new MqttBench();

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with { Topic = "t", Properties = new() { CorrelationData = "{payload.id}" } }, HttpBench.Event($$"""{"id":"{{new string('x', 70_000)}}"}"""));

        Assert.Equal("message_invalid", outcome.Code);
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Execute_SecretDeletedSince_IsTemplateInvalid()
    {
        await using var bench = new MqttBench();

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with { Body = new() { Format = MessageFormat.Text, Template = "{secret:GONE}" } });

        Assert.Equal(("template_invalid", FailureKind.Configuration), (outcome.Code, outcome.Failure));
    }

    [Fact]
    public void Codes_AreAllDocumentedInTheApiGuide()
    {
        var guide = File.ReadAllText(Path.Combine(Testing.Repository.Root, "docs", "api.md"));

        var codes = typeof(MqttFailures).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToList();

        Assert.True(codes.Count > 15);
        Assert.All(codes, code => Assert.Contains($"`{code}`", guide, StringComparison.Ordinal));
    }
}
