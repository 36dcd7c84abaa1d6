using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>
/// Publishes numbers as the durable queue would: each until it is acknowledged. Remembers which were acknowledged and which were
/// published more than once, because their outcome was not known.
/// </summary>
internal sealed class PublishLedger : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, (long At, MqttReasonCode Reason)> _acknowledged = new();
    private readonly ConcurrentDictionary<int, bool> _repeated = new();
    private readonly IMqttClient _client;
    private readonly MqttQos _qos;
    private readonly int _most;
    private readonly Task[] _publishers;
    private int _next;

    /// <param name="client">Started.</param>
    /// <param name="qos">1 or 2.</param>
    /// <param name="publishers">Publishes in flight.</param>
    /// <param name="most">Numbers in all; without a limit it goes on until <see cref="StopAsync"/>.</param>
    public PublishLedger(IMqttClient client, MqttQos qos, int publishers, int most = int.MaxValue)
    {
        (_client, _qos, _most) = (client, qos, most);
        _publishers = [.. Enumerable.Range(0, publishers).Select(_ => Task.Run(PublishAsync))];
    }

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Numbers whose outcome was unknown at least once, so that they were published anew.</summary>
    public int Repeated => _repeated.Count;

    public bool IsDone => _publishers.All(p => p.IsCompleted);

    /// <summary>No new numbers; those that have begun go on until they are acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_publishers).WaitAsync(Eventually.Limit);
    }

    public Task FinishAsync() => Task.WhenAll(_publishers);

    /// <summary>Everything that was acknowledged has arrived, and more than once only what was published anew.</summary>
    /// <param name="seen">The subscriber.</param>
    /// <param name="exactlyOnce">Nothing may arrive twice, except what was published anew.</param>
    /// <param name="mayMiss">Of which acknowledged numbers the broker itself may have lost the message; by the time and the reason code of the acknowledgement.</param>
    public async Task<int> AssertArrivedAsync(MosquittoClient seen, bool exactlyOnce, Func<long, MqttReasonCode, bool>? mayMiss = null)
    {
        await Eventually.GetAsync(() =>
        {
            var arrived = seen.Messages.Select(Number).ToHashSet();
            var missing = _acknowledged.Where(a => !arrived.Contains(a.Key) && mayMiss?.Invoke(a.Value.At, a.Value.Reason) != true).Select(a => a.Key).ToList();
            return Task.FromResult((missing.Count == 0, $"{missing.Count} of {Acknowledged} are missing, such as {missing.FirstOrDefault()}"));
        }, "everything that was acknowledged to arrive");
        var twice = seen.Messages.Select(Number).GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        if (exactlyOnce) Assert.DoesNotContain(twice, n => !_repeated.ContainsKey(n));
        return twice.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
    }

    private static int Number(SeenMessage message) => int.Parse(message.Text, CultureInfo.InvariantCulture);

    private async Task PublishAsync()
    {
        while (!_stop.IsCancellationRequested && Interlocked.Increment(ref _next) is var number && number <= _most)
        {
            var message = new MqttMessage { Topic = "numbers", Payload = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), Qos = _qos };
            while (true)
            {
                var result = await _client.PublishAsync(message, CancellationToken.None);
                if (result.Status == MqttPublishStatus.Acknowledged)
                {
                    _acknowledged[number] = (Stopwatch.GetTimestamp(), result.Reason);
                    break;
                }
                if (result.Status == MqttPublishStatus.ConnectionLost) _repeated[number] = true;
                else if (result.Status != MqttPublishStatus.NotConnected) throw new InvalidOperationException($"Publish {number}: {result}");
                await Task.Delay(5);
            }
        }
    }
}
