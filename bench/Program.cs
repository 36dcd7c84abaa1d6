using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Core;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Stores;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

var dir = Directory.CreateTempSubdirectory("tcb").FullName;
var cs = $"Data Source={dir}/b.db";
var gate = new SqliteWriteGate();
var ctx = new SqliteTriggerConsoleDbContext(new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite(cs).AddInterceptors(new SqliteConnectionSetup()).Options);
ctx.Database.Migrate();
if (args.Contains("--norowid"))
{
    ctx.Database.ExecuteSqlRaw("""
        CREATE TABLE x2 (id BLOB NOT NULL PRIMARY KEY, event_id BLOB NOT NULL, trigger_id BLOB, kind TEXT NOT NULL, status TEXT NOT NULL, priority INTEGER NOT NULL, created_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
         finished_at INTEGER, owner_id BLOB, attempts INTEGER NOT NULL, recoveries INTEGER NOT NULL, is_test INTEGER NOT NULL, replay_of BLOB, target TEXT, last_code TEXT, last_failure TEXT, last_detail TEXT, last_duration_microseconds INTEGER) WITHOUT ROWID;
        DROP TABLE executions; ALTER TABLE x2 RENAME TO executions;
        CREATE INDEX ix_executions_event ON executions(event_id);
        CREATE INDEX ix_executions_owned ON executions(owner_id) WHERE owner_id IS NOT NULL;
        CREATE INDEX ix_executions_trigger ON executions(trigger_id,id);
        CREATE INDEX ix_executions_unsuccessful ON executions(status,id) WHERE status <> 'Succeeded' AND owner_id IS NULL;
        CREATE INDEX ix_executions_waiting ON executions(trigger_id,priority,due_at,id) WHERE owner_id IS NULL AND finished_at IS NULL;
        """);
}
var time = TimeProvider.System;
var opts = Options.Create(new ExecutionOptions());
using var store = new SqliteExecutionStore(cs, gate);
using var journal = new ExecutionJournal(store, opts, time, NullLogger<ExecutionJournal>.Instance);
var triggers = new TriggerDirectory();
var waiters = new ExecutionWaiters();
var node = new ExecutionNode(time);
using var metrics = new EngineMetrics();
var runner = new ExecutionRunner(triggers, journal, waiters, new AttemptMaker(time, metrics, NullLogger<AttemptMaker>.Instance), time, NullLogger<ExecutionRunner>.Instance);
using var dispatcher = new Dispatcher(node, journal, triggers, runner, opts, time);
var kind = new NoopKind();
var tid = Uuid7.New(time.GetUtcNow());
var trigger = new RuntimeTrigger { Id = tid, Name = "x", Kind = kind, Prepared = new NoopPrepared(), CallbackId = null, Enabled = true, Paused = false, Priority = 5, Retry = RetryPolicy.Default, Limits = TriggerLimits.Default, Version = 1 };
triggers.Set(trigger);
using var engine = new ExecutionEngine(node, journal, store, dispatcher, waiters, triggers, opts, time, NullLogger<ExecutionEngine>.Instance);
await engine.StartAsync(default);
var body = System.Text.Encoding.UTF8.GetBytes("{\"id\":\"" + new string('x', 380) + "\"}");
var headers = System.Text.Encoding.UTF8.GetBytes("[[\"Host\",\"localhost:9930\"],[\"Content-Type\",\"application/json; charset=utf-8\"],[\"Content-Length\",\"400\"]]");
async Task Load(int n, int c)
{
    var next = 0;
    await Task.WhenAll(Enumerable.Range(0, c).Select(_ => Task.Run(async () =>
    {
        while (Interlocked.Increment(ref next) <= n)
        {
            var now = time.Now();
            var ev = new StoredEvent { Id = Uuid7.New(now), Origin = EventOrigin.Callback, ReceivedAt = now, Method = "POST", Path = "/api/trigger/x", Headers = headers, Body = body, Verdicts = headers, CallbackId = tid, ContentType = "application/json" };
            var ex = new Execution { Id = Uuid7.New(now), EventId = ev.Id, TriggerId = tid, Kind = TriggerKind.Http, Status = ExecutionStatus.Queued, Priority = 5, CreatedAt = now, DueAt = now };
            var item = dispatcher.TryReserve(trigger, ex, new EventContent(ev));
            var entry = new TestAccept(dispatcher, item, ev, [ex]);
            if (!journal.TryAppend(entry)) throw new Exception("full");
            await entry.Completion;
        }
    })));
}
await Load(5000, 32);
foreach (var c in new[] { 1, 8, 32, 64, 128 })
{
    kind.Count = 0;
    var n = c == 1 ? 3000 : 30000;
    var cpu = Process.GetCurrentProcess().TotalProcessorTime;
    var alloc = GC.GetTotalAllocatedBytes();
    var sw = Stopwatch.StartNew();
    await Load(n, c);
    var acc = sw.Elapsed.TotalSeconds;
    while (kind.Count < n) await Task.Delay(1);
    var el = sw.Elapsed.TotalSeconds;
    Console.WriteLine($"c={c} accepted {n / acc:0}/s finished {n / el:0}/s cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / n:0.0} us each, alloc {(GC.GetTotalAllocatedBytes() - alloc) / n} B, commits {journal.Commits}");
}
await engine.StopAsync(default);
Console.WriteLine(new FileInfo(dir + "/b.db").Length >> 20);
Directory.Delete(dir, true);

sealed class TestAccept(Dispatcher d, LaneItem? item, StoredEvent e, Execution[] x) : AcceptEntry(e, x)
{
    public override void OnCommitted()
    {
        if (item is not null) d.Admit(item); else d.NoteTable(x[0].TriggerId!.Value, x[0].DueAt);
        base.OnCommitted();
    }
}
sealed class NoopPrepared : PreparedTrigger { public override string TargetKey => "noop"; public override TimeSpan Timeout => TimeSpan.FromSeconds(1); public override string Description => "nothing"; }
sealed class NoopKind : ITriggerKind
{
    public int Count;
    readonly byte[] _req = new byte[700], _res = new byte[300];
    public TriggerKind Kind => TriggerKind.Http;
    public Type SettingsType => typeof(TriggerSettings);
    public ValueTask ValidateAsync(TriggerSettings settings, TemplateRules rules, FieldErrors errors, CancellationToken cancellationToken) => default;
    public string? DestinationOf(TriggerSettings settings) => null;
    public string Describe(TriggerSettings settings) => "";
    public PreparedTrigger Prepare(TriggerSettings settings) => new NoopPrepared();
    public TriggerPreview Preview(PreparedTrigger prepared, AttemptContext context) => new(null, null);
    public Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Count);
        return Task.FromResult(new AttemptOutcome { Code = "http_200", Target = "POST http://127.0.0.1:9901/sink/x", Request = _req, Response = _res });
    }
}
