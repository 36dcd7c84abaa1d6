using System.Text;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Http;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

public sealed class AmqpTriggerKindTests
{
    [Fact]
    public async Task Prepare_TellsTargetLimitAndDescription()
    {
        await using var bench = new AmqpBench();

        var prepared = bench.Kind.Prepare(AmqpBench.Settings with { TimeoutSeconds = 2.5, Body = new() { Template = "{original_payload}" } });

        Assert.Equal($"amqp:{AmqpBench.BrokerId}", prepared.TargetKey);
        Assert.Equal(TimeSpan.FromSeconds(2.5), prepared.Timeout);
        Assert.Equal("Publish to exchange orders at Warehouse for routing key orders.{payload.id}, with the event as JSON", prepared.Description);
        Assert.Equal((TriggerKind.Amqp, typeof(AmqpTriggerSettings), true), (bench.Kind.Kind, bench.Kind.SettingsType, bench.Kind.KeepsOrder));
    }

    [Fact]
    public async Task Describe_IsASentence()
    {
        await using var bench = new AmqpBench();

        Assert.Equal("Publish to queue inbox at Warehouse with the event as it came", bench.Kind.Describe(AmqpBench.ToQueue));
        Assert.Equal("Publish to exchange all at Warehouse with the event as it came, not persistent, routed or not", bench.Kind.Describe(new AmqpTriggerSettings { ExchangeId = AmqpBench.Fanout, Persistent = false, Mandatory = false }));
        Assert.Equal("Publish to an exchange that is gone for routing key a, with the event as it came", bench.Kind.Describe(new AmqpTriggerSettings { ExchangeId = Guid.NewGuid(), RoutingKey = "a" }));
        Assert.Equal("Publish to queue q at a broker that is gone with the event as it came", bench.Kind.Describe(new AmqpTriggerSettings { BrokerId = Guid.NewGuid(), Queue = "q" }));
        Assert.True(bench.Kind.Describe(AmqpBench.Settings with { RoutingKey = new string('x', 4000) }).Length < 300);
    }

    [Fact]
    public async Task DestinationOf_IsTheBroker()
    {
        await using var bench = new AmqpBench();

        Assert.Equal($"amqp:{AmqpBench.BrokerId}", bench.Kind.DestinationOf(AmqpBench.Settings));
        Assert.Equal($"amqp:{AmqpBench.BrokerId}", bench.Kind.DestinationOf(AmqpBench.ToQueue));
        Assert.Null(bench.Kind.DestinationOf(new AmqpTriggerSettings { ExchangeId = Guid.NewGuid() }));
        Assert.Null(bench.Kind.DestinationOf(new AmqpTriggerSettings()));
    }

    [Fact]
    public async Task Execute_AllParts_AreFilledInAndRecorded()
    {
        await using var bench = new AmqpBench();
        var settings = AmqpBench.Settings with
        {
            Body = new() { Format = MessageFormat.Json, Template = """{"who":"{payload.name}"}""" },
            ContentType = "application/vnd.order+json",
            Priority = 7,
            ExpirationMs = 90_000,
            MessageId = "m-{payload.id}",
            CorrelationId = "c-{payload.id}",
            ReplyTo = "answers.{payload.id}",
            Type = "order.{event_type|made}",
            AppId = "console",
            Headers =
            [
                new("shop", "{payload.name}"),
                new("count", "{payload.id}", AmqpHeaderType.Integer),
                new("weight", "1.5e1", AmqpHeaderType.Number),
                new("new", "true", AmqpHeaderType.Boolean),
                new("at", "2026-01-31T10:30:00+01:00", AmqpHeaderType.Timestamp),
                new("raw", "AAH/", AmqpHeaderType.Binary),
            ],
        };

        var outcome = await bench.ExecuteAsync(settings);

        Assert.True(outcome.Succeeded);
        var message = Assert.Single(bench.Client.Messages);
        var properties = message.Properties;
        Assert.Equal(("orders", "orders.7", true, HttpBench.ExecutionId.ToString()), (message.Exchange, message.RoutingKey, message.Mandatory, message.Key));
        Assert.Equal("""{"who":"Ada"}""", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(("application/vnd.order+json", null, DeliveryModes.Persistent, (byte)7, "90000"), (properties.ContentType, properties.ContentEncoding, properties.DeliveryMode, properties.Priority, properties.Expiration));
        Assert.Equal(("m-7", "c-7", "answers.7", "order.made", "console"), (properties.MessageId, properties.CorrelationId, properties.ReplyTo, properties.Type, properties.AppId));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).ToUnixTimeSeconds(), properties.Timestamp.UnixTime);
        var headers = properties.Headers!;
        Assert.Equal(("Ada", 7L, 15.0, true), (headers["shop"], headers["count"], headers["weight"], headers["new"]));
        Assert.Equal(new AmqpTimestamp(new DateTimeOffset(2026, 1, 31, 9, 30, 0, TimeSpan.Zero).ToUnixTimeSeconds()), headers["at"]);
        Assert.Equal([0, 1, 255], Assert.IsType<BinaryTableValue>(headers["raw"]).Bytes);
        Assert.Equal(HttpBench.ExecutionId.ToString(), headers["idempotency-key"]);
        Assert.Equal(7, headers.Count);

