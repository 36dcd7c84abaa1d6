using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Jobs;

/// <summary>What reads jobs, on a database that a test fills; nothing runs.</summary>
internal sealed class JobBench : IDisposable
{
    private readonly Dispatcher _dispatcher;

    public JobBench(TestDatabase database, TimeProvider time)
    {
        Database = database;
        Node = new(time);
        Metrics = new();
        var options = Options.Create(new ExecutionOptions());
        var journal = new ExecutionJournal(database.EfStore(), options, time, NullLogger<ExecutionJournal>.Instance);
        var runner = new ExecutionRunner(Triggers, journal, new(), new(Node, time, Metrics, NullLogger<AttemptMaker>.Instance), time, NullLogger<ExecutionRunner>.Instance);
        _dispatcher = new(Node, journal, Triggers, runner, options, time);
        var healths = new NodeHealths(Node, Options.Create(new NodeOptions()));
        var views = new ExecutionViews(Triggers, new CallbackDirectory());
        var jobs = new JobViews(views, Triggers, healths);
        Counters = new(database, Triggers, _dispatcher, new(new SettingStore(database, time), _dispatcher, time), healths, new(), new(), time);
        Queries = new(database, Triggers, jobs, new(views, jobs, time), Counters, time);
        Details = new(database, jobs, time);
        Servers = new(database, healths, time);
        Series = new(database);
    }

    public TestDatabase Database { get; }

    public TriggerDirectory Triggers { get; } = new();

    public ExecutionNode Node { get; }

    public EngineMetrics Metrics { get; }

    public JobCounters Counters { get; }

    public JobQueries Queries { get; }

    public JobDetailQueries Details { get; }

    public ServerQueries Servers { get; }

    public FinishedSeries Series { get; }

    public void Dispose()
    {
        _dispatcher.Dispose();
        Counters.Dispose();
        Metrics.Dispose();
    }
}
