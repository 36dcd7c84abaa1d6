using System.Reflection;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Tests.Http;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

/// <summary>Every code of the closed list, and what it means for a retry.</summary>
public sealed class AmqpFailureTests
{
    public static TheoryData<int, ushort, string?, string, FailureKind?, bool> Answers => new()
    {
        // result, the broker's code and words; code and kind of the attempt, whether the broker is well all the same
        { (int)AmqpPublishStatus.Confirmed, 0, null, "confirmed", null, false },
        { (int)AmqpPublishStatus.Returned, 312, "NO_ROUTE", "unroutable", FailureKind.Permanent, true },
        { (int)AmqpPublishStatus.Refused, 0, null, "refused", FailureKind.Transient, true },
        { (int)AmqpPublishStatus.ChannelClosed, 404, "NOT_FOUND - no exchange 'orders' in vhost '/'", "exchange_missing", FailureKind.Configuration, true },
        { (int)AmqpPublishStatus.ChannelClosed, 403, "ACCESS_REFUSED - access to exchange 'orders' refused", "access_refused", FailureKind.Authentication, true },
        { (int)AmqpPublishStatus.ChannelClosed, 406, "PRECONDITION_FAILED - message size 1 is larger than 0", "message_refused", FailureKind.Permanent, true },
        { (int)AmqpPublishStatus.ChannelClosed, 541, null, "message_refused", FailureKind.Permanent, true },
        { (int)AmqpPublishStatus.ConnectionClosed, 320, "CONNECTION_FORCED - shutdown", "connection_closed", FailureKind.Transient, false },
        { (int)AmqpPublishStatus.ConnectionClosed, 501, null, "connection_closed", FailureKind.Transient, false },
        { (int)AmqpPublishStatus.ConnectionLost, 0, null, "connection_lost", FailureKind.Transient, false },
        { (int)AmqpPublishStatus.Stopped, 0, null, "connection_lost", FailureKind.Transient, false },
        { (int)AmqpPublishStatus.NotConnected, 0, null, "broker_unreachable", FailureKind.Unavailable, false },
        { (int)AmqpPublishStatus.Blocked, 0, null, "broker_blocked", FailureKind.Unavailable, false },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Execute_BrokersAnswer_HasItsCodeAndKind(int status, ushort replyCode, string? text, string code, FailureKind? kind, bool isWell)
    {
        await using var bench = new AmqpBench();
        bench.Answers((AmqpPublishStatus)status, replyCode, text);

        var outcome = await bench.ExecuteAsync();

        Assert.Equal((code, kind, isWell), (outcome.Code, outcome.Failure, outcome.TargetIsWell));
        Assert.Equal(code is "broker_unreachable" or "broker_blocked", outcome.NothingSent);
        Assert.Equal(kind is not null, outcome.Detail is not null);
        Assert.Equal("orders.7", AmqpBench.Request(outcome).RoutingKey);
        var response = AmqpBench.Response(outcome);
        Assert.Equal((replyCode == 0 ? null : (int?)replyCode, text), (response.ReplyCode, response.ReplyText));
        Assert.Equal(
            (AmqpPublishStatus)status switch
            {
                AmqpPublishStatus.Confirmed => "confirmed",
                AmqpPublishStatus.Returned => "returned",
                AmqpPublishStatus.Refused => "refused",
                AmqpPublishStatus.ChannelClosed or AmqpPublishStatus.ConnectionClosed => "closed",
                _ => null,
            },
            response.Outcome);
        if ((AmqpPublishStatus)status is AmqpPublishStatus.ChannelClosed or AmqpPublishStatus.ConnectionClosed && text is not null) Assert.Contains(text, outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_HaveEveryResult()
        => Assert.Equal(Enum.GetValues<AmqpPublishStatus>().Order(), Answers.Select(row => (AmqpPublishStatus)(int)row[0]).Distinct().Order());

    [Theory]
    [InlineData("e1", "at the exchange orders none takes the routing key a.b.")]
    [InlineData("e2", "the exchange all has none.")]
    [InlineData("e3", "at the exchange by-headers none takes these headers.")]
    [InlineData(null, "there is no queue inbox.")]
    public async Task Unroutable_SaysWhatIsMissing(string? exchange, string expected)
    {
        await using var bench = new AmqpBench();
        bench.Answers(AmqpPublishStatus.Returned, 312, "NO_ROUTE");

        var outcome = await bench.ExecuteAsync(exchange is null ? AmqpBench.ToQueue : new() { ExchangeId = Guid.Parse($"01890000-0000-7000-8000-0000000000{exchange}"), RoutingKey = "a.b" });

        Assert.StartsWith("The broker took the message, but no queue is bound for it: ", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains(expected, outcome.Detail, StringComparison.Ordinal);
        Assert.EndsWith("replay it.", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unroutable_TriggerRetriesIt_IsTransient()
    {
        await using var bench = new AmqpBench();
        bench.Answers(AmqpPublishStatus.Returned, 312, "NO_ROUTE");

        var outcome = await bench.ExecuteAsync(AmqpBench.Settings with { RetryUnroutable = true });

        Assert.Equal(("unroutable", FailureKind.Transient), (outcome.Code, outcome.Failure));
    }

    [Fact]
    public async Task Execute_BrokerAway_SaysWhyMaskedAndIsUnavailable()
    {
        await using var bench = new AmqpBench();
        bench.Client.Become(AmqpState.Waiting, new(AmqpConnectFault.LoginRefused, $"It does not like {AmqpBench.Password}.", "403 ACCESS_REFUSED"));
        bench.Answers(AmqpPublishStatus.NotConnected);

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("broker_unreachable", FailureKind.Unavailable, true), (outcome.Code, outcome.Failure, outcome.NothingSent));
        Assert.Equal("There is no connection to the broker; nothing was sent. It does not like ••••••.", outcome.Detail);
        Assert.Null(AmqpBench.Response(outcome).Outcome);
    }

    [Fact]
    public async Task Execute_BrokerSwitchedOff_WaitsForIt()
    {
        await using var bench = new AmqpBench();
        bench.Directory.Set(AmqpBench.Broker(enabled: false));

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("broker_disabled", FailureKind.Unavailable, true), (outcome.Code, outcome.Failure, outcome.NothingSent));
        Assert.False(bench.Connections.IsConnected(bench.Kind.Prepare(AmqpBench.Settings).TargetKey));
    }

    [Fact]
    public async Task Execute_BrokerDeleted_IsConfiguration()
    {
        await using var bench = new AmqpBench();
        bench.Directory.Remove(AmqpBench.BrokerId);

        var outcome = await bench.ExecuteAsync(AmqpBench.ToQueue);

        Assert.Equal(("broker_missing", FailureKind.Configuration, false), (outcome.Code, outcome.Failure, outcome.NothingSent));
        Assert.True(bench.Connections.IsConnected(bench.Kind.Prepare(AmqpBench.ToQueue).TargetKey)); // waiting would be in vain
    }

    [Fact]
    public async Task Execute_ExchangeDeleted_IsConfigurationAndSendsNothing()
    {
        await using var bench = new AmqpBench();
        var before = bench.Kind.Prepare(AmqpBench.Settings);
        bench.Exchanges.Remove(AmqpBench.Topic);
        var after = bench.Kind.Prepare(AmqpBench.Settings);

        foreach (var prepared in new[] { before, after })
        {
            var outcome = await bench.Kind.ExecuteAsync(prepared, HttpBench.Event(), CancellationToken.None);
            Assert.Equal(("exchange_deleted", FailureKind.Configuration), (outcome.Code, outcome.Failure));
        }
        Assert.True(bench.Connections.IsConnected(after.TargetKey)); // waiting would be in vain
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Blocked_BeforeSending_WaitsAndSaysWhy()
    {
        await using var bench = new AmqpBench();
        bench.Client.Become(AmqpState.Blocked, blocked: $"low on memory, {AmqpBench.Password}");
        bench.Answers(AmqpPublishStatus.Blocked);

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("broker_blocked", FailureKind.Unavailable, true), (outcome.Code, outcome.Failure, outcome.NothingSent));
        Assert.Contains("(\"low on memory, ••••••\")", outcome.Detail, StringComparison.Ordinal);
        Assert.False(bench.Connections.IsConnected(bench.Kind.Prepare(AmqpBench.Settings).TargetKey));
    }

    [Fact]
    public async Task Blocked_AfterSending_IsAnAttempt()
    {
        await using var bench = new AmqpBench();
        bench.Client.Answer = (message, cancellationToken) =>
        {
            bench.Client.Become(AmqpState.Blocked, blocked: "low on disk");
            return ScriptedAmqpClient.Never(message, cancellationToken);
        };

        var outcome = await bench.ExecuteAsync(AmqpBench.Settings with { TimeoutSeconds = 0.05 });

        Assert.Equal(("broker_blocked", FailureKind.Unavailable, false), (outcome.Code, outcome.Failure, outcome.NothingSent));
        Assert.Contains("low on disk", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("It may have arrived", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_NoConfirm_TimesOut()
    {
        await using var bench = new AmqpBench();
        bench.Client.Answer = ScriptedAmqpClient.Never;

        var outcome = await bench.ExecuteAsync(AmqpBench.Settings with { TimeoutSeconds = 0.05 });

        Assert.Equal(("timeout", FailureKind.Timeout), (outcome.Code, outcome.Failure));
        Assert.Contains("within 0.05 s", outcome.Detail, StringComparison.Ordinal);
        Assert.Null(AmqpBench.Response(outcome).Outcome);
    }

    [Fact]
    public async Task Execute_ClientRefusesTheMessage_IsConfigurationAndMasked()
    {
        await using var bench = new AmqpBench();
        bench.Secrets["S"] = "canary";
        bench.Client.Answer = (_, _) => throw new AmqpMessageException("It cannot hold canary.");

        var outcome = await bench.ExecuteAsync(AmqpBench.Settings with { CorrelationId = "{secret:S}" });

        Assert.Equal(("message_invalid", FailureKind.Configuration, "It cannot hold ••••••."), (outcome.Code, outcome.Failure, outcome.Detail));
    }

    [Fact]
    public async Task Execute_FaultOfOurs_IsInternalAndNotRetried()
    {
        await using var bench = new AmqpBench();
        bench.Client.Answer = (_, _) => throw new InvalidOperationException("canary");

        var outcome = await bench.ExecuteAsync();

        Assert.Equal(("internal", FailureKind.Permanent), (outcome.Code, outcome.Failure));
        Assert.DoesNotContain("canary", AmqpBench.EverythingIn(outcome), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageFormat.Json, "{\"a\":", "payload_not_json")]
    [InlineData(MessageFormat.Json, "", "payload_not_json")]
    [InlineData(MessageFormat.Xml, "<a>", "payload_not_xml")]
    [InlineData(MessageFormat.Xml, "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "payload_not_xml")]
    public async Task Execute_EventIsNotOfTheFormat_SendsNothing(MessageFormat format, string payload, string code)
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(AmqpBench.ToQueue with { Body = new() { Format = format, Template = "{original_payload}" } }, HttpBench.Event(payload));

        Assert.Equal((code, FailureKind.Configuration), (outcome.Code, outcome.Failure));
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Execute_EventIsNoText_SendsNothing()
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(AmqpBench.ToQueue with { Body = new() { Format = MessageFormat.Text, Template = "{original_payload}" } }, HttpBench.Event([0xFF, 0xFE], null));

        Assert.Equal("payload_not_text", outcome.Code);
        Assert.Empty(bench.Client.Messages);
    }

    [Fact]
    public async Task Execute_SecretDeletedSince_IsTemplateInvalid()
    {
        await using var bench = new AmqpBench();

        var outcome = await bench.ExecuteAsync(AmqpBench.Settings with { Body = new() { Format = MessageFormat.Text, Template = "{secret:GONE}" } });

        Assert.Equal(("template_invalid", FailureKind.Configuration), (outcome.Code, outcome.Failure));
    }

    [Fact]
    public void Codes_AreAllDocumentedInTheApiGuide()
    {
        var guide = File.ReadAllText(Path.Combine(Testing.Repository.Root, "docs", "api.md"));

        var codes = typeof(AmqpFailures).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToList();

        Assert.True(codes.Count > 15);
        Assert.All(codes, code => Assert.Contains($"`{code}`", guide, StringComparison.Ordinal));
    }
}
