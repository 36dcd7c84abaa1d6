using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>Makes, changes and deletes brokers of one kind. Every change is in the database first, then in the directory that connections follow.</summary>
/// <param name="protocol">As people write it: <c>MQTT</c>.</param>
internal abstract class BrokerCommands<TRow, TSettings, TBroker, TInput, TView>(
    string protocol, IDbContextFactory<TriggerConsoleDbContext> contexts, BrokerRows<TRow, TSettings, TBroker> rows, BrokerDirectory<TBroker> directory,
    IBrokerValidator<TSettings> validator, BrokerUses uses, TimeProvider time)
    where TRow : StoredBroker
    where TSettings : class, new()
    where TBroker : RuntimeBroker
    where TInput : IBrokerInput<TSettings>
{
    /// <summary>Fills the directory, and takes out what is gone.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = directory.All.Select(b => b.Id).ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await rows.In(context).AsNoTracking().ToListAsync(cancellationToken);
        foreach (var row in stored) directory.Set(rows.ToRuntime(row));
        foreach (var gone in known.Except(stored.Select(b => b.Id))) directory.Remove(gone);
    }

    /// <summary>Takes over what another node has made of a broker.</summary>
    public async Task ReloadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await rows.In(context).AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is { } row) directory.Set(rows.ToRuntime(row));
        else directory.Remove(id);
    }

    public async Task<CommandResult<TView>> CreateAsync(TInput input, CancellationToken cancellationToken)
    {
        var row = rows.New(time.Now());
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        rows.In(context).Add(row);
        return await SaveAsync(context, row, input, before: null, cancellationToken);
    }

    public async Task<CommandResult<TView>> UpdateAsync(Guid id, TInput input, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await rows.In(context).SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } row) return NotFound(id);
        if (input.Version is { } version && version != row.Version)
            return new Refusal.Conflict("Someone else has changed this broker since you opened it. Load it again and repeat your change.");
        return await SaveAsync(context, row, input, rows.Read(row), cancellationToken);
    }

    /// <summary>Deletes a broker that nothing uses.</summary>
    public async Task<CommandResult<bool>> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await rows.In(context).SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } row) return NotFound(id);
        if (uses.Of(rows.ToRuntime(row).TargetKey) is { Count: > 0 } users)
            return new Refusal.Conflict($"The broker {row.Name} is used by {BrokerUses.Names(users)}. Delete {(users.Count == 1 ? "that trigger" : "those triggers")}, or choose another broker there, first.");
        if (await WhyKeptAsync(context, row, cancellationToken) is { } why) return new Refusal.Conflict(why);
        rows.In(context).Remove(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Changed();
        }
        directory.Remove(id);
        return true;
    }

    protected abstract TView View(TRow row, TSettings settings);

    /// <summary>What else, besides triggers, hangs on the broker and forbids that it is deleted, in a sentence; null for nothing.</summary>
    protected virtual Task<string?> WhyKeptAsync(TriggerConsoleDbContext context, TRow row, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private async Task<CommandResult<TView>> SaveAsync(TriggerConsoleDbContext context, TRow row, TInput input, TSettings? before, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (input.Name is not null || before is null)
        {
            row.Name = (input.Name ?? "").Trim();
            if (row.Name.Length is 0 or > StoredBroker.MaxNameLength) errors.Add("name", $"Give the broker a name of 1 to {StoredBroker.MaxNameLength} characters.");
            OneLine.Check(row.Name, errors);
        }
        row.Enabled = input.Enabled ?? row.Enabled;
        var settings = await validator.CheckAsync(input.ApplyTo(before ?? new()), before, errors, cancellationToken);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        rows.Write(row, settings);
        row.UpdatedAt = time.Now();
        row.Version++;
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Changed();
        }
        directory.Set(rows.ToRuntime(row));
        return View(row, settings);
    }

    private static Refusal.Conflict Changed() => new("Someone else has changed this broker at the same moment. Load it again and repeat your change.");

    private Refusal.NotFound NotFound(Guid id) => new($"There is no {protocol} broker {id}.");
}
