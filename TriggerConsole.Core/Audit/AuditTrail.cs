using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Audit;

/// <summary>
/// Writes acts that change no row. What was done is written before the call returns; while the database is away it waits in a bounded
/// queue, and what does not fit there is at least in the log. Refusals are written in the background, identical ones counted.
/// </summary>
internal sealed partial class AuditTrail(
    IDbContextFactory<TriggerConsoleDbContext> contexts, AuditLedger ledger, AuditActors actors, TimeProvider time, ILogger<AuditTrail> logger) : BackgroundService, IAuditTrail
{
    internal const int MostWaiting = 1000;
    private const int Step = 100;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly AuditRefusals _refusals = new();
    private readonly ConcurrentQueue<AuditEntry> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private bool _isAway;

    /// <inheritdoc/>
    public async ValueTask RecordAsync(AuditAct act, CancellationToken cancellationToken)
    {
        var (actor, now) = (act.Actor ?? actors.Current, time.Now());
        if (act.Outcome == AuditOutcome.Refused)
        {
            // Whoever is refused does not make us wait for the disk
            if (_refusals.Note(act, actor, now) is { } first) Queue(ledger.EntryOf(first.Act, first.Actor, now));
            return;
        }
        var entry = ledger.EntryOf(act, actor, now);
        try
        {
            // It has happened: it is written even if whoever did it has gone meanwhile
            await WriteAsync([entry], CancellationToken.None);
        }
        catch (Exception exception) when (IsAway(exception))
        {
            Queue(entry);
            TellAway(exception);
        }
    }

    /// <summary>Writes what waits, and refusals whose minute is over.</summary>
    /// <param name="all">The present minute's as well.</param>
    internal async Task FlushAsync(bool all, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var (act, actor, at, count) in _refusals.TakeEnded(all ? DateTimeOffset.MaxValue : time.GetUtcNow()))
                Queue(ledger.EntryOf(act, actor, at, count: count));
            while (_waiting.Take(Step).ToList() is { Count: > 0 } step)
            {
                await WriteAsync(step, cancellationToken);
                foreach (var _ in step) _waiting.TryDequeue(out var _);
            }
            if (_isAway) LogBack();
            _isAway = false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await FlushAsync(all: true, cancellationToken);
        }
        catch (Exception exception) when (IsAway(exception) || exception is OperationCanceledException)
        {
            while (_waiting.TryDequeue(out var entry)) Log(entry);
        }
    }

    public override void Dispose()
    {
        while (_waiting.TryDequeue(out var entry)) Log(entry); // of a command, which has no background work
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RunRoundAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A normal stop
        }
    }

    private async Task RunRoundAsync(CancellationToken stoppingToken)
    {
        if (time.GetUtcNow() < _notBefore) return;
        try
        {
            await FlushAsync(all: false, stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            _notBefore = time.GetUtcNow() + s_pause;
            TellAway(exception);
        }
    }

    private async Task WriteAsync(List<AuditEntry> entries, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.AppendAsync([.. entries], cancellationToken);
    }

    private void Queue(AuditEntry entry)
    {
        if (_waiting.Count >= MostWaiting) Log(entry);
        else _waiting.Enqueue(entry);
    }

    private void TellAway(Exception exception)
    {
        if (!_isAway) LogAway(exception);
        _isAway = true;
    }

    private static bool IsAway(Exception exception) => exception is DbException or DbUpdateException or TimeoutException or IOException or InvalidOperationException;

    private void Log(AuditEntry entry) => LogUnrecorded(entry.At, entry.Action, entry.Outcome, entry.Count, entry.SubjectKind, entry.SubjectName ?? entry.SubjectId, entry.ActorKind, entry.ActorName, entry.Address);

    [LoggerMessage(EventIds.AuditActUnrecorded, LogLevel.Warning, "Not in the audit log, which cannot be written: at {At:O} {Action} {Outcome} ({Count} times), {SubjectKind} {Subject}, by {ActorKind} {Actor} from {Address}.")]
    private partial void LogUnrecorded(DateTimeOffset at, string action, AuditOutcome outcome, int count, string subjectKind, string? subject, AuditActorKind actorKind, string actor, string? address);

    [LoggerMessage(EventIds.AuditAway, LogLevel.Warning, "The audit log cannot be written. What is to be recorded waits, up to 1,000 acts; further ones are written to this log alone.")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(EventIds.AuditBack, LogLevel.Information, "The audit log can be written again; what waited is in it.")]
    private partial void LogBack();
}
