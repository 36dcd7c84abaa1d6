using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using TriggerConsole.Core.Limits;

namespace TriggerConsole.Bench;

/// <summary>What counting one request costs, beside the limiter of the framework.</summary>
internal static class LimitsBenchmark
{
    private const int Calls = 2_000_000;
    private static readonly RateLimit s_limit = new(int.MaxValue / 2, 60_000, int.MaxValue / 2);

    public static void Run()
    {
        Table.Heading("Counting one request", "", "time", "allocated", "memory");
        var one = Addresses(1);
        var many = Addresses(50_000);
        var flood = Addresses(1_000_000);
        foreach (var (name, addresses) in new[] { ("one address", one), ("50,000 addresses", many), ("1,000,000 addresses", flood) })
        {
            var before = Memory();
            var table = new LimitTable(100_000);
            Measure($"own window, {name}", i => table.Take(LimitKey.Of(LimitPolicy.Api, addresses[i % addresses.Length], 64), s_limit, i / 1000), before);
            GC.KeepAlive(table);
        }
        foreach (var (name, addresses) in new[] { ("one address", one), ("50,000 addresses", many), ("1,000,000 addresses", flood) })
        {
            var before = Memory();
            using var limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetSlidingWindowLimiter(address,
                static _ => new() { PermitLimit = int.MaxValue / 2, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 2, QueueLimit = 0 }));
            Measure($"System.Threading.RateLimiting, {name}", i =>
            {
                using var lease = limiter.AttemptAcquire(addresses[i % addresses.Length]);
            }, before);
        }
    }

    private static void Measure(string name, Action<int> call, long memoryBefore)
    {
        for (var i = 0; i < 1_000_000; i++) call(i); // grows and warms
        var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < Calls; i++) call(i);
        var elapsed = Stopwatch.GetElapsedTime(start);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        Table.Row(name, string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalNanoseconds / Calls:0} ns"), string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / Calls:0} B"), $"{(Memory() - memoryBefore) >> 20} MB");
    }

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    private static IPAddress[] Addresses(int count) => [.. Enumerable.Range(0, count).Select(i => new IPAddress([11, (byte)(i >> 16), (byte)(i >> 8), (byte)i]))];
}
