using System.Collections.Concurrent;
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
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Tests.Testing;

/// <summary>The whole engine on a real SQLite file, with triggers whose attempts a test scripts.</summary>
internal sealed class EngineBench : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly bool _ownsDatabase;
    private readonly ExecutionEngine _engine;
    private bool _stopped;

    private EngineBench(TestDatabase database, bool ownsDatabase, ExecutionOptions options, TimeProvider time, Func<IExecutionStore, IExecutionStore>? wrap)
    {
        (_database, _ownsDatabase, Time) = (database, ownsDatabase, time);
        var wrapped = Options.Create(options);
        Store = wrap is null ? database.SqliteStore() : wrap(database.SqliteStore());
        Node = new ExecutionNode(time);
        Journal = new(Store, wrapped, time, NullLogger<ExecutionJournal>.Instance);
        Waiters = new();
        Metrics = new();
        var runner = new ExecutionRunner(Triggers, Journal, Waiters, new(Node, time, Metrics, NullLogger<AttemptMaker>.Instance), time, NullLogger<ExecutionRunner>.Instance);
        Dispatcher = new(Node, Journal, Triggers, runner, wrapped, time);
        Acceptor = new(Node, Journal, Dispatcher, Metrics, time);
        Queries = new(database, Triggers, new(Triggers, new CallbackDirectory()), time);
        Commands = new(database, Node, Journal, Dispatcher, Triggers, Queries, time);
        _engine = new(Node, Journal, Store, Dispatcher, Waiters, Feed, Triggers, wrapped, time, NullLogger<ExecutionEngine>.Instance);
    }

    public TimeProvider Time { get; }

    public IExecutionStore Store { get; }

    public ExecutionNode Node { get; }

    public ExecutionJournal Journal { get; }

    public ExecutionWaiters Waiters { get; }

    public EngineMetrics Metrics { get; }

    public Dispatcher Dispatcher { get; }

    public ExecutionAcceptor Acceptor { get; }

    public ExecutionQueries Queries { get; }

    public ExecutionCommands Commands { get; }

    public ExecutionFeed Feed { get; } = new();

    public TriggerDirectory Triggers { get; } = new();

    public static async Task<EngineBench> StartAsync(
        ExecutionOptions? options = null, TimeProvider? time = null, TestDatabase? database = null, Func<IExecutionStore, IExecutionStore>? wrap = null, params RuntimeTrigger[] triggers)
    {
        var bench = new EngineBench(database ?? TestDatabase.Sqlite(), database is null, options ?? new() { ShutdownTimeout = TimeSpan.FromSeconds(5) }, time ?? TimeProvider.System, wrap);
        foreach (var trigger in triggers) bench.Triggers.Set(trigger);
        await bench._engine.StartAsync(CancellationToken.None);
        return bench;
    }

    /// <summary>A trigger whose attempts do what the test says; by default they succeed at once.</summary>
    public RuntimeTrigger AddTrigger(
        Func<AttemptContext, CancellationToken, Task<AttemptOutcome>>? attempt = null, RetryPolicy? retry = null, TriggerLimits? limits = null, int priority = 5, string? target = null,
        ITargetConnections? connections = null)
    {
        var trigger = Trigger(attempt, retry, limits, priority, target, connections: connections);
        Triggers.Set(trigger);
        return trigger;
    }

    public static RuntimeTrigger Trigger(
        Func<AttemptContext, CancellationToken, Task<AttemptOutcome>>? attempt = null, RetryPolicy? retry = null, TriggerLimits? limits = null, int priority = 5, string? target = null, Guid? id = null,
        ITargetConnections? connections = null) => new()
        {
            Id = id ?? Guid.NewGuid(),
            Name = "Scripted",
            Kind = new ScriptedKind(attempt ?? ((_, _) => Task.FromResult(Outcome.Ok)), connections),
            Settings = new ScriptedSettings(),
            Prepared = new ScriptedTrigger(target ?? $"target-{Guid.NewGuid():N}"),
            CallbackId = null,
            Enabled = true,
            Paused = false,
            Priority = priority,
            Retry = retry ?? new RetryPolicy { MaxAttempts = 1 },
            Limits = limits ?? TriggerLimits.Default,
            Version = 1,
        };

    public void Change(RuntimeTrigger trigger, bool paused) => Triggers.Set(new RuntimeTrigger
    {
        Id = trigger.Id,
        Name = trigger.Name,
        Kind = trigger.Kind,
        Settings = trigger.Settings,
        Prepared = trigger.Prepared,
        CallbackId = trigger.CallbackId,
        Enabled = trigger.Enabled,
        Paused = paused,
        Priority = trigger.Priority,
        Retry = trigger.Retry,
        Limits = trigger.Limits,
        Version = trigger.Version + 1,
    });

    /// <summary>Accepts one event with one execution. Null when it was refused (503).</summary>
    public async Task<Guid?> AcceptAsync(RuntimeTrigger trigger, int? priority = null, DateTimeOffset? due = null, string body = "{}")
    {
        var now = Time.Now();
        var stored = new StoredEvent
        {
            Id = Uuid7.New(now),
            Origin = EventOrigin.Api,
            ReceivedAt = now,
            Method = "POST",
            Path = "/",
            Headers = "[]"u8.ToArray(),
            Verdicts = "[]"u8.ToArray(),
            Body = System.Text.Encoding.UTF8.GetBytes(body),
        };
        var execution = EventRouter.CreateExecution(trigger, stored.Id, now, due ?? now, priority ?? trigger.Priority);
        return await Acceptor.AcceptAsync(new(stored), isNew: true, [(trigger, execution)]) is null ? null : execution.Id;
    }

    public async Task<Execution> RowAsync(Guid id)
    {
        await using var context = _database.CreateDbContext();
        return await context.Executions.AsNoTracking().SingleAsync(e => e.Id == id);
    }

    public async Task<int> CountAsync(ExecutionStatus status)
    {
        await using var context = _database.CreateDbContext();
        return await context.Executions.CountAsync(e => e.Status == status);
    }

    public async Task<List<Attempt>> AttemptsAsync(Guid id)
    {
        await using var context = _database.CreateDbContext();
        return await context.Attempts.AsNoTracking().Where(a => a.ExecutionId == id).OrderBy(a => a.Number).ToListAsync();
    }

    public Task<Execution> WaitForAsync(Guid id, ExecutionStatus status) => Eventually.GetAsync(async () =>
    {
        var row = await RowAsync(id);
        return (row.Status == status, row);
    }, $"execution to be {status}");

    public Task WaitForCountAsync(ExecutionStatus status, int count) => Eventually.TrueAsync(async () => await CountAsync(status) == count, $"{count} executions to be {status}");

    public Task StopAsync()
    {
        _stopped = true;
        return _engine.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped) await StopAsync();
        Dispatcher.Dispose();
        Store.Dispose();
        Metrics.Dispose();
        if (_ownsDatabase) _database.Dispose();
    }

    public sealed record ScriptedSettings : TriggerSettings;

    public sealed class ScriptedTrigger(string target) : PreparedTrigger
    {
        public override string TargetKey => target;

        public override TimeSpan Timeout => TimeSpan.FromSeconds(30);

        public override string Description => "does what the test says";
    }

    private sealed class ScriptedKind(Func<AttemptContext, CancellationToken, Task<AttemptOutcome>> attempt, ITargetConnections? connections) : ITriggerKind
    {
        public TriggerKind Kind => TriggerKind.Http;

        public Type SettingsType => typeof(ScriptedSettings);

        public ITargetConnections? Connections => connections;

        public bool KeepsOrder => connections is not null;

        public ValueTask ValidateAsync(TriggerSettings settings, TemplateRules rules, FieldErrors errors, CancellationToken cancellationToken) => default;

        public string? DestinationOf(TriggerSettings settings) => null;

        public string Describe(TriggerSettings settings) => "";

        public PreparedTrigger Prepare(TriggerSettings settings) => new ScriptedTrigger("x");

        public TriggerPreview Preview(PreparedTrigger prepared, AttemptContext context) => new(null, null);

        public Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken) => attempt(context, cancellationToken);
    }
}

