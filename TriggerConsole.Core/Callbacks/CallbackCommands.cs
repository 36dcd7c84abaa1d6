using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Callbacks;

/// <summary>Makes, changes and deletes callbacks. Every change is in the database first, then in the directory that the ingress reads.</summary>
internal sealed class CallbackCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, CallbackDirectory directory, CallbackGuards guards, TriggerCommands triggers, IOptions<IngressOptions> options, TimeProvider time)
{
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = directory.All.Select(c => c.Id).ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.Callbacks.AsNoTracking().Where(c => c.DeletedAt == null).ToListAsync(cancellationToken);
        foreach (var callback in stored) directory.Set(callback);
        foreach (var gone in known.Except(stored.Select(c => c.Id))) directory.Remove(gone);
    }

    /// <summary>Takes over what another node has made of a callback.</summary>
    public async Task ReloadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Callbacks.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken) is { } callback) directory.Set(callback);
        else directory.Remove(id);
    }

    public async Task<CommandResult<CallbackWithToken>> CreateAsync(CallbackInput input, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var token = CallbackTokens.Create();
        var callback = new Callback
        {
            Id = Uuid7.New(now),
            Name = "",
            Methods = "",
            TokenHash = CallbackTokens.Hash(token),
            TokenHint = CallbackTokens.Hint(token),
            CreatedAt = now,
            UpdatedAt = now,
        };
        var errors = new FieldErrors();
        (input with { Name = input.Name ?? "", Methods = input.Methods ?? ["POST"] }).ApplyTo(callback, errors);
        input.ApplyTo(callback, guards, now, options.Value.TokenOverlap, errors);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Callbacks.Add(callback);
        var saved = await SaveAsync(context, callback, errors, cancellationToken);
        return saved.Refusal is { } refusal ? refusal : new CallbackWithToken(saved.Value!, token);
    }

    public async Task<CommandResult<CallbackView>> UpdateAsync(Guid id, CallbackInput input, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } callback) return NotFound(id);
        if (input.Version is { } version && version != callback.Version)
            return new Refusal.Conflict("Someone else has changed this callback since you opened it. Load it again and repeat your change.");
        var errors = new FieldErrors();
        input.ApplyTo(callback, errors);
        input.ApplyTo(callback, guards, time.Now(), options.Value.TokenOverlap, errors);
        return await SaveAsync(context, callback, errors, cancellationToken);
    }

    /// <summary>Gives the callback a new token; the one before still works for a day (<c>Ingress:TokenOverlap</c>).</summary>
    public async Task<CommandResult<CallbackWithToken>> RotateTokenAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } callback) return NotFound(id);
        var token = CallbackTokens.Create();
        (callback.PreviousTokenHash, callback.PreviousTokenExpiresAt) = (callback.TokenHash, time.Now() + options.Value.TokenOverlap);
        (callback.TokenHash, callback.TokenHint) = (CallbackTokens.Hash(token), CallbackTokens.Hint(token));
        var saved = await SaveAsync(context, callback, new(), cancellationToken);
        return saved.Refusal is { } refusal ? refusal : new CallbackWithToken(saved.Value!, token);
    }

    /// <summary>Ends the overlap: the token before the last rotation stops working now.</summary>
    public async Task<CommandResult<CallbackView>> RevokePreviousTokenAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } callback) return NotFound(id);
        (callback.PreviousTokenHash, callback.PreviousTokenExpiresAt) = (null, null);
        return await SaveAsync(context, callback, new(), cancellationToken);
    }

    /// <summary>Deletes a callback that no schedule uses, and its triggers, and cancels what waits for them. Their history stays until retention takes it.</summary>
    public async Task<CommandResult<bool>> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } callback) return new Refusal.NotFound($"There is no callback {id}.");
        if (await ScheduleUses.WhyCallbackKeptAsync(context, id, callback.Name, cancellationToken) is { } why) return new Refusal.Conflict(why);
        (callback.DeletedAt, callback.UpdatedAt, callback.Path, callback.Version) = (time.Now(), time.Now(), null, callback.Version + 1);
        await context.SaveChangesAsync(cancellationToken);
        directory.Remove(id); // no new events first, then its triggers
        foreach (var trigger in await context.Triggers.Where(t => t.CallbackId == id && t.DeletedAt == null).Select(t => t.Id).ToListAsync(cancellationToken))
            await triggers.DeleteAsync(trigger, cancellationToken);
        return true;
    }

    private async Task<CommandResult<CallbackView>> SaveAsync(TriggerConsoleDbContext context, Callback callback, FieldErrors errors, CancellationToken cancellationToken)
    {
        if (!errors.Any && callback.Path is { } path && await context.Callbacks.AnyAsync(c => c.Path == path && c.Id != callback.Id, cancellationToken))
            errors.Add("path", $"Another callback has the path {path}. Choose a different one.");
        if (errors.Any) return new Refusal.Invalid(errors.All);
        callback.UpdatedAt = time.Now();
        callback.Version++;
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new Refusal.Conflict("Someone else has changed this callback at the same moment. Load it again and repeat your change.");
        }
        catch (DbUpdateException) when (callback.Path is not null)
        {
            // The unique index: someone took the path between our look and our write
            return new Refusal.Invalid("path", $"Another callback has just taken the path {callback.Path}. Choose a different one.");
        }
        context.Entry(callback).State = EntityState.Detached; // the directory's from now on, never changed again
        directory.Set(callback);
        return CallbackView.Of(callback, guards, time.GetUtcNow());
    }

    private static Task<Callback?> FindAsync(TriggerConsoleDbContext context, Guid id, CancellationToken cancellationToken)
        => context.Callbacks.SingleOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken);

    private static Refusal.NotFound NotFound(Guid id) => new($"There is no callback {id}.");
}
