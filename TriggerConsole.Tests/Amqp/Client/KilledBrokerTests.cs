using System.Collections.Concurrent;
using System.Diagnostics;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>A broker of its own, because it dies.</summary>
public sealed class KilledBrokerTests
{
    [Fact]
    public async Task Broker_KilledAndBack_HasItsConnectionWithinThirtySecondsAndAllThatItConfirmed()
    {
        await using var server = await RabbitMqServer.StartOwnAsync();
        var port = await server.AmqpPortAsync();
        var queue = "survivors";
        await using (var browser = await RabbitMqBrowser.ConnectAsync(port)) await browser.DeclareQueueAsync(queue);
        await server.EvalAsync(RabbitMqServer.SaveDeclarations);
        // As it is in the product
        await using var client = await AmqpClients.StartAsync(AmqpClients.Options(port) with { Reconnect = new() });
        var confirmed = new ConcurrentBag<string>();
        var outcomes = new ConcurrentDictionary<AmqpPublishStatus, int>();
        using var stop = new CancellationTokenSource();
        var publishers = Enumerable.Range(0, 32).Select(_ => Task.Run(() => AmqpClients.PublishUntilAsync(client, queue, Ended, stop.Token))).ToList();
        try
        {
            await Eventually.TrueAsync(() => confirmed.Count > 1000, "the first messages");

            server.Kill();
            await Eventually.TrueAsync(() => client.Status.State == AmqpState.Waiting, "the loss to be noticed");
            Assert.False(client.IsReady);
            Assert.NotNull(client.Status.NextTry);
            await server.StartAgainAsync();
            var back = Stopwatch.GetTimestamp();
            await Eventually.TrueAsync(() => client.IsReady, "the client to come back");
            Assert.InRange(Stopwatch.GetElapsedTime(back), TimeSpan.Zero, TimeSpan.FromSeconds(30));
            var before = confirmed.Count;
            await Eventually.GetAsync(() => Task.FromResult((confirmed.Count > before + 1000, $"{confirmed.Count - before} more; {client.Status}; {string.Join(", ", outcomes)}")), "more messages");
        }
        finally
        {
            // Before the client ends: its answers would come at once then, and those who ask would never rest
            await stop.CancelAsync();
            await Task.WhenAll(publishers);
        }

        await using var reader = await RabbitMqBrowser.ConnectAsync(port);
        var arrived = (await reader.TakeAllAsync(queue)).Select(m => m.Properties.MessageId!).ToHashSet();
        Assert.Empty(confirmed.Except(arrived));
        Assert.Equal(confirmed.Count, (int)client.Status.Published);
        Assert.Equal([], outcomes.Keys.Except([AmqpPublishStatus.Confirmed, AmqpPublishStatus.ConnectionLost, AmqpPublishStatus.ConnectionClosed, AmqpPublishStatus.NotConnected]));

        void Ended(string key, AmqpPublishResult result)
        {
            outcomes.AddOrUpdate(result.Status, 1, static (_, count) => count + 1);
            if (result.Status == AmqpPublishStatus.Confirmed) confirmed.Add(key);
        }
    }
}
