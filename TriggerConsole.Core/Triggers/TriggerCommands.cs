using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Triggers;

/// <summary>Makes, changes, pauses and deletes triggers. Every change is in the database first, then in the directory that the engine reads.</summary>
internal sealed class TriggerCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerKinds kinds, TriggerLoader loader, TriggerValidator validator, TriggerDirectory directory,
    ExecutionCommands executions, TimeProvider time)
{
    public async Task<CommandResult<TriggerView>> CreateAsync(TriggerInput input, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var kind = input.Kind is { } wanted ? kinds.Find(wanted) : null;
        if (kind is null)
        {
            errors.Add("kind", $"Give the kind of trigger: {string.Join(", ", kinds.All.Select(k => k.Kind))}.");
            return new Refusal.Invalid(errors.All);
        }
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.Now();
        var trigger = new Trigger { Id = Uuid7.New(now), Kind = kind.Kind, Name = "", Settings = "", Retry = "", Limits = "", CreatedAt = now, UpdatedAt = now };
        var settings = await ApplyAsync(context, trigger, input with
        {
            Enabled = input.Enabled ?? true,
            Priority = input.Priority ?? Trigger.DefaultPriority,
            Retry = input.Retry ?? RetryPolicy.Default,
            Limits = input.Limits ?? TriggerLimits.Default,
            Name = input.Name ?? "",
            Settings = input.Settings ?? default(JsonElement),
        }, kind, existing: null, errors, cancellationToken);
        if (settings is null) return new Refusal.Invalid(errors.All);
        context.Triggers.Add(trigger);
        return await SaveAsync(context, trigger, cancellationToken);
    }

    public async Task<CommandResult<TriggerView>> UpdateAsync(Guid id, TriggerInput input, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } trigger || kinds.Find(trigger.Kind) is not { } kind) return NotFound(id);
        var errors = new FieldErrors();
        if (input.Kind is { } other && other != trigger.Kind) errors.Add("kind", $"The kind of a trigger cannot be changed. Make a new one for {other}.");
        if (input.Version is { } version && version != trigger.Version)
            return new Refusal.Conflict("Someone else has changed this trigger since you opened it. Load it again and repeat your change.");
        var settings = await ApplyAsync(context, trigger, input, kind, loader.Restore(kind, trigger), errors, cancellationToken);
        if (errors.Any || settings is null) return new Refusal.Invalid(errors.All);
        return await SaveAsync(context, trigger, cancellationToken);
    }

    /// <summary>Paused: new events are accepted and held. Resumed: what was held runs, oldest first.</summary>
    public async Task<CommandResult<TriggerView>> SetPausedAsync(Guid id, bool paused, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } trigger) return NotFound(id);
        if (trigger.Paused == paused) return loader.View(trigger);
        trigger.Paused = paused;
        return await SaveAsync(context, trigger, cancellationToken);
    }

    public async Task<CommandResult<TriggerView>> SetEnabledAsync(Guid id, bool enabled, CancellationToken cancellationToken)
        => await UpdateAsync(id, new() { Enabled = enabled }, cancellationToken);

    /// <summary>Deletes a trigger that no schedule calls and cancels what waits for it. Its history stays until retention takes it.</summary>
    public async Task<CommandResult<bool>> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } trigger)
            return new Refusal.NotFound($"There is no trigger {id}.");
        if (await ScheduleUses.WhyKeptAsync(context, id, trigger.Name, cancellationToken) is { } why) return new Refusal.Conflict(why);
        (trigger.DeletedAt, trigger.UpdatedAt, trigger.Version) = (time.Now(), time.Now(), trigger.Version + 1);
        trigger.ProtectedSecrets = null; // history needs its name, nothing needs its secrets
        await context.SaveChangesAsync(cancellationToken);
        directory.Remove(id);
        await executions.CancelAllAsync(id, cancellationToken);
        return true;
    }

    private async Task<TriggerSettings?> ApplyAsync(
        TriggerConsoleDbContext context, Trigger trigger, TriggerInput input, ITriggerKind kind, TriggerSettings? existing, FieldErrors errors, CancellationToken cancellationToken)
    {
        if (input.Name is { } name)
        {
            trigger.Name = name.Trim();
            if (trigger.Name.Length is 0 or > Trigger.MaxNameLength) errors.Add("name", $"Give the trigger a name of 1 to {Trigger.MaxNameLength} characters.");
            OneLine.Check(trigger.Name, errors);
        }
        if (input.Priority is { } priority)
        {
            trigger.Priority = priority;
            if (priority is < 0 or > 9) errors.Add("priority", "Give a priority from 0 (last) to 9 (first).");
        }
        if (input.CallbackId is { } callbackId && callbackId != (trigger.CallbackId ?? Guid.Empty))
        {
            trigger.CallbackId = callbackId == Guid.Empty ? null : callbackId;
            if (trigger.CallbackId is not null && !await context.Callbacks.AnyAsync(c => c.Id == callbackId && c.DeletedAt == null, cancellationToken)) errors.Add("callbackId", "There is no callback with this id.");
        }
        if (input is { Enabled: true, Settings: null } && !trigger.Enabled && existing is not null) await validator.CheckSecretsAsync(kind, existing, errors, cancellationToken);
        trigger.Enabled = input.Enabled ?? trigger.Enabled;
        if (input.Retry is { } retry)
        {
            retry.Validate(errors.Under("retry"));
            trigger.Retry = JsonSerializer.Serialize(retry, CoreJson.Options);
        }
        if (input.Limits is { } limits)
        {
            limits.Validate(errors.Under("limits"));
            trigger.Limits = JsonSerializer.Serialize(limits, CoreJson.Options);
        }
        if (input.Settings is null) return existing;
        var settings = await validator.ReadSettingsAsync(kind, input.Settings, existing, errors, cancellationToken);
        if (settings is not null) loader.Store(trigger, settings);
        return errors.Any ? null : settings;
    }

    private async Task<CommandResult<TriggerView>> SaveAsync(TriggerConsoleDbContext context, Trigger trigger, CancellationToken cancellationToken)
    {
        trigger.UpdatedAt = time.Now();
        trigger.Version++;
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new Refusal.Conflict("Someone else has changed this trigger at the same moment. Load it again and repeat your change.");
        }
        loader.Publish(trigger);
        return loader.View(trigger);
    }

    private static Task<Trigger?> FindAsync(TriggerConsoleDbContext context, Guid id, CancellationToken cancellationToken)
        => context.Triggers.SingleOrDefaultAsync(t => t.Id == id && t.DeletedAt == null, cancellationToken);

    private static Refusal.NotFound NotFound(Guid id) => new($"There is no trigger {id}.");
}
