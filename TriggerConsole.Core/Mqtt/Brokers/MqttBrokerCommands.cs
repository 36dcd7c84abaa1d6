using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>Makes, changes and deletes brokers. Every change is in the database first, then in the directory that connections follow.</summary>
internal sealed class MqttBrokerCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, MqttBrokerRows rows, MqttBrokerDirectory directory, MqttBrokerValidator validator, MqttBrokerUses uses,
    MqttConnections connections, TimeProvider time)
{
    private const int MostNamed = 5;

    /// <summary>Fills the directory at start.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var row in await context.MqttBrokers.AsNoTracking().ToListAsync(cancellationToken)) directory.Set(rows.ToRuntime(row));
    }

    public async Task<CommandResult<MqttBrokerView>> CreateAsync(MqttBrokerInput input, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var row = new MqttBroker { Id = Uuid7.New(now), Name = "", Settings = "", CreatedAt = now, UpdatedAt = now };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.MqttBrokers.Add(row);
        return await SaveAsync(context, row, input with { Name = input.Name ?? "" }, before: null, cancellationToken);
    }

    public async Task<CommandResult<MqttBrokerView>> UpdateAsync(Guid id, MqttBrokerInput input, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.MqttBrokers.SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } row) return NotFound(id);
        if (input.Version is { } version && version != row.Version)
            return new Refusal.Conflict("Someone else has changed this broker since you opened it. Load it again and repeat your change.");
        return await SaveAsync(context, row, input, rows.Read(row), cancellationToken);
    }

    /// <summary>Deletes a broker that no trigger uses.</summary>
    public async Task<CommandResult<bool>> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.MqttBrokers.SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } row) return NotFound(id);
        if (uses.Of(id) is { Count: > 0 } users)
        {
            var names = string.Join(", ", users.Take(MostNamed).Select(t => t.Name)) + (users.Count > MostNamed ? $" and {users.Count - MostNamed} more" : "");
            return new Refusal.Conflict($"The broker {row.Name} is used by {names}. Delete {(users.Count == 1 ? "that trigger" : "those triggers")}, or choose another broker there, first.");
        }
        context.MqttBrokers.Remove(row);
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

    private async Task<CommandResult<MqttBrokerView>> SaveAsync(
        TriggerConsoleDbContext context, MqttBroker row, MqttBrokerInput input, MqttBrokerSettings? before, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (input.Name is { } name)
        {
            row.Name = name.Trim();
            if (row.Name.Length is 0 or > MqttBroker.MaxNameLength) errors.Add("name", $"Give the broker a name of 1 to {MqttBroker.MaxNameLength} characters.");
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
        return MqttBrokerView.Of(row, settings, connections.StatusOf(row.Id), uses.Of(row.Id).Count);
    }

    private static Refusal.Conflict Changed() => new("Someone else has changed this broker at the same moment. Load it again and repeat your change.");

    private static Refusal.NotFound NotFound(Guid id) => new($"There is no MQTT broker {id}.");
}
