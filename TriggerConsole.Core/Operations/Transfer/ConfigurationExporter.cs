using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>Writes the configuration of this installation as one file.</summary>
internal sealed class ConfigurationExporter(IDbContextFactory<TriggerConsoleDbContext> contexts, ConfigurationRows rows, IAuditTrail audit)
{
    private static readonly JsonSerializerOptions s_json = new(CoreJson.Options) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The file, UTF-8. The same configuration makes the same bytes.</summary>
    public async Task<byte[]> ExportAsync(CancellationToken cancellationToken)
    {
        var file = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(await ReadAsync(cancellationToken), s_json) + "\n");
        await audit.RecordAsync(new("configuration.export", AuditOutcome.Done, "configuration", Detail: $"{file.Length:N0} bytes, without secrets."), cancellationToken);
        return file;
    }

    public async Task<ConfigurationFile> ReadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var moment = await DatabaseMoment.BeginAsync(context, cancellationToken);
        var toEnter = new List<SecretToEnter>();
        var file = new ConfigurationFile
        {
            Callbacks = [.. (await context.Callbacks.AsNoTracking().Where(c => c.DeletedAt == null).ToListAsync(cancellationToken)).OrderBy(c => c.Id).Select(Callback)],
            MqttBrokers = [.. (await context.MqttBrokers.AsNoTracking().ToListAsync(cancellationToken)).OrderBy(b => b.Id).Select(b => Note("mqttBrokers", rows.ToItem(b)))],
            AmqpBrokers = [.. (await context.AmqpBrokers.AsNoTracking().ToListAsync(cancellationToken)).OrderBy(b => b.Id).Select(b => Note("amqpBrokers", rows.ToItem(b)))],
            AmqpExchanges = [.. (await context.AmqpExchanges.AsNoTracking().ToListAsync(cancellationToken)).OrderBy(e => e.Id).Select(ConfigurationRows.ToItem)],
            AmqpBindings = [.. (await context.AmqpBindings.AsNoTracking().ToListAsync(cancellationToken)).OrderBy(b => b.Id).Select(ConfigurationRows.ToItem)],
            Triggers = [.. (await context.Triggers.AsNoTracking().Where(t => t.DeletedAt == null).ToListAsync(cancellationToken)).OrderBy(t => t.Id).Select(Trigger)],
            Schedules = [.. (await context.Schedules.AsNoTracking().Where(s => s.DeletedAt == null).ToListAsync(cancellationToken)).OrderBy(s => s.Id).Select(ConfigurationRows.ToItem)],
            Settings = new() { Retention = await RetentionAsync(context, cancellationToken) },
            Secrets = [.. (await context.Secrets.AsNoTracking().Select(s => s.Name).ToListAsync(cancellationToken)).Order(StringComparer.OrdinalIgnoreCase)],
        };
        return file with { SecretsToEnter = toEnter };

        BrokerItem Note(string list, (BrokerItem Item, IReadOnlyList<string> Secrets) made)
        {
            toEnter.AddRange(made.Secrets.Select(path => new SecretToEnter(list, made.Item.Id, made.Item.Name, $"settings.{path}")));
            return made.Item;
        }

        CallbackItem Callback(Callbacks.Callback row)
        {
            var (item, secrets) = rows.ToItem(row);
            toEnter.AddRange(secrets.Select(path => new SecretToEnter("callbacks", item.Id, item.Name, $"verification.{path}")));
            return item;
        }

        TriggerItem Trigger(Triggers.Trigger row)
        {
            var (item, secrets) = rows.ToItem(row);
            toEnter.AddRange(secrets.Select(path => new SecretToEnter("triggers", item.Id, item.Name, $"settings.{path}")));
            return item;
        }
    }

    internal static async Task<RetentionSettings> RetentionAsync(TriggerConsoleDbContext context, CancellationToken cancellationToken)
        => await context.Settings.AsNoTracking().SingleOrDefaultAsync(s => s.Name == RetentionSettings.Name, cancellationToken) is { } setting
            ? JsonSerializer.Deserialize<RetentionSettings>(setting.Value, CoreJson.Options) ?? new() : new();
}
