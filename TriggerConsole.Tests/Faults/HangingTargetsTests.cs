using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Faults;

/// <summary>Targets that never answer take no time from those that do.</summary>
[Collection(nameof(Alone))]
public sealed class HangingTargetsTests
{
    private const int Hanging = 50;
    private const int Calls = 300;

    /// <summary>Below this a difference is the machine's, not ours.</summary>
    private static readonly TimeSpan s_noise = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task Targets_FiftyHang_TheHealthyOneIsAtMostTwiceAsSlow()
    {
        await using var stuck = RawServer.Start(connection => connection.HangAsync());
        await using var sink = await HttpSink.StartAsync();
        await using var app = await TestApp.StartAsync();
        var healthy = await app.CreateCallbackAsync(sink.At("/in"));
        await MeasureAsync(app, healthy, sink); // everything has been used once
        var calm = await MeasureAsync(app, healthy, sink);

        var hung = new List<TestCallback>();
        for (var i = 0; i < Hanging; i++)
            hung.Add(await app.CreateCallbackAsync(stuck.Url, new { name = $"Stuck {i}", settings = new { method = "POST", url = $"{stuck.Url}{i}", timeoutSeconds = 120 } }));
        foreach (var callback in hung)
            for (var i = 0; i < 4; i++) await app.FireAsync(callback, new { i });
        await Eventually.TrueAsync(() => Volatile.Read(ref stuck.Connections) >= Hanging, "the calls to hang");
        var busy = await MeasureAsync(app, healthy, sink);

        Assert.True(busy <= 2 * calm || busy <= calm + s_noise,
            string.Create(CultureInfo.InvariantCulture, $"p99 was {calm.TotalMilliseconds:0.0} ms before and {busy.TotalMilliseconds:0.0} ms while {Hanging} targets hung."));
    }

    /// <summary>The 99th percentile of the time from sending an event to its arrival at the target.</summary>
    private static async Task<TimeSpan> MeasureAsync(TestApp app, TestCallback callback, HttpSink sink)
    {
        var took = new List<TimeSpan>();
        for (var i = 0; i < Calls; i++)
        {
            var arrived = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            sink.Answer = (_, _) =>
            {
                arrived.TrySetResult(Stopwatch.GetTimestamp());
                return Task.CompletedTask;
            };
            var started = Stopwatch.GetTimestamp();
            using var response = await app.FireAsync(callback, JsonContent.Create(new { i }));
            Assert.Equal(202, (int)response.StatusCode);
            took.Add(Stopwatch.GetElapsedTime(started, await arrived.Task.WaitAsync(Eventually.Limit)));
        }
        took.Sort();
        return took[Calls * 99 / 100];
    }
}
