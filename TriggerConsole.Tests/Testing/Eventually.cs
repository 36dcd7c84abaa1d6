using System.Diagnostics;

namespace TriggerConsole.Tests.Testing;

/// <summary>Waits for a thing to come true by looking at it, with a generous limit: fast when it is fast, and never flaky because a machine is slow.</summary>
internal static class Eventually
{
    public static TimeSpan Limit { get; } = Debugger.IsAttached ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(Needs.InCi ? 60 : 30);

    public static async Task<T> GetAsync<T>(Func<Task<(bool Done, T Value)>> look, string what)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var (done, value) = await look();
            if (done) return value;
            if (watch.Elapsed > Limit) throw new TimeoutException($"Waited {Limit.TotalSeconds} s for {what}; last seen: {value}");
            await Task.Delay(10);
        }
    }

    public static Task TrueAsync(Func<bool> look, string what) => GetAsync(() => Task.FromResult((look(), false)), what);

    public static Task TrueAsync(Func<Task<bool>> look, string what) => GetAsync(async () => (await look(), false), what);
}
