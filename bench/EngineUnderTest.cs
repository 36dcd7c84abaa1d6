using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Core;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Stores;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Bench;

/// <summary>The engine without server and protocol, on a fresh SQLite file.</summary>
internal sealed class EngineUnderTest : IDbContextFactory<TriggerConsoleDbContext>, IAsyncDisposable
{
    private static readonly byte[] s_body = System.Text.Encoding.UTF8.GetBytes($$"""{"id":"bench","event":"order.created","note":"{{new string('x', 350)}}"}""");
    private static readonly byte[] s_headers = """[["Host","localhost:9930"],["Content-Type","application/json; charset=utf-8"],["Content-Length","400"]]"""u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("tc-bench-").FullName;
    private readonly SqliteWriteGate _gate = new();
    private readonly DbContextOptions<SqliteTriggerConsoleDbContext> _options;
    private readonly EngineMetrics _metrics = new();
    private readonly ExecutionEngine _engine;
    private readonly ExecutionAcceptor _acceptor;
    private readonly Dispatcher _dispatcher;

    private EngineUnderTest()
    {
        var connectionString = $"Data Source={_folder}/bench.db";
        _options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite(connectionString).AddInterceptors(new SqliteConnectionSetup()).Options;
        using (var context = CreateDbContext()) context.Database.Migrate();
        var options = Options.Create(new ExecutionOptions());
        var (time, triggers, waiters) = (TimeProvider.System, new TriggerDirectory(), new ExecutionWaiters());
        Store = new SqliteExecutionStore(connectionString, _gate, NullLogger<SqliteExecutionStore>.Instance);
        Journal = new(Store, options, time, NullLogger<ExecutionJournal>.Instance);
        var node = new ExecutionNode(time);
        var runner = new ExecutionRunner(triggers, Journal, waiters, new(node, time, _metrics, NullLogger<AttemptMaker>.Instance), time, NullLogger<ExecutionRunner>.Instance);
        _dispatcher = new(node, Journal, triggers, runner, options, time);
        _acceptor = new(node, Journal, _dispatcher, _metrics, time);
        _engine = new(node, Journal, Store, _dispatcher, waiters, new ExecutionFeed(), triggers, options, time, NullLogger<ExecutionEngine>.Instance);
        Queries = new(this, triggers, new(triggers, new CallbackDirectory()), time);
        Trigger = Kind.Trigger();
        triggers.Set(Trigger);
    }

    public NoopKind Kind { get; } = new();

    public RuntimeTrigger Trigger { get; }

    public IExecutionStore Store { get; }

    public ExecutionJournal Journal { get; }

    public ExecutionQueries Queries { get; }

    public long FileSize => new FileInfo(Path.Combine(_folder, "bench.db")).Length;

    public static async Task<EngineUnderTest> StartAsync()
    {
        var engine = new EngineUnderTest();
        await engine._engine.StartAsync(CancellationToken.None);
        return engine;
    }

    public TriggerConsoleDbContext CreateDbContext() => new SqliteTriggerConsoleDbContext(_options) { Gate = _gate };

    public static StoredEvent Event(DateTimeOffset now) => new()
    {
        Id = Uuid7.New(now),
        Origin = EventOrigin.Callback,
        ReceivedAt = now,
        Method = "POST",
        Path = "/api/trigger/bench",
        Headers = s_headers,
        ContentType = "application/json",
        Verdicts = s_headers,
        Body = s_body,
    };

    /// <summary>Accepts so many events from so many callers at once; comes back when all are accepted.</summary>
    public Task LoadAsync(int events, int callers)
    {
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= events)
            {
                var now = TimeProvider.System.Now();
                var stored = Event(now);
                var execution = EventRouter.CreateExecution(Trigger, stored.Id, now, now, 5);
                if (await _acceptor.AcceptAsync(new(stored), isNew: true, [(Trigger, execution)]) is null) throw new InvalidOperationException("The journal is full.");
            }
        })));
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.StopAsync(CancellationToken.None);
        _dispatcher.Dispose();
        Store.Dispose();
        _metrics.Dispose();
        _gate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
