using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Transfer;

internal sealed partial class ImportRun
{
    private readonly HashSet<Guid> _triggers = [];

    private async Task PlanTriggersAsync(CancellationToken cancellationToken)
    {
        var (kinds, loader) = (sandbox.Get<TriggerKinds>(), sandbox.Get<TriggerLoader>());
        var secrets = await StoredSecretsAsync(cancellationToken);
        var stored = (await context.Triggers.ToListAsync(cancellationToken)).ToDictionary(t => t.Id);
        var present = stored.Values.Where(t => t.DeletedAt is null).Select(t => (t.Id, t.Name)).ToList();
        var ids = file.Triggers.Select(t => t.Id).ToHashSet();
        LeaveAlone(present.Select(p => p.Id), ids);
        _triggers.UnionWith(ids.Union(present.Select(p => p.Id)));
        for (var i = 0; i < file.Triggers.Count; i++)
        {
            var (item, errors) = (file.Triggers[i], At("triggers", i));
            if (kinds.Find(item.Kind) is not { } kind)
            {
                errors.Add("kind", $"This version has no triggers of the kind {item.Kind}.");
                continue;
            }
            var row = stored.GetValueOrDefault(item.Id);
            if (row is not null && row.Kind != item.Kind)
            {
                errors.Add("kind", $"The trigger with this id is of the kind {row.Kind}, and that cannot be changed. Give the new one an id of its own.");
                continue;
            }
            var isThere = row is { DeletedAt: null };
            var before = isThere ? rows.ToItem(row!).Item : null;
            if (row is null) context.Triggers.Add(row = new() { Id = item.Id, Kind = item.Kind, Name = "", Settings = "", Retry = "", Limits = "", CreatedAt = now, UpdatedAt = now });
            row.DeletedAt = null;
            row.Name = item.Name.Trim();
            if (row.Name.Length is 0 or > Trigger.MaxNameLength) errors.Add("name", $"Give the trigger a name of 1 to {Trigger.MaxNameLength} characters.");
            OneLine.Check(row.Name, errors);
            if (!isThere) RefuseClash("a trigger", row.Name, row.Id, present, ids, errors);
            if (item.Priority is < 0 or > 9) errors.Add("priority", "Give a priority from 0 (last) to 9 (first).");
            if (item.CallbackId is { } callback && !_callbacks.Contains(callback)) errors.Add("callbackId", "There is no callback with this id, neither here nor in the file.");
            item.Retry.Validate(errors.Under("retry"));
            item.Limits.Validate(errors.Under("limits"));
            (row.CallbackId, row.Paused, row.Priority) = (item.CallbackId, item.Paused, item.Priority);
            (row.Retry, row.Limits) = (Same(row.Retry, item.Retry), Same(row.Limits, item.Limits));

            var old = isThere ? loader.Restore(kind, row) : null;
            var (settings, missing) = await CheckTriggerAsync(kind, item.Settings, old, errors.Under("settings"), cancellationToken);
            if (settings is null) continue;
            // As it is, when it is as it was: encrypting a secret again would make another text of it
            if (old is null || JsonSerializer.Serialize(old, kind.SettingsType, CoreJson.Options) != JsonSerializer.Serialize(settings, kind.SettingsType, CoreJson.Options)) loader.Store(row, settings);
            var unnamed = SecretUses.NamesIn(settings).Where(name => !secrets.Contains(name)).ToList();
            row.Enabled = item.Enabled && missing.Count == 0 && unnamed.Count == 0;
            Note("triggers", row.Id, row.Name, before, rows.ToItem(row).Item);
            var andOn = item.Enabled ? " and switch it on" : "";
            foreach (var path in missing) _toDo.Add(new("triggers", row.Id, row.Name, $"settings.{path}", $"Enter {path} of the trigger {row.Name} again{andOn}: secrets are not in the file."));
            foreach (var name in unnamed) _toDo.Add(new("triggers", row.Id, row.Name, "settings", $"The trigger {row.Name} uses the secret {name}, which is not here. Save it under Settings, Secrets{andOn.Replace("it", "the trigger", StringComparison.Ordinal)}."));
            if (HasChanged("triggers", row.Id)) (row.UpdatedAt, row.Version) = (now, row.Version + 1);
            loader.Publish(row);
        }
    }

    private async Task<(TriggerSettings? Settings, IReadOnlyList<string> Missing)> CheckTriggerAsync(
        ITriggerKind kind, JsonElement json, TriggerSettings? old, FieldErrors errors, CancellationToken cancellationToken)
    {
        var (plain, marked) = SecretMarkers.Take(json, kind.SettingsType);
        if (ReadAs(plain, kind.SettingsType, errors) is not TriggerSettings settings) return (null, []);
        var (kept, missing) = KeepSecrets(settings, old, marked, old is not null && kind.DestinationOf(settings) is { } destination && destination == kind.DestinationOf(old));
        var found = new FieldErrors();
        await kind.ValidateAsync(SecretFields.Apply(kept, missing.ToDictionary(path => path, _ => StandIn)), sandbox.Get<TemplateRules>(), found, cancellationToken);
        return Pass(found, missing, errors) ? (kept, missing) : (null, []);
    }

    // JSON that an earlier version wrote may say the same in other words
    private static string Same<T>(string stored, T value)
    {
        var json = JsonSerializer.Serialize(value, CoreJson.Options);
        return stored.Length > 0 && JsonSerializer.Serialize(JsonSerializer.Deserialize<T>(stored, CoreJson.Options), CoreJson.Options) == json ? stored : json;
    }
}
