using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Nodes;

/// <summary>What is announced: kind and id of what was made, changed or deleted.</summary>
/// <param name="Id"><see cref="Guid.Empty"/> for all of the kind.</param>
internal readonly record struct ConfigurationChange(string Kind, Guid Id)
{
    public const string Callback = "callback";
    public const string Trigger = "trigger";
    public const string MqttBroker = "mqttBroker";
    public const string AmqpBroker = "amqpBroker";
    public const string AmqpExchange = "amqpExchange";
    public const string Secret = "secret";
    public const string DataKey = "dataKey";
    public const string ApiKey = "apiKey";
    public const string Schedule = "schedule";
    public const string Setting = "setting";
}

/// <summary>
/// Tells other nodes what configuration was changed, in the transaction of the change itself: whoever hears of it finds it, and a
/// change that is rolled back is never heard of.
/// </summary>
internal sealed class ConfigurationAnnouncer(INodeMessages messages)
{
    private const int MostIds = 200;

    /// <summary>What of the changes that a context is about to save concerns other nodes.</summary>
    public static List<ConfigurationChange> In(ChangeTracker tracker)
    {
        var changes = new List<ConfigurationChange>();
        foreach (var entry in tracker.Entries())
        {
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && Describe(entry) is { } change && !changes.Contains(change)) changes.Add(change);
        }
        return changes;
    }

    /// <summary>Has the database tell it when the present transaction is committed.</summary>
    public async Task AnnounceAsync(DbContext context, List<ConfigurationChange> changes, CancellationToken cancellationToken)
    {
        foreach (var text in Compose(changes))
            await context.Database.ExecuteSqlRawAsync("SELECT pg_notify({0}, {1})", [PostgreSqlNodeMessages.Channel, text], cancellationToken);
    }

    /// <summary>The same without waiting.</summary>
    public void Announce(DbContext context, List<ConfigurationChange> changes)
    {
        foreach (var text in Compose(changes)) context.Database.ExecuteSqlRaw("SELECT pg_notify({0}, {1})", PostgreSqlNodeMessages.Channel, text);
    }

    /// <summary><c>kind</c>, then ids without dashes.</summary>
    internal static IEnumerable<ConfigurationChange> Read(string payload)
    {
        var parts = payload.Split(' ');
        return parts.Skip(1).Where(p => Guid.TryParseExact(p, "N", out _)).Select(p => new ConfigurationChange(parts[0], Guid.ParseExact(p, "N")));
    }

    private IEnumerable<string> Compose(List<ConfigurationChange> changes)
    {
        foreach (var kind in changes.GroupBy(c => c.Kind))
        {
            Guid[] ids = kind.Count() > MostIds ? [Guid.Empty] : [.. kind.Select(c => c.Id)];
            yield return PostgreSqlNodeMessages.Compose(messages.Sender, NodeTopics.Configuration, $"{kind.Key} {string.Join(' ', ids.Select(id => id.ToString("N")))}");
        }
    }

    private static ConfigurationChange? Describe(EntityEntry entry) => entry.Entity switch
    {
        Callback callback => new(ConfigurationChange.Callback, callback.Id),
        Trigger trigger => new(ConfigurationChange.Trigger, trigger.Id),
        MqttBroker broker => new(ConfigurationChange.MqttBroker, broker.Id),
        AmqpBroker broker => new(ConfigurationChange.AmqpBroker, broker.Id),
        AmqpExchange exchange => new(ConfigurationChange.AmqpExchange, exchange.Id),
        Secret secret => new(ConfigurationChange.Secret, secret.Id),
        StoredDataKey => new(ConfigurationChange.DataKey, Guid.Empty),
        // When it was used last is no one's business
        ApiKey key when entry.State != EntityState.Modified || entry.Properties.Any(p => p.IsModified && p.Metadata.Name != nameof(ApiKey.LastUsedAt)) => new(ConfigurationChange.ApiKey, key.Id),
        Schedule schedule => new(ConfigurationChange.Schedule, schedule.Id),
        Setting => new(ConfigurationChange.Setting, Guid.Empty),
        _ => null,
    };
}