internal static class Outcome
{
    public static AttemptOutcome Ok { get; } = new() { Code = "http_200", Target = "POST http://t/" };

    public static AttemptOutcome Fail(FailureKind kind, string code = "x", TimeSpan? retryAfter = null) => new() { Failure = kind, Code = code, Detail = "It failed.", RetryAfter = retryAfter };
}

/// <summary>An attempt that waits until the test lets it end; counts how many are under way.</summary>
internal sealed class Gate
{
    private readonly ConcurrentQueue<TaskCompletionSource<AttemptOutcome>> _waiting = new();
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public int Most { get; private set; }

    public ConcurrentQueue<Guid> Started { get; } = new();

    public async Task<AttemptOutcome> PassAsync(AttemptContext context, CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource<AttemptOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(end);
        Started.Enqueue(context.ExecutionId);
        var running = Interlocked.Increment(ref _running);
        lock (_waiting) Most = Math.Max(Most, running);
        try
        {
            return await end.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Lets the one that has waited longest end.</summary>
    public void Open(AttemptOutcome? outcome = null)
    {
        if (!_waiting.TryDequeue(out var end)) throw new InvalidOperationException("Nothing waits at the gate.");
        end.TrySetResult(outcome ?? Outcome.Ok);
    }

    public void OpenAll()
    {
        while (_waiting.TryDequeue(out var end)) end.TrySetResult(Outcome.Ok);
    }
}
