using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.History;

public sealed class HistoryCleanerTests : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;
    private static readonly Guid s_node = Guid.NewGuid();

    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly IExecutionStore _store;
    private readonly ExecutionJournal _journal;
    private readonly SettingStore _settings;
    private readonly HistoryCleaner _cleaner;

    public HistoryCleanerTests()
    {
        _store = _database.SqliteStore();
        _journal = new(_store, Options.Create(new ExecutionOptions()), TimeProvider.System, NullLogger<ExecutionJournal>.Instance);
        _settings = new(_database, TimeProvider.System);
        _cleaner = new(_journal, _settings, TimeProvider.System, NullLogger<HistoryCleaner>.Instance);
    }

    public void Dispose()
    {
        _cleaner.Dispose();
        _journal.Dispose();
        _store.Dispose();
        _database.Dispose();
    }

    [Fact]
    public async Task Clean_EachOutcomeHasItsAge_OldOnesGoWithAttemptsAndEvents()
    {
        await _settings.SetAsync(RetentionSettings.Name, new RetentionSettings { SucceededDays = 10, DeadLetteredDays = 30, CancelledDays = 5, EventDays = 10 }, CancellationToken.None);
        var gone = new[] { Add(11, ExecutionStatus.Succeeded), Add(31, ExecutionStatus.DeadLettered), Add(6, ExecutionStatus.Cancelled) };
        var kept = new[] { Add(9, ExecutionStatus.Succeeded), Add(29, ExecutionStatus.DeadLettered), Add(4, ExecutionStatus.Cancelled), Add(400, ExecutionStatus.Queued), Add(400, ExecutionStatus.Retrying) };
        _journal.Start();

        await _cleaner.RunOnceAsync(CancellationToken.None);

        await using var context = _database.CreateDbContext();
        var left = await context.Executions.Select(e => e.Id).ToListAsync();
        Assert.Equal(kept.Select(e => e.Id).Order(), left.Order());
        Assert.DoesNotContain(await context.Attempts.Select(a => a.ExecutionId).ToListAsync(), id => gone.Any(e => e.Id == id));
        var events = await context.Events.Select(e => e.Id).ToListAsync();
        Assert.All(kept, e => Assert.Contains(e.EventId, events)); // an event stays as long as an execution needs it
        Assert.DoesNotContain(gone[0].EventId, events);
        Assert.DoesNotContain(gone[1].EventId, events);
    }

    [Fact]
    public async Task Clean_KeptForEver_DeletesNothing()
    {
        await _settings.SetAsync(RetentionSettings.Name, new RetentionSettings { SucceededDays = 0, DeadLetteredDays = 0, CancelledDays = 0, EventDays = 0, StatisticDays = 0 }, CancellationToken.None);
        Add(4000, ExecutionStatus.Succeeded);
        _journal.Start();
        Assert.Equal(0, await _cleaner.RunOnceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Clean_ManyRows_DeletesAllInSteps()
    {
        for (var i = 0; i < 1000; i++) Add(100, ExecutionStatus.Succeeded);
        _journal.Start();
        await _cleaner.RunOnceAsync(CancellationToken.None);
        await using var context = _database.CreateDbContext();
        Assert.Equal((0, 0, 0), (await context.Executions.CountAsync(), await context.Attempts.CountAsync(), await context.Events.CountAsync()));
    }

    private Execution Add(int daysAgo, ExecutionStatus status)
    {
        var at = s_now.AddDays(-daysAgo);
        var stored = Sample.Event(at: at);
        var execution = Sample.Execution(stored, owner: s_node);
        _store.Write([new AcceptEntry(stored, [execution])], []);
        if (status == ExecutionStatus.Queued) return execution;
        _store.Write([Sample.Attempt(execution, 1, status)], []);
        return execution;
    }
}
