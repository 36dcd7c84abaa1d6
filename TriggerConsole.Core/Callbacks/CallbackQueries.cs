using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Callbacks;

/// <summary>What has come to a callback lately.</summary>
/// <param name="Refused">Refused requests since the time asked for, counted up to <see cref="CallbackQueries.MostCounted"/>.</param>
public sealed record CallbackActivity(DateTimeOffset? LastEventAt, int Refused);

/// <summary>The refused requests of one callback since some time.</summary>
/// <param name="CallbackId">Null for addresses that no callback has.</param>
/// <param name="Reason">The reason that most of them have.</param>
public sealed record RefusalSummary(Guid? CallbackId, int Count, string Reason, DateTimeOffset LastAt);

/// <summary>Reads callbacks for pages and API.</summary>
internal sealed class CallbackQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, CallbackGuards guards, TimeProvider time)
{
    /// <summary>Refusals are counted up to this many: a flood of them must not make pages slow.</summary>
    public const int MostCounted = 1000;

    /// <param name="q">Text that occurs in name, description or path; case does not count.</param>
    public async Task<PageOf<CallbackView>> ListAsync(string? q, bool? enabled, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var callbacks = context.Callbacks.AsNoTracking().Where(c => c.DeletedAt == null);
        if (enabled is { } on) callbacks = callbacks.Where(c => c.Enabled == on);
        if (!string.IsNullOrWhiteSpace(q))
        {
            var text = q.Trim().ToLowerInvariant();
            // ToLower is the database's
#pragma warning disable CA1304, CA1311, CA1862
            callbacks = callbacks.Where(c => c.Name.ToLower().Contains(text) || c.Description.ToLower().Contains(text) || (c.Path != null && c.Path.Contains(text)));
#pragma warning restore CA1304, CA1311, CA1862
        }
        var total = await callbacks.CountAsync(cancellationToken);
        var rows = await callbacks.OrderBy(c => c.Name).ThenBy(c => c.Id).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        return new([.. rows.Select(row => CallbackView.Of(row, guards, now))], total, page, pageSize);
    }

    public async Task<CallbackView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Callbacks.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken);
        return row is null ? null : CallbackView.Of(row, guards, time.GetUtcNow());
    }

    /// <summary>The newest refused requests: of one callback, or of addresses that no callback has.</summary>
    public async Task<IReadOnlyList<Rejection>> RejectionsAsync(Guid? callbackId, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Rejections.AsNoTracking().Where(r => r.CallbackId == callbackId).OrderByDescending(r => r.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>When each of these callbacks got its last event, and how much was refused: two short seeks along an index for each.</summary>
    public async Task<IReadOnlyDictionary<Guid, CallbackActivity>> ActivityAsync(IReadOnlyCollection<Guid> ids, DateTimeOffset refusedSince, CancellationToken cancellationToken)
    {
        var first = Uuid7.Floor(refusedSince);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Callbacks.AsNoTracking().Where(c => ids.Contains(c.Id)).Select(c => new
        {
            c.Id,
            LastEventAt = context.Events.Where(e => e.CallbackId == c.Id).OrderByDescending(e => e.Id).Select(e => (DateTimeOffset?)e.ReceivedAt).FirstOrDefault(),
            Refused = context.Rejections.Where(r => r.CallbackId == c.Id && r.Id >= first).Take(MostCounted).Count(),
        }).ToListAsync(cancellationToken);
        return rows.ToDictionary(r => r.Id, r => new CallbackActivity(r.LastEventAt, r.Refused));
    }

    /// <summary>Who was refused since then, the most refused first; only the newest <see cref="MostCounted"/> refusals are looked at.</summary>
    public async Task<IReadOnlyList<RefusalSummary>> RefusalsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var first = Uuid7.Floor(since);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Rejections.AsNoTracking().Where(r => r.Id >= first).OrderByDescending(r => r.Id).Take(MostCounted)
            .Select(r => new { r.CallbackId, r.Reason, r.At }).ToListAsync(cancellationToken);
        return [.. rows.GroupBy(r => r.CallbackId)
            .Select(g => new RefusalSummary(g.Key, g.Count(), g.GroupBy(r => r.Reason).MaxBy(r => r.Count())!.Key, g.First().At))
            .OrderByDescending(r => r.Count)];
    }
}
