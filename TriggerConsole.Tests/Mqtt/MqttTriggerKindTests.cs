using System.Text;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Http;
using Xunit;

namespace TriggerConsole.Tests.Mqtt;

public sealed class MqttTriggerKindTests
{
    [Fact]
    public async Task Prepare_TellsTargetLimitAndDescription()
    {
        await using var bench = new MqttBench();

        var prepared = bench.Kind.Prepare(MqttBench.Settings with { TimeoutSeconds = 2.5, Retain = true, Body = new() { Template = "{original_payload}" } });

        Assert.Equal($"mqtt:{MqttBench.BrokerId}", prepared.TargetKey);
        Assert.Equal(TimeSpan.FromSeconds(2.5), prepared.Timeout);
        Assert.Equal("Publish to orders/{payload.id} at Hall 3 with the event as JSON, QoS 1, retained", prepared.Description);
        Assert.Equal((TriggerKind.Mqtt, typeof(MqttTriggerSettings)), (bench.Kind.Kind, bench.Kind.SettingsType));
    }

    [Fact]
    public async Task Execute_AllParts_AreFilledInAndRecorded()
    {
        await using var bench = new MqttBench();
        var settings = MqttBench.Settings with
        {
            Qos = 2,
            Retain = true,
            Body = new() { Format = MessageFormat.Json, Template = """{"who":"{payload.name}"}""" },
            Properties = new()
            {
                ContentType = "application/vnd.order+json",
                MessageExpirySeconds = 90,
                ResponseTopic = "answers/{payload.id}",
                CorrelationData = "c-{payload.id}",
                UserProperties = [new() { Name = "shop", Value = "{payload.name}" }],
            },
        };

        var outcome = await bench.ExecuteAsync(settings);

        Assert.True(outcome.Succeeded);
        var message = Assert.Single(bench.Client.Messages);
        Assert.Equal(("orders/7", MqttQos.ExactlyOnce, true), (message.Topic, message.Qos, message.Retain));
        Assert.Equal("""{"who":"Ada"}""", Encoding.UTF8.GetString(message.Payload.Span));
        Assert.Equal(("application/vnd.order+json", 90u, "answers/7", true), (message.ContentType, message.MessageExpirySeconds, message.ResponseTopic, message.PayloadIsText));
        Assert.Equal("c-7"u8.ToArray(), message.CorrelationData);
        Assert.Equal([new("shop", "Ada"), new("idempotency-key", HttpBench.ExecutionId.ToString())], message.UserProperties);
        Assert.Equal(("acknowledged", "mqtt://broker.example:1884 orders/7"), (outcome.Code, outcome.Target));
        var request = MqttBench.Request(outcome);
        Assert.Equal((MqttBench.BrokerId, "Hall 3", "mqtt://broker.example:1884", "5.0", "orders/7", 2, true), (request.BrokerId, request.Broker, request.Url, request.ProtocolVersion, request.Topic, request.Qos, request.Retain));
        Assert.Equal(("""{"who":"Ada"}""", "text", 13), (request.Body, request.BodyEncoding, request.BodySize));
        Assert.Equal(("application/vnd.order+json", 90u, "answers/7", "c-7", 1), (request.Properties.ContentType, request.Properties.MessageExpirySeconds, request.Properties.ResponseTopic, request.Properties.CorrelationData, request.Properties.PayloadFormatIndicator));
        Assert.Equal([new("shop", "Ada"), new("idempotency-key", HttpBench.ExecutionId.ToString())], request.Properties.UserProperties);
        var response = MqttBench.Response(outcome);
        Assert.Equal((0, "0x00 success", "PUBCOMP", 1.5), (response.ReasonCode, response.Reason, response.Packet, response.Timings.TotalMs));
    }

    [Fact]
    public async Task Execute_NothingSet_PassesTheEventOnByteForByte()
    {
        await using var bench = new MqttBench();
        byte[] payload = [0, 1, 0xFF];

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with { Topic = "raw", Qos = 0 }, HttpBench.Event(payload, "application/octet-stream"));

