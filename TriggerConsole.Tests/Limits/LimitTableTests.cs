using System.Net;
using TriggerConsole.Core.Limits;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class LimitTableTests
{
    private static readonly RateLimit s_limit = new(10, 60_000, 4);

    [Fact]
    public void Take_BurstAndWindow_BothHold()
    {
        var table = new LimitTable(1000);
        var key = Key("203.0.113.7");

        var burst = Enumerable.Range(0, 6).Select(_ => table.Take(key, s_limit, 60_000).IsAllowed).ToList();
        var later = Enumerable.Range(1, 3).SelectMany(second => Enumerable.Range(0, 6).Select(_ => table.Take(key, s_limit, 60_000 + second * 2_000).IsAllowed)).Count(allowed => allowed);

        Assert.Equal([true, true, true, true, false, false], burst);
        Assert.Equal(6, later);
        var refused = table.Take(key, s_limit, 67_000);
        Assert.False(refused.IsAllowed);
        Assert.True(table.Take(key, s_limit, 67_000 + refused.ResetMs).IsAllowed);
    }

    [Fact]
    public void Look_CountsNothingAndRemembersNobody()
    {
        var table = new LimitTable(1000);
        Assert.True(table.Look(Key("203.0.113.7"), s_limit, 0).IsAllowed);
        Assert.Equal(0, table.Count);
        for (var i = 0; i < 4; i++) table.Take(Key("203.0.113.7"), s_limit, 0);
        Assert.False(table.Look(Key("203.0.113.7"), s_limit, 0).IsAllowed);
        Assert.True(table.Look(Key("203.0.113.7"), s_limit, 2_000).IsAllowed);
    }

    [Fact]
    public void Take_AMillionAddresses_RemembersTheLastOnesInTheSameMemory()
    {
        var table = new LimitTable(16_000);
        Flood(table, 0, 100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Flood(table, 100_000, 1_000_000);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.InRange(table.Count, 1, 16_000);

        static void Flood(LimitTable table, int from, int to)
        {
            for (var i = from; i < to; i++) Assert.True(table.Take(LimitKey.Of(LimitPolicy.Api, new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), s_limit, i / 100).IsAllowed);
        }
    }

    [Fact]
    public void Take_FloodOfOthers_ForgetsWhoWasAwayLongestAndNotWhoComesAgain()
    {
        var table = new LimitTable(1600);
        var (returning, away) = (Key("203.0.113.7"), Key("203.0.113.8"));
        for (var i = 0; i < 4; i++)
        {
            table.Take(returning, s_limit, 0);
            table.Take(away, s_limit, 0);
        }
        for (var i = 0; i < 5_000; i++)
        {
            table.Take(LimitKey.Of(LimitPolicy.Api, Guid.NewGuid()), s_limit, 0);
            if (i % 20 == 0) Assert.False(table.Take(returning, s_limit, 0).IsAllowed);
        }
        Assert.True(table.Look(away, s_limit, 0).IsAllowed);
    }

    [Fact]
    public void Take_ManyThreads_LetsThroughExactlyTheLimit()
    {
        var table = new LimitTable(1000);
        var let = 0;
        Parallel.For(0, 10_000, _ =>
        {
            if (table.Take(Key("203.0.113.7"), new(1_234, 60_000, 0), 1).IsAllowed) Interlocked.Increment(ref let);
        });
        Assert.Equal(1_234, let);
    }

    [Fact]
    public void Take_NoLimit_RemembersNobody()
    {
        var table = new LimitTable(1000);
        Assert.True(table.Take(Key("203.0.113.7"), RateLimit.None, 0).IsAllowed);
        Assert.Equal(0, table.Count);
    }

    private static LimitKey Key(string address) => LimitKey.Of(LimitPolicy.Api, IPAddress.Parse(address), 64);
}
