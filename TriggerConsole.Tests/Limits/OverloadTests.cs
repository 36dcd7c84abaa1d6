using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Limits;

/// <summary>5,000 requests a second against the limit from one address, while another one works as ever.</summary>
[Collection(nameof(Alone))]
public sealed class OverloadTests
{
    private const int PerSecond = 5_000;
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(4);

    // Of some hundred requests on a machine that does other things beside, the slowest but one says little below this
    private static readonly TimeSpan s_noise = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task Flood_FromOneAddress_LeavesAnotherItsTimesAndLosesNothing()
    {
        await using var app = await TestApp.StartAsync(new() { ["RateLimiting:Ingress:Permits"] = "6000", ["RateLimiting:Ingress:Burst"] = "200" });
        var made = await app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Orders" });
        var callback = new TestCallback(made.GetProperty("id").GetGuid(), made.GetProperty("token").GetString()!, default);
        using var calm = app.From("127.0.0.2");
        var warm = await MeasureAsync(calm, callback, TimeSpan.FromSeconds(1));

        var before = await MeasureAsync(calm, callback, s_time);
        using var load = await RawLoad.ConnectAsync(app.Address, "127.0.0.3", $"/api/trigger/{callback.Id}", callback.Token, """{"order":1}""");
        var flood = load.RunAsync(PerSecond, s_time);
        var during = await MeasureAsync(calm, callback, s_time);
        await flood;

        Assert.Equal(0, before.Refused + during.Refused + load.Other);
        Assert.True(load.Sent > PerSecond * s_time.TotalSeconds / 2, $"only {load.Sent} were sent");
        Assert.True(load.Refused > load.Accepted, $"{load.Refused} refused, {load.Accepted} accepted");
        Assert.True(during.P99 < TimeSpan.FromTicks(Math.Max(3 * before.P99.Ticks, s_noise.Ticks)), $"p99 {during.P99.TotalMilliseconds:0.0} ms beside the flood, {before.P99.TotalMilliseconds:0.0} ms without");
        var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        await using (context) Assert.Equal(warm.Accepted + before.Accepted + during.Accepted + load.Accepted, await context.Events.CountAsync());
    }

    private static async Task<(TimeSpan P99, int Accepted, int Refused)> MeasureAsync(HttpClient client, TestCallback callback, TimeSpan time)
    {
        var (times, refused) = (new List<TimeSpan>(), 0);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{callback.Id}") { Content = JsonContent.Create(new { order = 1 }) };
            request.Headers.Add("X-Callback-Token", callback.Token);
            var began = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(request);
            times.Add(Stopwatch.GetElapsedTime(began));
            if (response.StatusCode != HttpStatusCode.Accepted) refused++;
            await Task.Delay(10); // the pace of a calm sender, who waits for nothing
        }
        times.Sort();
        return (times[times.Count * 99 / 100], times.Count - refused, refused);
    }
}
