using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Transfer;

internal sealed partial class ImportRun
{
    private Task PlanMqttBrokersAsync(CancellationToken cancellationToken) => PlanBrokersAsync(
        "mqttBrokers", "an MQTT broker", file.MqttBrokers, sandbox.Get<MqttBrokerRows>(), sandbox.Get<MqttBrokerValidator>(), sandbox.Get<MqttBrokerDirectory>(),
        id => new MqttBroker { Id = id, Name = "", Settings = "", CreatedAt = now, UpdatedAt = now }, s => MqttAddress.Parse(s.Url, new(), "")?.DestinationBy(s.Tls), rows.ToItem, cancellationToken);

    private Task PlanAmqpBrokersAsync(CancellationToken cancellationToken) => PlanBrokersAsync(
        "amqpBrokers", "an AMQP broker", file.AmqpBrokers, sandbox.Get<AmqpBrokerRows>(), sandbox.Get<AmqpBrokerValidator>(), sandbox.Get<AmqpBrokerDirectory>(),
        id => new AmqpBroker { Id = id, Name = "", Settings = "", CreatedAt = now, UpdatedAt = now }, s => AmqpAddress.Parse(s.Url, new(), "")?.DestinationBy(s.Tls), rows.ToItem, cancellationToken);

    private async Task PlanBrokersAsync<TRow, TSettings, TBroker>(
        string list, string what, IReadOnlyList<BrokerItem> items, BrokerRows<TRow, TSettings, TBroker> brokers, IBrokerValidator<TSettings> validator, BrokerDirectory<TBroker> directory,
        Func<Guid, TRow> make, Func<TSettings, string?> destinationOf, Func<TRow, (BrokerItem Item, IReadOnlyList<string> Secrets)> toItem, CancellationToken cancellationToken)
        where TRow : StoredBroker
        where TSettings : class, new()
        where TBroker : RuntimeBroker
    {
        var stored = (await brokers.In(context).ToListAsync(cancellationToken)).ToDictionary(b => b.Id);
        var present = stored.Values.Select(b => (b.Id, b.Name)).ToList();
        var ids = items.Select(b => b.Id).ToHashSet();
        LeaveAlone(stored.Keys, ids);
        for (var i = 0; i < items.Count; i++)
        {
            var (item, errors) = (items[i], At(list, i));
            var isNew = !stored.TryGetValue(item.Id, out var row);
            var before = isNew ? null : toItem(row!).Item;
            if (isNew) brokers.In(context).Add(row = make(item.Id));
            row!.Name = item.Name.Trim();
            if (row.Name.Length is 0 or > StoredBroker.MaxNameLength) errors.Add("name", $"Give the broker a name of 1 to {StoredBroker.MaxNameLength} characters.");
            OneLine.Check(row.Name, errors);
            if (isNew) RefuseClash(what, row.Name, row.Id, present, ids, errors);
            var old = isNew ? null : brokers.Read(row);
            var (settings, missing) = await CheckBrokerAsync(item.Settings, old, validator, destinationOf, errors.Under("settings"), cancellationToken);
            if (settings is null) continue;
            // As it is, when it is as it was: encrypting a secret again would make another text of it
            if (old is null || JsonSerializer.Serialize(old, CoreJson.Options) != JsonSerializer.Serialize(settings, CoreJson.Options)) brokers.Write(row, settings);
            row.Enabled = item.Enabled && missing.Count == 0;
            Note(list, row.Id, row.Name, before, toItem(row).Item);
            foreach (var path in missing)
                _toDo.Add(new(list, row.Id, row.Name, $"settings.{path}", $"Enter {path} of the broker {row.Name} again{(item.Enabled ? " and switch it on" : "")}: secrets are not in the file."));
            if (HasChanged(list, row.Id)) (row.UpdatedAt, row.Version) = (now, row.Version + 1);
            directory.Set(brokers.ToRuntime(row));
        }
    }

    /// <summary>Settings as they are to be stored, and the paths of secrets that have to be entered; null when there are faults.</summary>
    private static async Task<(TSettings? Settings, IReadOnlyList<string> Missing)> CheckBrokerAsync<TSettings>(
        JsonElement json, TSettings? old, IBrokerValidator<TSettings> validator, Func<TSettings, string?> destinationOf, FieldErrors errors, CancellationToken cancellationToken)
        where TSettings : class, new()
    {
        var (plain, marked) = SecretMarkers.Take(json, typeof(TSettings));
        if (ReadAs(plain, typeof(TSettings), errors) is not TSettings settings) return (null, []);
        var (kept, missing) = KeepSecrets(settings, old, marked, old is not null && destinationOf(settings) is { } destination && destination == destinationOf(old));
        var found = new FieldErrors();
        var result = await validator.CheckAsync(SecretFields.Apply(kept, missing.ToDictionary(path => path, _ => StandIn)), null, found, cancellationToken);
        return Pass(found, missing, errors) ? (SecretFields.Remove(result, missing), missing) : (null, []);
    }
}
