using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Starting;

/// <summary>A call of one trigger by name.</summary>
public sealed record ExecuteInput
{
    public const int MaxVariables = 100;

    /// <summary>The payload: any JSON value; left out: empty.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Values for <c>{var:name}</c> in templates.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    public int? Priority { get; init; }

    public double? DelaySeconds { get; init; }

    public DateTimeOffset? ScheduledAt { get; init; }

    public string? IdempotencyKey { get; init; }
}

/// <summary>An accepted execution.</summary>
/// <param name="IsDuplicate">The idempotency key had been accepted before; this is the execution it made then.</param>
public sealed record ExecuteReceipt(Guid ExecutionId, ExecutionStatus Status, bool IsDuplicate);

/// <summary>Runs one trigger because someone asked for it by name.</summary>
internal sealed class TriggerExecutor(
    IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers, ExecutionAcceptor acceptor, ExecutionWaiters waiters, ExecutionQueries queries,
    IOptions<ExecutionOptions> options, TimeProvider time, NodeDirectory nodes)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_furthest = TimeSpan.FromDays(366);

    /// <param name="actor">Who asks: e-mail of the user or name of the API key.</param>
    /// <param name="path">The route that was called, for the record.</param>
    public async Task<CommandResult<ExecuteReceipt>> ExecuteAsync(Guid triggerId, ExecuteInput input, string? actor, string path, CancellationToken cancellationToken)
    {
        if (triggers.Find(triggerId) is not { } trigger) return new Refusal.NotFound($"There is no trigger {triggerId}.");
        if (!trigger.Enabled) return new Refusal.Conflict("The trigger is switched off. Switch it on first.");
        var now = time.Now();
        if (Check(input, now) is { } invalid) return invalid;
        var content = new EventContent(Store(input, actor, path, now));
        var execution = EventRouter.CreateExecution(trigger, content.Stored.Id, now, Due(input, now), input.Priority ?? trigger.Priority);
        content.Stored.Verdicts = VerdictJson.Write([new(trigger.Id, trigger.Kind.Kind, VerdictKind.Fires) { ExecutionId = execution.Id }]);
        var key = string.IsNullOrEmpty(input.IdempotencyKey) ? null : new IdempotencyKey
        {
            Scope = trigger.Id,
            Key = input.IdempotencyKey,
            EventId = content.Stored.Id,
            Fingerprint = SHA256.HashData(content.Stored.Body),
            ExpiresAt = now + options.Value.IdempotencyPeriod,
        };
        var entry = await acceptor.AcceptAsync(content, isNew: true, [(trigger, execution)], key);
        if (entry is null) return ExecutionCommands.Unavailable;
        if (entry.Earlier is not { } earlier) return new ExecuteReceipt(execution.Id, ExecutionStatus.Queued, IsDuplicate: false);
        if (!earlier.Fingerprint.AsSpan().SequenceEqual(key!.Fingerprint))
            return new Refusal.Invalid("idempotencyKey", "This key was used before with another payload. Use a new key for a new message.");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var first = await context.Executions.AsNoTracking().Where(e => e.EventId == earlier.EventId).OrderBy(e => e.Id).FirstOrDefaultAsync(cancellationToken);
        return first is null
            ? new Refusal.Conflict("This key was accepted before, and its execution has been deleted from the history since.")
            : new ExecuteReceipt(first.Id, ExecutionViews.StatusOf(first.Status, trigger), IsDuplicate: true);
    }

    /// <summary>Executes and waits for the end. Finished is null when it did not end within the limit; it goes on all the same.</summary>
    public async Task<(CommandResult<ExecuteReceipt> Receipt, ExecutionDetails? Finished)> ExecuteAndWaitAsync(
        Guid triggerId, ExecuteInput input, string? actor, string path, CancellationToken cancellationToken)
    {
        if (input.DelaySeconds is not null || input.ScheduledAt is not null)
            return (new Refusal.Invalid("mode", "A call that is delayed or scheduled cannot be waited for. Use mode async, or leave delaySeconds and scheduledAt out."), null);
        var receipt = await ExecuteAsync(triggerId, input, actor, path, cancellationToken);
        if (receipt.Value is not { } accepted) return (receipt, null);
        var finished = waiters.Register(accepted.ExecutionId);
        try
        {
            // It may have finished before we began to wait
            if (await queries.FindAsync(accepted.ExecutionId, cancellationToken) is { Execution.FinishedAt: not null } already) return (receipt, already);
            await WaitAsync(accepted.ExecutionId, finished, cancellationToken);
        }
        catch (TimeoutException)
        {
            return (receipt, null);
        }
        finally
        {
            waiters.Unregister(accepted.ExecutionId);
        }
        return (receipt, await queries.FindAsync(accepted.ExecutionId, cancellationToken));
    }

    /// <exception cref="TimeoutException"/>
    private async Task WaitAsync(Guid id, Task finished, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var left = options.Value.SynchronousTimeout - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) throw new TimeoutException();
            try
            {
                // Another node may run it, and its end is seen in the database alone
                await finished.WaitAsync(nodes.HasOthers && s_look < left ? s_look : left, time, cancellationToken);
                return;
            }
            catch (TimeoutException) when (nodes.HasOthers && s_look < left)
            {
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);
                if (await context.Executions.AnyAsync(e => e.Id == id && e.FinishedAt != null, cancellationToken)) return;
            }
        }
    }

    private static Refusal.Invalid? Check(ExecuteInput input, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        if (input.Priority is < 0 or > 9) errors.Add("priority", "Give a priority from 0 (last) to 9 (first).");
        if (input.DelaySeconds is { } delay && !(delay >= 0 && delay <= s_furthest.TotalSeconds)) errors.Add("delaySeconds", "Give a delay from 0 seconds to 366 days.");
        if (input.ScheduledAt is { } at && (at < now.AddMinutes(-1) || at > now + s_furthest)) errors.Add("scheduledAt", "Give a time in the future, at most 366 days ahead.");
        if (input.DelaySeconds is not null && input.ScheduledAt is not null) errors.Add("scheduledAt", "Give either delaySeconds or scheduledAt, not both.");
        if (input.IdempotencyKey is { Length: > IdempotencyKey.MaxKeyLength }) errors.Add("idempotencyKey", $"Use at most {IdempotencyKey.MaxKeyLength} characters.");
        if (input.Variables is { Count: > ExecuteInput.MaxVariables }) errors.Add("variables", $"Give at most {ExecuteInput.MaxVariables} variables.");
        return errors.Any ? new(errors.All) : null;
    }

    private static DateTimeOffset Due(ExecuteInput input, DateTimeOffset now)
        => input.ScheduledAt is { } at ? Clock.Truncate(at) : Clock.Truncate(now + TimeSpan.FromSeconds(input.DelaySeconds ?? 0));

    private static StoredEvent Store(ExecuteInput input, string? actor, string path, DateTimeOffset now)
    {
        var body = input.Payload is { } payload ? JsonSerializer.SerializeToUtf8Bytes(payload, CoreJson.Options) : [];
        KeyValuePair<string, string>[] headers = body.Length == 0 ? [] : [new("Content-Type", "application/json")];
        return new()
        {
            Id = Uuid7.New(now),
            Origin = EventOrigin.Api,
            ReceivedAt = now,
            Method = "POST",
            Path = path,
            Headers = EventHeaders.Write(headers),
            ContentType = body.Length == 0 ? null : "application/json",
            EventType = EventTypes.Detect(headers, "application/json", body),
            Verdicts = [],
            Actor = actor,
            Variables = input.Variables is { Count: > 0 } variables ? JsonSerializer.SerializeToUtf8Bytes(variables, CoreJson.Options) : null,
            Body = body,
        };
    }
}
