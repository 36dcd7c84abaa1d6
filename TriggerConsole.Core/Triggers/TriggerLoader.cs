using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Triggers;

/// <summary>Between the stored trigger and the one that runs: splits secrets off for the database and puts them back.</summary>
internal sealed class TriggerLoader(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerKinds kinds, SecretProtector protector, TriggerDirectory directory)
{
    /// <summary>Fills the directory at start.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var trigger in await context.Triggers.AsNoTracking().Where(t => t.DeletedAt == null).OrderBy(t => t.Id).ToListAsync(cancellationToken))
            Publish(trigger);
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

    public TriggerSettings Restore(ITriggerKind kind, Trigger trigger)
    {
        var settings = (TriggerSettings)JsonSerializer.Deserialize(trigger.Settings, kind.SettingsType, CoreJson.Options)!;
        if (trigger.ProtectedSecrets is not { } secrets) return settings;
        return SecretFields.Apply(settings, Read<Dictionary<string, string>>(protector.Unprotect(secrets)));
    }

    /// <summary>Writes settings into the row, secrets encrypted and apart.</summary>
    public void Store(Trigger trigger, TriggerSettings settings)
    {
        var secrets = SecretFields.Extract(settings);
        trigger.Settings = SecretFields.Without(settings);
        trigger.ProtectedSecrets = secrets.Count == 0 ? null : protector.Protect(JsonSerializer.Serialize(secrets, CoreJson.Options));
    }

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
