using System.Text.Json;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>Rows of the database as items of the file: for the export, and for the import to tell what a change would change.</summary>
internal sealed class ConfigurationRows(CallbackGuards guards, TriggerLoader triggers, TriggerKinds kinds, MqttBrokerRows mqtt, AmqpBrokerRows amqp)
{
    public (CallbackItem Item, IReadOnlyList<string> Secrets) ToItem(Callback row)
    {
        // The secret before a rotation is over when the file is read
        var verification = guards.Restore(row) is { } stored ? SecretMarkers.Put(stored.WithoutPrevious) : ((JsonElement Settings, IReadOnlyList<string> Paths)?)null;
        return (new()
        {
            Id = row.Id,
            Name = row.Name,
            Description = row.Description,
            Path = row.Path,
            Methods = row.MethodList,
            Enabled = row.Enabled,
            MaxBodyBytes = row.MaxBodyBytes,
            LimitPerMinute = row.LimitPerMinute,
            LimitPerSecond = row.LimitPerSecond,
            Verification = verification?.Settings,
            AllowedNetworks = row.NetworkList,
        }, verification?.Paths ?? []);
    }

    public static ExchangeItem ToItem(AmqpExchange row) => new()
    {
        Id = row.Id,
        BrokerId = row.BrokerId,
        Name = row.Name,
        Type = row.Type,
        Durable = row.Durable,
        AutoDelete = row.AutoDelete,
        Internal = row.Internal,
        AlternateExchange = row.AlternateExchange,
        Arguments = new(AmqpArguments.Read(row.Arguments)),
        Declare = row.Declare,
    };

    public static BindingItem ToItem(AmqpBinding row) => new()
    {
        Id = row.Id,
        ExchangeId = row.ExchangeId,
        Queue = row.Queue,
        RoutingKey = row.RoutingKey,
        Arguments = new(AmqpArguments.Read(row.Arguments)),
        CreateQueue = AmqpBindingRows.QueueOf(row),
    };

    public static ScheduleItem ToItem(Schedule row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Description = row.Description,
        Kind = row.Kind,
        Cron = row.Cron,
        IntervalSeconds = row.IntervalSeconds,
        At = row.At,
        TimeZone = row.TimeZone,
        StartAt = row.StartAt,
        EndAt = row.EndAt,
        CallbackId = row.CallbackId,
        TriggerId = row.TriggerId,
        Payload = row.Payload,
        ContentType = row.ContentType,
        Misfire = row.Misfire,
        Overlap = row.Overlap,
        Priority = row.Priority,
        Paused = row.Paused,
        ResumeAt = row.ResumeAt,
    };

    public (BrokerItem Item, IReadOnlyList<string> Secrets) ToItem(MqttBroker row) => ToItem(row, mqtt.Read(row));

    public (BrokerItem Item, IReadOnlyList<string> Secrets) ToItem(AmqpBroker row) => ToItem(row, amqp.Read(row));

    public (TriggerItem Item, IReadOnlyList<string> Secrets) ToItem(Trigger row)
    {
        var kind = kinds.Find(row.Kind) ?? throw new OperationRefusedException($"The trigger {row.Name} is of the kind {row.Kind}, which this version does not know.");
        var (settings, secrets) = SecretMarkers.Put(triggers.Restore(kind, row));
        return (new()
        {
            Id = row.Id,
            Kind = row.Kind,
            CallbackId = row.CallbackId,
            Name = row.Name,
            Enabled = row.Enabled,
            Paused = row.Paused,
            Priority = row.Priority,
            Settings = settings,
            Retry = JsonSerializer.Deserialize<RetryPolicy>(row.Retry, CoreJson.Options)!,
            Limits = JsonSerializer.Deserialize<TriggerLimits>(row.Limits, CoreJson.Options)!,
        }, secrets);
    }

    private static (BrokerItem Item, IReadOnlyList<string> Secrets) ToItem(Brokers.StoredBroker row, object read)
    {
        var (settings, secrets) = SecretMarkers.Put(read);
        return (new() { Id = row.Id, Name = row.Name, Enabled = row.Enabled, Settings = settings }, secrets);
    }
}
