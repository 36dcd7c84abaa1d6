using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Callbacks;

/// <summary>Reads callbacks for pages and API.</summary>
internal sealed class CallbackQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time)
{
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
        return new([.. rows.Select(row => CallbackView.Of(row, now))], total, page, pageSize);
    }

    public async Task<CallbackView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Callbacks.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken);
        return row is null ? null : CallbackView.Of(row, time.GetUtcNow());
    }

    /// <summary>The newest refused requests: of one callback, or of addresses that no callback has.</summary>
    public async Task<IReadOnlyList<Rejection>> RejectionsAsync(Guid? callbackId, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Rejections.AsNoTracking().Where(r => r.CallbackId == callbackId).OrderByDescending(r => r.Id).Take(limit).ToListAsync(cancellationToken);
    }
}
