using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Starting;

/// <summary>The payload that replaces the one of the event, when a replay edits it.</summary>
public sealed record EditedPayload(byte[] Body, string? ContentType);

/// <summary>Makes a new execution from the stored event of an old one.</summary>
internal sealed class ReplayCommands(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers, ExecutionAcceptor acceptor, TimeProvider time)
{
    // What said something about the body that was replaced, and the key under which the old event was accepted
    private static readonly HashSet<string> s_ofTheOldBody = new(["Content-Type", "Content-Length", "Content-Encoding", "Content-MD5", "Digest", "Content-Digest", "Idempotency-Key"], StringComparer.OrdinalIgnoreCase);

    /// <param name="edited">A new payload; the event stays as it is, a new one is made for it. Null sends the same again.</param>
    /// <param name="actor">Who asks.</param>
    public async Task<CommandResult<ExecuteReceipt>> ReplayAsync(Guid executionId, EditedPayload? edited, string? actor, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Executions.AsNoTracking().Where(e => e.Id == executionId)
            .Join(context.Events.AsNoTracking(), e => e.EventId, v => v.Id, (execution, stored) => new { execution, stored }).SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return await context.Executions.AnyAsync(e => e.Id == executionId, cancellationToken)
                ? new Refusal.Conflict("Its event has been deleted from the history; there is nothing to send again.")
                : new Refusal.NotFound($"There is no execution {executionId}.");
        }
        if (row.execution.TriggerId is not { } triggerId) return new Refusal.Conflict("This was a test of settings that were not saved; there is no trigger to run. Send the test again from the editor.");
        if (triggers.Find(triggerId) is not { } trigger) return new Refusal.Conflict("Its trigger has been deleted.");
        var now = time.Now();
        var content = new EventContent(edited is null ? row.stored : Edit(row.stored, edited, actor, now));
        var execution = EventRouter.CreateExecution(trigger, content.Stored.Id, now, now, trigger.Priority, replayOf: executionId);
        if (edited is not null) content.Stored.Verdicts = VerdictJson.Write([new(trigger.Id, trigger.Kind.Kind, VerdictKind.Fires) { ExecutionId = execution.Id }]);
        return await acceptor.AcceptAsync(content, isNew: edited is not null, [(trigger, execution)]) is null
            ? ExecutionCommands.Unavailable
            : new ExecuteReceipt(execution.Id, ExecutionStatus.Queued, IsDuplicate: false);
    }

    private static StoredEvent Edit(StoredEvent stored, EditedPayload edited, string? actor, DateTimeOffset now)
    {
        var contentType = edited.ContentType ?? stored.ContentType;
        var headers = EventHeaders.Read(stored.Headers).Where(h => !s_ofTheOldBody.Contains(h.Key)).ToList();
        if (contentType is not null) headers.Add(new("Content-Type", contentType));
        return new()
        {
            Id = Uuid7.New(now),
            CallbackId = stored.CallbackId,
            Origin = EventOrigin.Replay,
            ReceivedAt = now,
            Method = stored.Method,
            Path = stored.Path,
            QueryString = stored.QueryString,
            Headers = EventHeaders.Write(headers),
            ContentType = contentType,
            RemoteAddress = stored.RemoteAddress,
            EventType = EventTypes.Detect(headers, contentType, edited.Body) ?? stored.EventType,
            Verdicts = [],
            Actor = actor,
            ReplayOf = stored.Id,
            Variables = stored.Variables,
            Body = edited.Body,
        };
    }
}
