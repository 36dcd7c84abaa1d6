using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Queries;

public sealed class DeadLetterQueriesTests : IDisposable
{
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private static readonly Guid s_node = Guid.NewGuid();

    private readonly IExecutionStore _store;
    private readonly TriggerDirectory _triggers = new();
    private readonly RuntimeTrigger _trigger = EngineBench.Trigger();

    public DeadLetterQueriesTests()
    {
        _store = _database.SqliteStore();
        _triggers.Set(_trigger);
    }

    private DeadLetterQueries Queries => new(_database, _triggers);

    [Fact]
    public async Task Groups_SeveralCauses_CountEachWithItsNewestDetail()
    {
        Add(_trigger.Id, "timeout", "Old words.", Sample.Now);
        Add(_trigger.Id, "timeout", "New words.", Sample.Now.AddMinutes(5));
        Add(_trigger.Id, "http_404", "Not there.", Sample.Now.AddMinutes(9));
        Add(_trigger.Id, "http_200", null, Sample.Now, ExecutionStatus.Succeeded);

        var groups = await Queries.GroupsAsync(CancellationToken.None);

        Assert.Equal((2, 3L, 0L), (groups.Groups, groups.Count, groups.Replayed));
        Assert.Equal(["http_404", "timeout"], groups.Items.Select(g => g.Code));
        var timeouts = groups.Items[1];
        Assert.Equal((2L, "New words.", Sample.Now, Sample.Now.AddMinutes(5), _trigger.Name), (timeouts.Count, timeouts.Detail, timeouts.First, timeouts.Last, timeouts.TriggerName));
    }

    [Fact]
    public async Task Groups_FailedTest_IsLeftOutOfGroupsAndCount()
    {
        Add(_trigger.Id, "timeout", null, Sample.Now, isTest: true);

        Assert.Empty((await Queries.GroupsAsync(CancellationToken.None)).Items);
        Assert.Equal(0, await Queries.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Groups_DeletedTrigger_HasNoName()
    {
        Add(Guid.NewGuid(), "timeout", null, Sample.Now);
        Assert.Null(Assert.Single((await Queries.GroupsAsync(CancellationToken.None)).Items).TriggerName);
    }

    [Fact]
    public async Task Groups_Replayed_AreCountedOnce()
    {
        var first = Add(_trigger.Id, "timeout", null, Sample.Now);
        Add(_trigger.Id, "timeout", null, Sample.Now);
        Add(_trigger.Id, "http_200", null, Sample.Now, ExecutionStatus.Succeeded, replayOf: first);
        Add(_trigger.Id, "http_200", null, Sample.Now, ExecutionStatus.Succeeded, replayOf: first);

        var group = Assert.Single((await Queries.GroupsAsync(CancellationToken.None)).Items);

        Assert.Equal((2L, 1L), (group.Count, group.Replayed));
    }

    [Fact]
    public async Task Filter_OfGroup_SelectsItsDeadLettersAndNoOthers()
    {
        var wanted = Add(_trigger.Id, "timeout", null, Sample.Now);
        var replayed = Add(_trigger.Id, "timeout", null, Sample.Now);
        Add(_trigger.Id, "timeout", null, Sample.Now, isTest: true);
        Add(_trigger.Id, "http_404", null, Sample.Now);
        Add(Guid.NewGuid(), "timeout", null, Sample.Now);
        var replay = Add(_trigger.Id, "http_200", null, Sample.Now, ExecutionStatus.Succeeded, replayOf: replayed);
        var executions = Executions;
        var filter = (await Queries.GroupsAsync(CancellationToken.None)).Items.Single(g => g.Code == "timeout" && g.TriggerId == _trigger.Id).Filter;

        Assert.Equal([wanted, replayed], await executions.IdsAsync(filter, 10, CancellationToken.None));
        Assert.Equal([wanted], await executions.IdsAsync(filter with { Replayed = false }, 10, CancellationToken.None));
        Assert.Equal([replayed], (await executions.ListAsync(filter with { Replayed = true }, null, 10, CancellationToken.None)).Items.Select(i => i.Id));
        var replays = await executions.ReplaysOfAsync([wanted, replayed], CancellationToken.None);
        Assert.Empty(replays[wanted]);
        Assert.Equal(new ReplayView(replay, ExecutionStatus.Succeeded), Assert.Single(replays[replayed]));
    }

    public void Dispose()
    {
        _store.Dispose();
        _database.Dispose();
    }

    private ExecutionQueries Executions => new(_database, _triggers, new(_triggers, new Core.Callbacks.CallbackDirectory()), TimeProvider.System);

    private Guid Add(Guid trigger, string code, string? detail, DateTimeOffset at, ExecutionStatus status = ExecutionStatus.DeadLettered, bool isTest = false, Guid? replayOf = null)
    {
        var stored = Sample.Event(at: at);
        var execution = new Execution
        {
            Id = Sample.Id(at),
            EventId = stored.Id,
            TriggerId = trigger,
            Kind = TriggerKind.Http,
            Status = ExecutionStatus.Queued,
            Priority = 5,
            CreatedAt = at,
            DueAt = at,
            OwnerId = s_node,
            IsTest = isTest,
            ReplayOf = replayOf,
        };
        var attempt = new Attempt
        {
            ExecutionId = execution.Id,
            Number = 1,
            StartedAt = at,
            DurationMicroseconds = 1,
            Succeeded = status == ExecutionStatus.Succeeded,
            Failure = status == ExecutionStatus.Succeeded ? null : FailureKind.Timeout,
            Code = code,
            Detail = detail,
            NodeId = s_node,
        };
        _store.Write([new AcceptEntry(stored, [execution]), new AttemptEntry(attempt, new(trigger, status, at, at, "POST http://t/"))], []);
        return execution.Id;
    }
}
