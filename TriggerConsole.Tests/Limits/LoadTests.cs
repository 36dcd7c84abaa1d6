using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Limits;
using TriggerConsole.Limits;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class LoadTests
{
    private static readonly TimeSpan s_calm = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(1);

    [Fact]
    public void Gate_OneAddress_GetsItsShareAndLeavesTheRest()
    {
        var gate = new LoadGate(10, 50);
        var (greedy, other) = (IPAddress.Parse("203.0.113.7"), IPAddress.Parse("198.51.100.9"));

        var slots = Enumerable.Range(0, 8).Select(_ => (gate.TryEnter(greedy, out var slot), slot)).ToList();

        Assert.Equal(5, slots.Count(s => s.Item1));
        Assert.True(gate.TryEnter(other, out _));
        Assert.Equal((6, 3), (gate.Inside, gate.Refused));
        gate.Leave(slots[0].slot);
        Assert.True(gate.TryEnter(greedy, out _));
    }

    [Fact]
    public void Gate_Full_TakesNobodyUntilOneLeaves()
    {
        var gate = new LoadGate(2, 100);
        Assert.True(gate.TryEnter(IPAddress.Loopback, out var slot));
        Assert.True(gate.TryEnter(IPAddress.IPv6Loopback, out _));
        Assert.False(gate.TryEnter(IPAddress.Any, out _));
        gate.Leave(slot);
        Assert.True(gate.TryEnter(IPAddress.Any, out _));
        Assert.Equal(2, gate.Inside);
    }

    [Fact]
    public async Task SignInGate_MoreThanMayWait_AreTurnedAwayAtOnce()
    {
        var gate = new SignInGate(1, 1);
        Assert.True(await gate.TryEnterAsync(CancellationToken.None));
        var waiting = gate.TryEnterAsync(CancellationToken.None).AsTask();

        Assert.False(await gate.TryEnterAsync(CancellationToken.None));

        Assert.False(waiting.IsCompleted);
        gate.Leave();
        Assert.True(await waiting);
        Assert.Equal((1, 1), (gate.Inside, gate.Refused));
    }

    [Fact]
    public void Monitor_ShortPause_ShedsNothing()
    {
        using var metrics = new EngineMetrics();
        using var monitor = Monitor(metrics);
        foreach (var delay in new[] { s_long, s_long, s_long, s_calm, s_long, s_long }) monitor.Note(delay);
        Assert.Equal((0, false), (monitor.Share, monitor.Sheds));
    }

    [Fact]
    public void Monitor_LongOverload_ShedsMoreAndMoreButNeverAllAndThenNothing()
    {
        using var metrics = new EngineMetrics();
        using var monitor = Monitor(metrics);
        for (var i = 0; i < 5; i++) monitor.Note(s_long);
        Assert.Equal(0.2, monitor.Share, 3);
        for (var i = 0; i < 50; i++) monitor.Note(s_long);
        Assert.Equal(0.9, monitor.Share, 3);
        Assert.Contains(Enumerable.Range(0, 1000).Select(_ => monitor.Sheds), sheds => !sheds);
        for (var i = 0; i < 9; i++) monitor.Note(s_calm);
        Assert.Equal(0, monitor.Share);
    }

    private static LoadMonitor Monitor(EngineMetrics metrics) => new(Options.Create(new LoadSheddingOptions()), metrics, NullLogger<LoadMonitor>.Instance);
}
