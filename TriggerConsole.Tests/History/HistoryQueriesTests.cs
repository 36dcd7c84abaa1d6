using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.History;

public sealed class HistoryQueriesTests : IDisposable
{
    private readonly TestDatabase _database = TestDatabase.Sqlite();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Figures_MixedHistory_CountsByOutcome()
    {
        using var store = _database.SqliteStore();
        Add(store, Sample.Now, ExecutionStatus.Succeeded);
        Add(store, Sample.Now.AddHours(1), ExecutionStatus.Succeeded);
        Add(store, Sample.Now.AddHours(-1), ExecutionStatus.DeadLettered);
        Add(store, Sample.Now, ExecutionStatus.Queued);
        Add(store, Sample.Now, ExecutionStatus.Queued, owner: Guid.NewGuid());

        var figures = await new HistoryQueries(_database).FiguresAsync(CancellationToken.None);

        Assert.Equal(new HistoryFigure(2, Sample.Now), figures.Succeeded);
        Assert.Equal(new HistoryFigure(1, Sample.Now.AddHours(-1)), figures.DeadLettered);
        Assert.Equal(new HistoryFigure(0, null), figures.Cancelled);
        Assert.Equal(new HistoryFigure(5, Sample.Now.AddHours(-1)), figures.Events);
    }

    [Fact]
    public async Task SetRetention_Part_KeepsTheRest()
    {
        var retention = new RetentionCommands(new SettingStore(_database, TimeProvider.System));
        await retention.SetAsync(new() { SucceededDays = 3 }, CancellationToken.None);
        await retention.SetAsync(new() { EventDays = 0 }, CancellationToken.None);
        Assert.Equal(new RetentionSettings { SucceededDays = 3, EventDays = 0 }, await retention.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task SetRetention_OutOfRange_ChangesNothing()
    {
        var retention = new RetentionCommands(new SettingStore(_database, TimeProvider.System));
        var result = await retention.SetAsync(new() { SucceededDays = 3, DeadLetteredDays = 4000 }, CancellationToken.None);
        Assert.Equal("deadLetteredDays", Assert.Single(Assert.IsType<Refusal.Invalid>(result.Refusal).Errors).Field);
        Assert.Equal(new RetentionSettings(), await retention.GetAsync(CancellationToken.None));
    }

    private static void Add(IExecutionStore store, DateTimeOffset at, ExecutionStatus status, Guid? owner = null)
    {
        var stored = Sample.Event(at: at);
        // Only who holds an execution can write its attempt
        var execution = Sample.Execution(stored, owner: owner ?? (status == ExecutionStatus.Queued ? null : Guid.NewGuid()));
        store.Write([new AcceptEntry(stored, [execution])], []);
        if (status != ExecutionStatus.Queued) store.Write([Sample.Attempt(execution, 1, status)], []);
    }
}
