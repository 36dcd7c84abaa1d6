using System.Collections.Concurrent;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.RabbitMqServer;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>Against the real broker: what becomes of a message, and that the client says so.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class PublishingTests(RabbitMqServer server) : IAsyncLifetime
{
    private RabbitMqBrowser _browser = null!;
    private AmqpClient _client = null!;

    public async Task InitializeAsync()
    {
        var port = await server.AmqpPortAsync();
        _browser = await RabbitMqBrowser.ConnectAsync(port);
        _client = await AmqpClients.ConnectAsync(AmqpClients.Options(port));
    }

    public async Task DisposeAsync()
    {
        if (_client is null) return; // skipped
        await _client.DisposeAsync();
        await _browser.DisposeAsync();
    }

    [Fact]
    public async Task Message_ThatIsRouted_IsConfirmedAndThereAsItWasSent()
    {
        var (queue, exchange) = (await _browser.DeclareQueueAsync(), await _browser.DeclareExchangeAsync(ExchangeType.Topic));
        await _browser.BindAsync(queue, exchange, "orders.*");
        var message = AmqpClients.Message(exchange, "orders.new", "key-1", "{}"u8.ToArray()) with
        {
            Properties = new()
            {
                Persistent = true,
                MessageId = "m",
                ContentType = "application/json",
                ContentEncoding = "identity",
                CorrelationId = "c",
                ReplyTo = "r",
                Type = "t",
                AppId = "a",
                Priority = 7,
                Expiration = "60000",
                Timestamp = new(1_700_000_000),
                Headers = new Dictionary<string, object?> { [AmqpMessage.KeyHeader] = "key-1", ["count"] = 7L, ["on"] = true },
            },
        };

        var result = await _client.PublishAsync(message, CancellationToken.None);

        Assert.Equal((AmqpPublishStatus.Confirmed, (ushort)0, null), (result.Status, result.ReplyCode, result.ReplyText));
        Assert.InRange(result.Elapsed, TimeSpan.FromTicks(1), Eventually.Limit);
        var got = Assert.Single(await _browser.TakeAllAsync(queue));
        Assert.Equal((exchange, "orders.new", "{}"), (got.Exchange, got.RoutingKey, got.Text));
        var p = got.Properties;
        Assert.Equal((true, "m", "application/json", "identity", "c", "r", "t", "a", (byte)7, "60000", 1_700_000_000L), (p.Persistent, p.MessageId, p.ContentType, p.ContentEncoding, p.CorrelationId, p.ReplyTo, p.Type, p.AppId, p.Priority, p.Expiration, p.Timestamp.UnixTime));
        Assert.Equal(["count", AmqpMessage.KeyHeader, "on"], p.Headers!.Keys.Order(StringComparer.Ordinal)); // nothing was added
        Assert.Equal(1, _client.Status.Published);
        Assert.NotNull(_client.Status.RoundTrip);
    }

    [Fact]
    public async Task Messages_InGreatNumbers_AreAllConfirmedAndKeepTheirOrderPerExchange()
    {
        const int Count = 20_000;
        var lanes = new List<(string Exchange, string Queue)>();
        for (var i = 0; i < 4; i++)
        {
            lanes.Add((await _browser.DeclareExchangeAsync(ExchangeType.Fanout), await _browser.DeclareQueueAsync()));
            await _browser.BindAsync(lanes[i].Queue, lanes[i].Exchange, "");
        }
        var received = new List<ConcurrentQueue<RabbitMessage>>();
        foreach (var lane in lanes) received.Add(await _browser.ConsumeAsync(lane.Queue));

        // One caller for each exchange, that does not wait for one before it sends the next
        var results = await Task.WhenAll(lanes.Select(lane => Task.Run(() => Task.WhenAll(Enumerable.Range(0, Count / lanes.Count).Select(i => _client.PublishAsync(AmqpClients.Message(lane.Exchange, "", $"{i}"), CancellationToken.None))))));

        Assert.All(results.SelectMany(r => r), r => Assert.Equal(AmqpPublishStatus.Confirmed, r.Status));
        await Eventually.TrueAsync(() => received.Sum(r => r.Count) >= Count, "all messages");
        foreach (var queue in received) Assert.Equal(Enumerable.Range(0, Count / lanes.Count).Select(i => $"{i}"), queue.Select(m => m.Text));
        Assert.Equal((Count, 0, 4), ((int)_client.Status.Published, _client.Status.InFlight, _client.Status.Channels));
    }

    [Fact]
    public async Task Messages_ToNowhere_AreReturnedAndTheOthersAreNot()
    {
        var (queue, exchange) = (await _browser.DeclareQueueAsync(), await _browser.DeclareExchangeAsync());
        await _browser.BindAsync(queue, exchange, "somewhere");

        var results = await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => _client.PublishAsync(AmqpClients.Message(exchange, i % 3 == 0 ? "nowhere" : "somewhere", $"{i}"), CancellationToken.None)));

        for (var i = 0; i < results.Length; i++)
        {
            Assert.Equal(i % 3 == 0 ? (AmqpPublishStatus.Returned, (ushort)312, "NO_ROUTE") : (AmqpPublishStatus.Confirmed, (ushort)0, null), (results[i].Status, results[i].ReplyCode, results[i].ReplyText));
        }
        Assert.Equal(Enumerable.Range(0, 3000).Where(i => i % 3 != 0).Select(i => $"{i}"), (await _browser.TakeAllAsync(queue)).Select(m => m.Text));
        Assert.Equal(2000, _client.Status.Published);
    }

    [Fact]
    public async Task Message_ToNowhere_ThatNeedNotArrive_IsConfirmed()
    {
        var exchange = await _browser.DeclareExchangeAsync();

        Assert.Equal(AmqpPublishStatus.Confirmed, (await _client.PublishAsync(AmqpClients.Message(exchange, "nowhere", "k", mandatory: false), CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Message_Large_ComesBackWholeWhenItIsReturned()
    {
        var exchange = await _browser.DeclareExchangeAsync();
        var body = new byte[3_000_000];

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _client.PublishAsync(AmqpClients.Message(exchange, "nowhere", $"{i}", body), CancellationToken.None)));

        Assert.All(results, r => Assert.Equal(AmqpPublishStatus.Returned, r.Status));
        Assert.True(_client.IsReady);
    }

    [Fact]
    public async Task Message_ForAFullQueue_IsRefusedAndTheOthersAreNot()
    {
        var (queue, other, exchange) = (await _browser.DeclareQueueAsync(null, ("x-max-length", 10), ("x-overflow", "reject-publish")), await _browser.DeclareQueueAsync(), await _browser.DeclareExchangeAsync());
        await _browser.BindAsync(queue, exchange, "full");
        await _browser.BindAsync(other, exchange, "empty");

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _client.PublishAsync(AmqpClients.Message(exchange, i % 2 == 0 ? "full" : "empty", $"{i}"), CancellationToken.None)));

        var refused = results.Count(r => r.Status == AmqpPublishStatus.Refused);
        Assert.All(results.Where((_, i) => i % 2 == 1), r => Assert.Equal(AmqpPublishStatus.Confirmed, r.Status));
        Assert.InRange(refused, 1, 90);
        Assert.Equal(200 - refused - 100, (await _browser.TakeAllAsync(queue)).Count);
        Assert.Equal(100, (await _browser.TakeAllAsync(other)).Count);
    }

    [Fact]
    public async Task Exchange_ThatIsMissing_IsNamedAndTheChannelComesBack()
    {
        var queue = await _browser.DeclareQueueAsync();

        var missing = await _client.PublishAsync(AmqpClients.Message("not-there", "k", "1"), CancellationToken.None);
        var again = await _client.PublishAsync(AmqpClients.Message("not-there", "k", "2"), CancellationToken.None);
        var good = await _client.PublishAsync(AmqpClients.Message("", queue, "3"), CancellationToken.None);

        Assert.Equal((AmqpPublishStatus.ChannelClosed, (ushort)404), (missing.Status, missing.ReplyCode));
        Assert.Contains("not-there", missing.ReplyText, StringComparison.Ordinal);
        Assert.Equal((AmqpPublishStatus.ChannelClosed, (ushort)404), (again.Status, again.ReplyCode));
        Assert.Equal(AmqpPublishStatus.Confirmed, good.Status);
        Assert.True(_client.IsReady);
    }

    [Fact]
    public async Task Exchange_ThatIsMissing_AmongManyOnOneChannel_IsBlamedForItsOwnMessagesAlone()
    {
        await using var narrow = await AmqpClients.ConnectAsync(AmqpClients.Options(await server.AmqpPortAsync()) with { MaximumChannels = 1 });
        var (queue, exchange) = (await _browser.DeclareQueueAsync(), await _browser.DeclareExchangeAsync());
        await _browser.BindAsync(queue, exchange, "k");

        var results = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => i % 50 == 7
            ? narrow.PublishAsync(AmqpClients.Message("not-there", "k", $"{i}"), CancellationToken.None)
            : narrow.PublishAsync(AmqpClients.Message(exchange, i % 50 == 9 ? "nowhere" : "k", $"{i}"), CancellationToken.None)));

        for (var i = 0; i < results.Length; i++)
        {
            var expected = (i % 50) switch { 7 => AmqpPublishStatus.ChannelClosed, 9 => AmqpPublishStatus.Returned, _ => AmqpPublishStatus.Confirmed };
            Assert.True(expected == results[i].Status, $"{i}: {results[i]}");
        }
        Assert.Equal(1, narrow.Status.Channels);
        Assert.Equal(0, narrow.Status.InFlight);
        // Each is there; what arrived twice has the same id; and the first copies are in order
        var arrived = (await _browser.TakeAllAsync(queue)).Select(m => int.Parse(m.Properties.MessageId!, System.Globalization.CultureInfo.InvariantCulture)).Distinct();
        Assert.Equal(Enumerable.Range(0, 300).Where(i => i % 50 is not (7 or 9)), arrived);
    }

    [Fact]
    public async Task Exchange_WithoutPermission_OrInternal_IsAccessRefused()
    {
        var (user, hidden, allowed) = (RabbitMqBrowser.NewName("u"), RabbitMqBrowser.NewName("internal"), await _browser.DeclareExchangeAsync());
        await server.EvalAsync(AddUser(user, "p"), Permit(user, write: $"^{allowed}$"), AddInternalExchange(hidden));
        await using var limited = await AmqpClients.ConnectAsync(AmqpClients.Options(await server.AmqpPortAsync(), user, "p"));

        var refused = await limited.PublishAsync(AmqpClients.Message("amq.direct", "k", "1"), CancellationToken.None);
        var fine = await limited.PublishAsync(AmqpClients.Message(allowed, "k", "2", mandatory: false), CancellationToken.None);
        var inner = await _client.PublishAsync(AmqpClients.Message(hidden, "k", "3"), CancellationToken.None);

        Assert.Equal((AmqpPublishStatus.ChannelClosed, (ushort)403), (refused.Status, refused.ReplyCode));
        Assert.Equal(AmqpPublishStatus.Confirmed, fine.Status);
        Assert.Equal((AmqpPublishStatus.ChannelClosed, (ushort)403), (inner.Status, inner.ReplyCode));
    }

    [Fact]
    public async Task Message_ThatIsNoAmqp_ThrowsAndHarmsNobody()
    {
        var queue = await _browser.DeclareQueueAsync();
        var tooMuch = AmqpClients.Message("", queue, "1");
        tooMuch.Properties.Headers!["large"] = new string('x', 66_000);
        var tooLong = AmqpClients.Message("", new string('r', 256), "2");
        var odd = AmqpClients.Message("", queue, "3");
        odd.Properties.Headers!["odd"] = new Uri("http://a.example");

        var good = Enumerable.Range(0, 50).Select(i => _client.PublishAsync(AmqpClients.Message("", queue, $"good {i}"), CancellationToken.None)).ToList();
        await Assert.ThrowsAsync<AmqpMessageException>(() => _client.PublishAsync(tooMuch, CancellationToken.None));
        await Assert.ThrowsAsync<AmqpMessageException>(() => _client.PublishAsync(tooLong, CancellationToken.None));
        await Assert.ThrowsAsync<AmqpMessageException>(() => _client.PublishAsync(odd, CancellationToken.None));
        good.AddRange(Enumerable.Range(50, 50).Select(i => _client.PublishAsync(AmqpClients.Message("", queue, $"good {i}"), CancellationToken.None)));

        Assert.All(await Task.WhenAll(good), r => Assert.Equal(AmqpPublishStatus.Confirmed, r.Status));
        Assert.Equal(100, (await _browser.TakeAllAsync(queue)).Count);
        Assert.Equal(0, _client.Status.InFlight);
    }

    [Fact]
    public async Task Exchanges_MoreThanChannels_ShareThem()
    {
        await using var client = await AmqpClients.ConnectAsync(AmqpClients.Options(await server.AmqpPortAsync()) with { MaximumChannels = 3 });
        var exchanges = new List<string>();
        for (var i = 0; i < 8; i++) exchanges.Add(await _browser.DeclareExchangeAsync());

        var results = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => client.PublishAsync(AmqpClients.Message(exchanges[i % 8], "k", $"{i}", mandatory: false), CancellationToken.None)));

        Assert.All(results, r => Assert.Equal(AmqpPublishStatus.Confirmed, r.Status));
        Assert.Equal(3, client.Status.Channels);
    }

    [Fact]
    public async Task Operations_OnAChannelOfTheirOwn_AreDoneOrRefused()
    {
        var (queue, user) = (RabbitMqBrowser.NewName("q"), RabbitMqBrowser.NewName("u"));

        var made = await _client.RunAsync(async (channel, token) => await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: token), CancellationToken.None);
        var clash = await _client.RunAsync(async (channel, token) => await channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false, cancellationToken: token), CancellationToken.None);
        var missing = await _client.RunAsync((channel, token) => channel.ExchangeDeclarePassiveAsync("not-there", token), CancellationToken.None);
        var many = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _client.RunAsync((channel, token) => channel.QueueBindAsync(queue, "amq.fanout", user, cancellationToken: token), CancellationToken.None)));

        Assert.Equal(AmqpOperationStatus.Done, made.Status);
        Assert.Equal((AmqpOperationStatus.Refused, (ushort)406), (clash.Status, clash.ReplyCode));
        Assert.Contains("durable", clash.ReplyText, StringComparison.Ordinal);
        Assert.Equal((AmqpOperationStatus.Refused, (ushort)404), (missing.Status, missing.ReplyCode));
        Assert.All(many, m => Assert.Equal(AmqpOperationStatus.Done, m.Status));
        Assert.Equal(0, await _browser.CountAsync(queue));
        Assert.True(_client.IsReady);
    }
}
