using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Starting;

/// <summary>Settings to try or preview, saved or not.</summary>
public sealed record TestInput
{
    public TriggerKind? Kind { get; init; }

    public JsonElement? Settings { get; init; }

    /// <summary>The payload: any JSON value. Ignored when <see cref="EventId"/> is given.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>A stored event to use as it is.</summary>
    public Guid? EventId { get; init; }

    /// <summary>The trigger these settings are a change of: secrets they leave out are taken from it, and the test is listed with it.</summary>
    public Guid? TriggerId { get; init; }

    public IReadOnlyDictionary<string, string>? Variables { get; init; }
}

/// <summary>Runs settings once, or shows what they would send. A test is an execution flagged so, recorded like any other.</summary>
internal sealed class TriggerTester(
    IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerKinds kinds, TriggerDirectory triggers, TriggerValidator validator, AttemptMaker attempts,
    ExecutionJournal journal, ExecutionNode node, ExecutionQueries queries, TimeProvider time) : IDisposable
{
    private const int MostAtOnce = 16;

    private readonly SemaphoreSlim _slots = new(MostAtOnce, MostAtOnce);

    public async Task<CommandResult<ExecutionDetails>> TestAsync(TestInput input, string? actor, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(input, actor, cancellationToken);
        if (prepared.Refusal is { } refusal) return refusal;
        var (kind, trigger, content, isNew) = prepared.Value;
        return await RunAsync(kind, trigger, content, isNew, input.TriggerId, cancellationToken);
    }

    /// <summary>Makes one attempt, recorded before and after as an execution flagged as a test: it is in the history, and never retried.</summary>
    /// <param name="isNew">Whether the event is yet to be stored.</param>
    /// <param name="triggerId">The saved trigger it is listed with, if any.</param>
    internal async Task<CommandResult<ExecutionDetails>> RunAsync(ITriggerKind kind, PreparedTrigger trigger, EventContent content, bool isNew, Guid? triggerId, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var execution = new Execution
        {
            Id = Uuid7.New(now),
            EventId = content.Stored.Id,
            TriggerId = triggerId,
            Kind = kind.Kind,
            Status = ExecutionStatus.Running,
            Priority = 9,
            CreatedAt = now,
            DueAt = now,
            OwnerId = node.Id,
            IsTest = true,
        };
        if (!await _slots.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken))
            return new Refusal.Unavailable($"{MostAtOnce} tests are running already. Try again in a moment.", TimeSpan.FromSeconds(5));
        try
        {
            var accept = new AcceptEntry(isNew ? content.Stored : null, [execution]);
            if (!await WriteAsync(accept)) return ExecutionCommands.Unavailable;
            if (kind.Connections is { } connections) await connections.EnsureAsync(trigger.TargetKey, cancellationToken);
            // Not broken off when the asker goes away: the attempt has its own limit, and its record is wanted
            var made = await attempts.MakeAsync(kind, trigger, execution, content, CancellationToken.None);
            var attempt = made!.Attempt;
            var status = attempt.Succeeded ? ExecutionStatus.Succeeded : ExecutionStatus.DeadLettered;
            var finish = new TestEndEntry(attempt, new(triggerId, status, now, time.Now(), AttemptMaker.Cut(made.Outcome.Target, Execution.MaxTargetLength)));
            if (!journal.TryAppend(finish)) return ExecutionCommands.Unavailable;
            await finish.Completion;
        }
        catch (JournalUnavailableException)
        {
            return ExecutionCommands.Unavailable;
        }
        finally
        {
            _slots.Release();
        }
        return (await queries.FindAsync(execution.Id, cancellationToken))!;
    }

    public async Task<CommandResult<TriggerPreview>> PreviewAsync(TestInput input, string? actor, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(input, actor, cancellationToken);
        if (prepared.Refusal is { } refusal) return refusal;
        var (kind, trigger, content, _) = prepared.Value;
        var now = time.Now();
        return kind.Preview(trigger, new() { ExecutionId = Uuid7.New(now), TriggerId = input.TriggerId, Attempt = 1, Event = content, Now = now });
    }

    public void Dispose() => _slots.Dispose();

    private async Task<CommandResult<(ITriggerKind Kind, PreparedTrigger Trigger, EventContent Content, bool IsNew)>> PrepareAsync(TestInput input, string? actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var saved = input.TriggerId is { } id ? triggers.Find(id) : null;
        if (input.TriggerId is not null && saved is null) errors.Add("triggerId", "There is no trigger with this id.");
        var kind = saved?.Kind ?? (input.Kind is { } wanted ? kinds.Find(wanted) : null);
        if (kind is null) errors.Add("kind", $"Give the kind of trigger: {string.Join(", ", kinds.All.Select(k => k.Kind))}.");
        if (kind is null || errors.Any) return new Refusal.Invalid(errors.All);
        var settings = input.Settings is null && saved is not null
            ? saved.Settings
            : await validator.ReadSettingsAsync(kind, input.Settings, saved?.Settings, errors, cancellationToken);
        var content = await ContentAsync(input, actor, errors, cancellationToken);
        if (settings is null || content is null) return new Refusal.Invalid(errors.All);
        return (kind, kind.Prepare(settings), content, input.EventId is null);
    }

    private async Task<EventContent?> ContentAsync(TestInput input, string? actor, FieldErrors errors, CancellationToken cancellationToken)
    {
        if (input.EventId is { } eventId)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var stored = await context.Events.AsNoTracking().SingleOrDefaultAsync(e => e.Id == eventId, cancellationToken);
            if (stored is null) errors.Add("eventId", "There is no event with this id.");
            return stored is null ? null : new(stored);
        }
        var now = time.Now();
        var body = input.Payload is { } payload ? JsonSerializer.SerializeToUtf8Bytes(payload, CoreJson.Options) : [];
        KeyValuePair<string, string>[] headers = [new("Content-Type", "application/json")];
        return new(new StoredEvent
        {
            Id = Uuid7.New(now),
            Origin = EventOrigin.Test,
            ReceivedAt = now,
            Method = "POST",
            Path = "/test",
            Headers = EventHeaders.Write(headers),
            ContentType = "application/json",
            EventType = EventTypes.Detect(headers, "application/json", body),
            Verdicts = VerdictJson.Write([]),
            Actor = actor,
            Variables = input.Variables is { Count: > 0 } variables ? JsonSerializer.SerializeToUtf8Bytes(variables, CoreJson.Options) : null,
            Body = body,
        });
    }

    private async Task<bool> WriteAsync(AwaitedEntry entry)
    {
        if (!journal.TryAppend(entry)) return false;
        await entry.Completion;
        return true;
    }

    /// <summary>The end of a test: someone waits for it.</summary>
    private sealed class TestEndEntry(Attempt attempt, ExecutionChange change) : AttemptEntry(attempt, change)
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Completion => _completion.Task;

        public override bool IsUrgent => true;

        public override void OnCommitted() => _completion.TrySetResult();

        public override void OnFailed(Exception exception) => _completion.TrySetException(exception);
    }
}
