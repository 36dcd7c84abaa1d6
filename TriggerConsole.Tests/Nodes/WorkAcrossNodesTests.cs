using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Nodes;

/// <summary>Executions, requests and news between two nodes that both do everything.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class WorkAcrossNodesTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private TestApp A => nodes.A;

    private TestApp B => nodes.B;

    [Fact]
    public async Task LimitedTrigger_FiredAtBothNodes_RunsOnOne()
    {
        await using var sink = await HttpSink.StartAsync();
        var (running, most) = (0, 0);
        sink.Answer = async (_, _) =>
        {
            var now = Interlocked.Increment(ref running);
            lock (sink) most = Math.Max(most, now);
            await Task.Delay(5);
            Interlocked.Decrement(ref running);
        };
        var callback = await A.CreateCallbackAsync("", new { name = "One at a time", settings = new { method = "POST", url = sink.At("/in") }, limits = new { maxConcurrent = 1 } });
        await KnowsAsync(callback);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? A : B).FireAsync(callback, new { i })));
        await Eventually.TrueAsync(async () => await CountAsync(callback, ExecutionStatus.Succeeded) == 40, "all to be carried out");

        Assert.Equal(1, most);
        Assert.Single(await NodesOfAsync(callback));
    }

    [Fact]
    public async Task Overflow_AcceptedByOneNode_IsRunByBoth()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (_, _) => Task.Delay(100);
        var callback = await A.CreateCallbackAsync(sink.At("/in"));
        await KnowsAsync(callback);

        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => A.FireAsync(callback, new { i })));
        await Eventually.TrueAsync(async () => await CountAsync(callback, ExecutionStatus.Succeeded) == 600, "all to be carried out");

        Assert.Equal(2, (await NodesOfAsync(callback)).Count);
    }

    [Fact]
    public async Task Cancel_HeldByTheOtherNode_IsCancelledThere()
    {
        await using var sink = await HttpSink.StartAsync();
        var end = new TaskCompletionSource();
        sink.Answer = (_, _) => end.Task;
        var callback = await A.CreateCallbackAsync(sink.At("/in"));
        await KnowsAsync(callback);
        var execution = Assert.Single(await B.FireAsync(callback, new { }));
        await Eventually.TrueAsync(() => !sink.Requests.IsEmpty, "the attempt to be under way");

        var (status, answer) = await A.TryAsync(HttpMethod.Post, $"/api/executions/{execution}/cancel");

        end.SetResult();
        Assert.Equal(200, status);
        Assert.Equal("Cancelled", answer.GetProperty("execution").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Feed_CommittedAtOneNode_IsToldAtTheOther()
    {
        await using var sink = await HttpSink.StartAsync();
        var callback = await A.CreateCallbackAsync(sink.At("/in"));
        await KnowsAsync(callback);
        var heard = new ConcurrentBag<ExecutionChanged>();
        using var subscription = B.Get<ExecutionFeed>().OnChanged(change =>
        {
            if (change.IsOfOtherNode) foreach (var execution in change.Changes) heard.Add(execution);
        });

        var execution = Assert.Single(await A.FireAsync(callback, new { }));

        await Eventually.TrueAsync(() => heard.Contains(new(execution, callback.TriggerId, ExecutionStatus.Succeeded)), "the end to be told");
    }

    [Fact]
    public async Task Health_SaysNodeRoleAndHowManyThereAre()
    {
        var health = await B.SendAsync(HttpMethod.Get, "/api/health");
        Assert.Equal(("b", "All", 2), (health.GetProperty("node").GetString(), health.GetProperty("role").GetString(), health.GetProperty("nodes").GetInt32()));
    }

    [Fact]
    public void FeedMessage_Full_FitsAndReadsBack()
    {
        var changes = Enumerable.Range(0, 160).Select(i => new ExecutionChanged(Guid.NewGuid(), i % 2 == 0 ? null : Guid.NewGuid(), ExecutionStatus.Retrying)).ToList();
        var text = FeedRelay.Write(new(7, changes, true));
        Assert.True(text.Length < INodeMessages.MaxPayload);
        var read = FeedRelay.Read(text);
        Assert.Equal((7, true, true), (read.EventsAccepted, read.Truncated, read.IsOfOtherNode));
        Assert.Equal(changes, read.Changes);
    }

    [Fact]
    public void WorkMessage_Full_FitsAndReadsBack()
    {
        var waiting = Enumerable.Range(0, 200).ToDictionary(_ => Guid.NewGuid(), i => Sample.Now.AddSeconds(i));
        var text = WorkSignals.Write(waiting);
        Assert.True(text.Length < INodeMessages.MaxPayload);
        Assert.Equal(waiting.Select(w => (w.Key, w.Value)), WorkSignals.Read(text));
    }

    private Task KnowsAsync(TestCallback callback) => Eventually.TrueAsync(
        () => B.Get<TriggerDirectory>().Find(callback.TriggerId) is not null && B.Get<Core.Callbacks.CallbackDirectory>().Find(callback.Id) is not null, "the other node to know the callback");

    private async Task<int> CountAsync(TestCallback callback, ExecutionStatus status)
    {
        await using var context = await A.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        return await context.Executions.CountAsync(e => e.TriggerId == callback.TriggerId && e.Status == status);
    }

    private async Task<List<Guid?>> NodesOfAsync(TestCallback callback)
    {
        await using var context = await A.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        return await context.Attempts.Where(a => context.Executions.Any(e => e.Id == a.ExecutionId && e.TriggerId == callback.TriggerId)).Select(a => a.NodeId).Distinct().ToListAsync();
    }
}