        Assert.Equal(("confirmed", "amqp://broker.example:5673/sales orders orders.7", false), (outcome.Code, outcome.Target, outcome.TargetIsWell));
        var request = AmqpBench.Request(outcome);
        Assert.Equal((AmqpBench.BrokerId, "Warehouse", "amqp://broker.example:5673/sales", AmqpBench.Topic, "orders", null, "orders.7", true), (request.BrokerId, request.Broker, request.Url, request.ExchangeId, request.Exchange, request.Queue, request.RoutingKey, request.Mandatory));
        Assert.Equal(("""{"who":"Ada"}""", "text", 13), (request.Body, request.BodyEncoding, request.BodySize));
        Assert.Equal(
            new RecordedAmqpProperties
            {
                ContentType = "application/vnd.order+json",
                Persistent = true,
                Priority = 7,
                ExpirationMs = 90_000,
                MessageId = "m-7",
                CorrelationId = "c-7",
                ReplyTo = "answers.7",
                Type = "order.made",
                AppId = "console",
                Timestamp = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            },
            request.Properties);
        Assert.Equal(
            [
                new("shop", "string", "Ada"), new("count", "integer", "7"), new("weight", "number", "1.5e1"), new("new", "boolean", "true"), new("at", "timestamp", "2026-01-31T10:30:00+01:00"), new("raw", "binary", "AAH/"),
                new("idempotency-key", "string", HttpBench.ExecutionId.ToString()),
            ],
            request.Headers);
        var response = AmqpBench.Response(outcome);
        Assert.Equal(("confirmed", null, null, 1.5), (response.Outcome, response.ReplyCode, response.ReplyText, response.Timings.TotalMs));
    }

    [Fact]
    public async Task Execute_NothingSet_PassesTheEventOnByteForByte()
    {
        await using var bench = new AmqpBench();
        byte[] payload = [0, 1, 0xFF, 0xC0, 13, 10];

        var outcome = await bench.ExecuteAsync(AmqpBench.ToQueue, HttpBench.Event(payload, "application/octet-stream"));

        var message = Assert.Single(bench.Client.Messages);
        Assert.Equal(payload, message.Body.ToArray());
        Assert.Equal(("", "inbox", "application/octet-stream", HttpBench.ExecutionId.ToString()), (message.Exchange, message.RoutingKey, message.Properties.ContentType, message.Properties.MessageId));
        Assert.False(message.Properties.IsPriorityPresent() || message.Properties.IsExpirationPresent() || message.Properties.IsCorrelationIdPresent() || message.Properties.IsReplyToPresent());
        var request = AmqpBench.Request(outcome);
        Assert.Equal((Convert.ToBase64String(payload), "base64"), (request.Body, request.BodyEncoding));
        Assert.Equal(("default", "inbox", "inbox", null), (request.Exchange, request.Queue, request.RoutingKey, request.ExchangeId));
        Assert.Equal("amqp://broker.example:5673/sales inbox", outcome.Target);
    }

    [Fact]
    public async Task Execute_TransientAndNotMandatory_AreSentSo()
    {
        await using var bench = new AmqpBench();

        await bench.ExecuteAsync(AmqpBench.Settings with { Persistent = false, Mandatory = false });

        var message = Assert.Single(bench.Client.Messages);
        Assert.Equal((false, DeliveryModes.Transient), (message.Mandatory, message.Properties.DeliveryMode));
    }

    [Fact]
    public async Task Execute_Retry_HasTheSameMessageIdAndKey()
    {
        await using var bench = new AmqpBench();

        for (var attempt = 1; attempt <= 3; attempt++) await bench.ExecuteAsync(context: HttpBench.Event(attempt: attempt));

        Assert.Equal(3, bench.Client.Messages.Count);
        Assert.All(bench.Client.Messages, m => Assert.Equal((HttpBench.ExecutionId.ToString(), HttpBench.ExecutionId.ToString(), HttpBench.ExecutionId.ToString()), (m.Key, m.Properties.MessageId, m.Properties.Headers!["idempotency-key"])));
    }

    [Fact]
    public async Task Execute_OwnMessageIdComesOutEmpty_IsTheExecutions()
    {
        await using var bench = new AmqpBench();

        await bench.ExecuteAsync(AmqpBench.Settings with { MessageId = "{payload.none}" });

        Assert.Equal(HttpBench.ExecutionId.ToString(), Assert.Single(bench.Client.Messages).Properties.MessageId);
    }

    [Fact]
    public async Task Execute_IsHandedToTheClientBeforeTheFirstWait()
    {
        await using var bench = new AmqpBench();
        bench.Client.Answer = (_, _) => new TaskCompletionSource<AmqpPublishResult>().Task;

        _ = bench.ExecuteAsync();
        var sentWhenTheCallCameBack = bench.Client.Messages.Count;

        Assert.Equal(1, sentWhenTheCallCameBack);
    }

    [Fact]
    public async Task Execute_ExchangesAreNotMadeYet_SendsNothing()
    {
        await using var bench = new AmqpBench(connected: false);
        var made = new TaskCompletionSource<AmqpOperationResult>();
        bench.Client.Operate = () => made.Task;
        bench.Client.Become(AmqpState.Connected);

        var early = await bench.ExecuteAsync();
        var wasConnected = bench.Connections.IsConnected($"amqp:{AmqpBench.BrokerId}");
        made.SetResult(new(AmqpOperationStatus.Done, 0, null));
        await Testing.Eventually.TrueAsync(() => bench.Connections.IsConnected($"amqp:{AmqpBench.BrokerId}"), "the exchanges to be made");
        var then = await bench.ExecuteAsync();

        Assert.Equal(("broker_unreachable", true, false), (early.Code, early.NothingSent, wasConnected));
        Assert.Equal("confirmed", then.Code);
        Assert.Single(bench.Client.Messages);
    }

    [Fact]
    public async Task Preview_IsWhatWouldBeSentMaskedAndSendsNothing()
    {
        await using var bench = new AmqpBench();
        bench.Secrets["S"] = "canary secret";
        bench.Secrets["PIN"] = "123456";

        var preview = bench.Kind.Preview(bench.Kind.Prepare(AmqpBench.Settings with
        {
            RoutingKey = "orders.{payload.id}.{secret:S}",
            Body = new() { Template = """{"id":"{payload.id}","s":"{secret:S}"}""" },
            Headers = [new("pin", "{secret:PIN}", AmqpHeaderType.Integer)],
        }), HttpBench.Event());

        var request = RecordedAmqpRequest.Read(preview.Request)!;
        Assert.Equal(("orders.7.••••••", """{"id":7,"s":"••••••"}"""), (request.RoutingKey, request.Body));
        Assert.Contains(new("pin", "integer", "••••••"), request.Headers);
        Assert.Empty(bench.Client.Messages);
        Assert.DoesNotContain("canary", Encoding.UTF8.GetString(preview.Request!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_ThereIsNoMessage_SaysWhy()
    {
        await using var bench = new AmqpBench();

        var tooLong = bench.Kind.Preview(bench.Kind.Prepare(AmqpBench.Settings), HttpBench.Event($$"""{"id":"{{new string('x', 250)}}"}"""));
        var gone = bench.Kind.Preview(bench.Kind.Prepare(new AmqpTriggerSettings { ExchangeId = Guid.NewGuid(), RoutingKey = "a" }), HttpBench.Event());

        Assert.Null(tooLong.Request);
        Assert.Contains("the routing key has 257 bytes", tooLong.Error, StringComparison.Ordinal);
        Assert.Contains("has been deleted", gone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_SecretsInMessageAndInTheBrokersWords_AreMaskedInTheRecord()
    {
        await using var bench = new AmqpBench();
        bench.Secrets["S"] = "canary/secret 1";
        bench.Secrets["NUMBER"] = "+0987654321";
        bench.Answers(AmqpPublishStatus.ChannelClosed, 406, $"go away\r\nwith your {AmqpBench.Password} and canary/secret 1");

        var outcome = await bench.ExecuteAsync(AmqpBench.Settings with
        {
            RoutingKey = "t.{secret:S}",
            Body = new() { Format = MessageFormat.Text, Template = "a {secret:S} z" },
            CorrelationId = "{secret:S}",
            ReplyTo = "r{secret:S}",
            Headers = [new("n", "x{secret:S}"), new("number", "{secret:NUMBER}", AmqpHeaderType.Integer)],
        });

        var message = Assert.Single(bench.Client.Messages);
        Assert.Equal(("t.canary/secret 1", 987654321L), (message.RoutingKey, message.Properties.Headers!["number"]));
        var everything = AmqpBench.EverythingIn(outcome);
        Assert.DoesNotContain("canary", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("987654321", everything, StringComparison.Ordinal);
        Assert.Equal("go awaywith your •••••• and ••••••", AmqpBench.Response(outcome).ReplyText);
        Assert.Contains("go away", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_ManyAndLongHeaders_RecordStaysSmallAndSaysSo()
    {
        await using var bench = new AmqpBench();
        var settings = AmqpBench.Settings with { Headers = [.. Enumerable.Range(0, 15).Select(i => new AmqpHeader($"h{i}", "{payload.name}"))] };

        var outcome = await bench.ExecuteAsync(settings, HttpBench.Event($$"""{"id":1,"name":"{{new string('x', 3000)}}"}"""));

        Assert.True(outcome.Succeeded, outcome.Detail);
        var request = AmqpBench.Request(outcome);
        Assert.True(request.HeadersTruncated);
        Assert.Equal("idempotency-key", request.Headers[^1].Name);
        Assert.InRange(outcome.Request!.Length, 1000, 30_000);
    }

    [Fact]
    public async Task Execute_CallerStops_ThrowsAndIsNoOutcome()
    {
        await using var bench = new AmqpBench();
        using var stop = new CancellationTokenSource();
        bench.Client.Answer = ScriptedAmqpClient.Never;

        var attempt = bench.ExecuteAsync(cancellationToken: stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
    }
}
