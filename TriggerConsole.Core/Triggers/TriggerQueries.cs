using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Triggers;

/// <summary>A page of a list that is counted.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize);

/// <summary>Reads triggers for pages and API.</summary>
internal sealed class TriggerQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerLoader loader)
{
    public async Task<PageOf<TriggerView>> ListAsync(TriggerKind? kind, Guid? callbackId, string? q, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var triggers = context.Triggers.AsNoTracking().Where(t => t.DeletedAt == null);
        if (kind is { } k) triggers = triggers.Where(t => t.Kind == k);
        if (callbackId is { } id) triggers = triggers.Where(t => t.CallbackId == id);
        if (!string.IsNullOrWhiteSpace(q))
        {
            var text = q.Trim().ToLowerInvariant();
            // ToLower is the database's
#pragma warning disable CA1304, CA1311, CA1862
            triggers = triggers.Where(t => t.Name.ToLower().Contains(text) || t.Settings.ToLower().Contains(text));
#pragma warning restore CA1304, CA1311, CA1862
        }
        var total = await triggers.CountAsync(cancellationToken);
        var rows = await triggers.OrderBy(t => t.Name).ThenBy(t => t.Id).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new([.. rows.Select(loader.View)], total, page, pageSize);
    }

    public async Task<TriggerView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var trigger = await context.Triggers.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.DeletedAt == null, cancellationToken);
        return trigger is null ? null : loader.View(trigger);
    }

    /// <summary>The callback's trigger of that kind: the oldest, when there are several.</summary>
    public async Task<TriggerView?> FindOfCallbackAsync(Guid callbackId, TriggerKind kind, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var trigger = await context.Triggers.AsNoTracking().Where(t => t.CallbackId == callbackId && t.Kind == kind && t.DeletedAt == null).OrderBy(t => t.Id).FirstOrDefaultAsync(cancellationToken);
        return trigger is null ? null : loader.View(trigger);
    }
}