        var message = Assert.Single(bench.Client.Messages);
        Assert.Equal(payload, message.Payload.ToArray());
        Assert.Equal(("application/octet-stream", false), (message.ContentType, message.PayloadIsText));
        Assert.Equal(("sent", (int?)null), (outcome.Code, MqttBench.Response(outcome).ReasonCode));
        Assert.Equal((Convert.ToBase64String(payload), "base64"), (MqttBench.Request(outcome).Body, MqttBench.Request(outcome).BodyEncoding));
    }

    [Fact]
    public async Task Execute_IsHandedToTheClientBeforeTheFirstWait()
    {
        await using var bench = new MqttBench();
        bench.Client.Answer = (_, _) => new(new TaskCompletionSource<MqttPublishResult>().Task);

        _ = bench.ExecuteAsync();
        var sentWhenTheCallCameBack = bench.Client.Messages.Count;

        Assert.Equal(1, sentWhenTheCallCameBack);
    }

    [Fact]
    public async Task Execute_Version311_SaysWhatCouldNotBeSent()
    {
        await using var bench = new MqttBench();
        bench.Client.Answer = (_, _) => new(ScriptedMqttClient.Result(MqttPublishStatus.Acknowledged, version: MqttVersion.V311));

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with { Properties = new() { ResponseTopic = "a", UserProperties = [new() { Name = "shop", Value = "x" }] } });

        Assert.True(outcome.Succeeded);
        var request = MqttBench.Request(outcome);
        Assert.Equal("3.1.1", request.ProtocolVersion);
        Assert.Equal("The connection speaks MQTT 3.1.1, which has no message properties. Left out: content type, response topic, payload format indicator, user property shop, user property idempotency-key.", request.Note);
        Assert.Empty(request.Properties.UserProperties);
    }

    [Fact]
    public async Task Execute_NobodySubscribes_SucceedsAndSaysSo()
    {
        await using var bench = new MqttBench();
        bench.Client.Answer = (_, _) => new(ScriptedMqttClient.Result(MqttPublishStatus.Acknowledged, MqttReasonCode.NoMatchingSubscribers));

        var outcome = await bench.ExecuteAsync();

        Assert.True(outcome.Succeeded);
        Assert.Equal(("no_matching_subscribers", 16, "0x10 accepted, but no one subscribes to this topic"), (outcome.Code, MqttBench.Response(outcome).ReasonCode, MqttBench.Response(outcome).Reason));
    }

    [Fact]
    public async Task Preview_IsWhatWouldBeSentMaskedAndSendsNothing()
    {
        await using var bench = new MqttBench();
        bench.Secrets["S"] = "canary secret";

        var preview = bench.Kind.Preview(bench.Kind.Prepare(MqttBench.Settings with { Body = new() { Template = """{"id":"{payload.id}","s":"{secret:S}"}""" } }), HttpBench.Event());

        var request = RecordedMqttRequest.Read(preview.Request)!;
        Assert.Equal(("orders/7", "5.0", """{"id":7,"s":"••••••"}"""), (request.Topic, request.ProtocolVersion, request.Body));
        Assert.Empty(bench.Client.Messages);
        Assert.DoesNotContain("canary", Encoding.UTF8.GetString(preview.Request!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_BrokerIsSetTo311_SaysWhatCannotBeSent()
    {
        await using var bench = new MqttBench(connected: false);
        bench.Directory.Set(MqttBench.Broker(settings: new() { Url = "mqtt://broker.example", ProtocolVersion = TriggerConsole.Core.Mqtt.Brokers.MqttProtocolVersion.V311 }));

        var preview = bench.Kind.Preview(bench.Kind.Prepare(MqttBench.Settings), HttpBench.Event());

        var request = RecordedMqttRequest.Read(preview.Request)!;
        Assert.Equal("3.1.1", request.ProtocolVersion);
        Assert.Contains("Left out: content type", request.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_EventLacksWhatIsNeeded_SaysSo()
    {
        await using var bench = new MqttBench();

        var preview = bench.Kind.Preview(bench.Kind.Prepare(MqttBench.Settings with { Topic = "{payload.missing}" }), HttpBench.Event());

        Assert.Null(preview.Request);
        Assert.Contains("topic is empty", preview.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_SecretsInMessageAndInTheBrokersWords_AreMaskedInTheRecord()
    {
        await using var bench = new MqttBench();
        bench.Secrets["S"] = "canary/secret 1";
        bench.Client.Answer = (_, _) => new(ScriptedMqttClient.Result(MqttPublishStatus.Refused, MqttReasonCode.UnspecifiedError, $"go away\r\nwith your {MqttBench.Password}"));

        var outcome = await bench.ExecuteAsync(MqttBench.Settings with
        {
            Topic = "t/{secret:S}",
            Body = new() { Format = MessageFormat.Text, Template = "a {secret:S} z" },
            Properties = new() { CorrelationData = "{secret:S}", UserProperties = [new() { Name = "n", Value = "{secret:S}" }] },
        });

        Assert.Equal("t/canary/secret 1", Assert.Single(bench.Client.Messages).Topic);
        Assert.DoesNotContain("canary", MqttBench.EverythingIn(outcome), StringComparison.Ordinal);
        Assert.Equal("go awaywith your ••••••", MqttBench.Response(outcome).ReasonText);
        Assert.Contains("go away", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_CallerStops_ThrowsAndIsNoOutcome()
    {
        await using var bench = new MqttBench();
        using var stop = new CancellationTokenSource();
        bench.Client.Answer = Never;

        var attempt = bench.ExecuteAsync(cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
    }

    internal static async ValueTask<MqttPublishResult> Never(MqttMessage message, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("It never ends.");
    }
}
