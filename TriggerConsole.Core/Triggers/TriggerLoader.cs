using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Triggers;

/// <summary>Between the stored trigger and the one that runs: splits secrets off for the database and puts them back.</summary>
internal sealed class TriggerLoader(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerKinds kinds, SecretProtector protector, TriggerDirectory directory)
{
    /// <summary>Fills the directory, and takes out what is gone.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = directory.All.Select(t => t.Id).ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.Triggers.AsNoTracking().Where(t => t.DeletedAt == null).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        foreach (var trigger in stored) PublishIfNewer(trigger);
        foreach (var gone in known.Except(stored.Select(t => t.Id))) directory.Remove(gone);
    }

    /// <summary>Takes over what another node has made of a trigger.</summary>
    public async Task ReloadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Triggers.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.DeletedAt == null, cancellationToken) is { } trigger) PublishIfNewer(trigger);
        else directory.Remove(id);
    }

    /// <summary>Makes a stored trigger ready to run and puts it into the directory.</summary>
    public void Publish(Trigger trigger)
    {
        if (kinds.Find(trigger.Kind) is not { } kind) return; // of a version that knew more kinds
        var settings = Restore(kind, trigger);
        directory.Set(new()
        {
            Id = trigger.Id,
            Name = trigger.Name,
            Kind = kind,
            Settings = settings,
            Prepared = kind.Prepare(settings),
            CallbackId = trigger.CallbackId,
            Enabled = trigger.Enabled,
            Paused = trigger.Paused,
            Priority = trigger.Priority,
            Retry = Read<RetryPolicy>(trigger.Retry),
            Limits = Read<TriggerLimits>(trigger.Limits),
            Version = trigger.Version,
        });
    }

    private void PublishIfNewer(Trigger trigger)
    {
        if (directory.Find(trigger.Id) is not { } known || known.Version < trigger.Version) Publish(trigger);
    }

    public TriggerSettings Restore(ITriggerKind kind, Trigger trigger)
        => protector.Open((TriggerSettings)JsonSerializer.Deserialize(trigger.Settings, kind.SettingsType, CoreJson.Options)!, trigger.ProtectedSecrets);

    /// <summary>Writes settings into the row, secrets encrypted and apart.</summary>
    public void Store(Trigger trigger, TriggerSettings settings)
        => (trigger.Settings, trigger.ProtectedSecrets) = protector.Seal(settings);

    public TriggerView View(Trigger trigger)
    {
        var kind = kinds.Find(trigger.Kind) ?? throw new InvalidOperationException($"There is no trigger kind {trigger.Kind}.");
        var settings = Restore(kind, trigger);
        return new()
        {
            Id = trigger.Id,
            Kind = trigger.Kind,
            CallbackId = trigger.CallbackId,
            Name = trigger.Name,
            Enabled = trigger.Enabled,
            Paused = trigger.Paused,
            Priority = trigger.Priority,
            Settings = SecretFields.ToPublicJson(settings),
            Retry = Read<RetryPolicy>(trigger.Retry),
            Limits = Read<TriggerLimits>(trigger.Limits),
            Description = kind.Describe(settings),
            CreatedAt = trigger.CreatedAt,
            UpdatedAt = trigger.UpdatedAt,
            Version = trigger.Version,
        };
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, CoreJson.Options)!;
}
