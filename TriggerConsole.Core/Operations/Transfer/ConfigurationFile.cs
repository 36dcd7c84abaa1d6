using System.Text.Json;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>
/// The configuration of an installation as one file that people can read, compare and keep under version control: ids kept, everything in
/// a stable order, no secrets. <c>docs/operating.md</c> describes it.
/// </summary>
public sealed record ConfigurationFile
{
    public const string FormatName = "triggerconsole-configuration";
    public const int CurrentVersion = 1;

    public string Format { get; init; } = FormatName;

    /// <summary>Of the format. A file with a higher one is refused.</summary>
    public int Version { get; init; } = CurrentVersion;

    public IReadOnlyList<CallbackItem> Callbacks { get; init; } = [];

    public IReadOnlyList<BrokerItem> MqttBrokers { get; init; } = [];

    public IReadOnlyList<BrokerItem> AmqpBrokers { get; init; } = [];

    public IReadOnlyList<ExchangeItem> AmqpExchanges { get; init; } = [];

    public IReadOnlyList<BindingItem> AmqpBindings { get; init; } = [];

    public IReadOnlyList<TriggerItem> Triggers { get; init; } = [];

    public IReadOnlyList<ScheduleItem> Schedules { get; init; } = [];

    public SettingsItem Settings { get; init; } = new();

    /// <summary>Names of the secrets that templates may use. Their values are never exported.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Where the file carries a marker in place of a secret. Written for people; an import looks at the markers themselves.</summary>
    public IReadOnlyList<SecretToEnter> SecretsToEnter { get; init; } = [];
}

/// <summary>A callback. Its token is not exported; a callback that an import makes gets a new one.</summary>
public sealed record CallbackItem
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public string? Path { get; init; }

    public IReadOnlyList<string> Methods { get; init; } = ["POST"];

    public bool Enabled { get; init; } = true;

    public int? MaxBodyBytes { get; init; }

    public int? LimitPerMinute { get; init; }

    public int? LimitPerSecond { get; init; }

    /// <summary>How senders are checked, secrets left out; null for the token.</summary>
    public JsonElement? Verification { get; init; }

    /// <summary>Networks that requests may come from; empty for all.</summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];
}

/// <summary>A broker of either kind.</summary>
public sealed record BrokerItem
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public required JsonElement Settings { get; init; }
}

public sealed record ExchangeItem
{
    public required Guid Id { get; init; }

    public required Guid BrokerId { get; init; }

    public required string Name { get; init; }

    public required AmqpExchangeType Type { get; init; }

    public bool Durable { get; init; } = true;

    public bool AutoDelete { get; init; }

    public bool Internal { get; init; }

    public string? AlternateExchange { get; init; }

    public Dictionary<string, JsonElement> Arguments { get; init; } = [];

    public bool Declare { get; init; } = true;
}

public sealed record BindingItem
{
    public required Guid Id { get; init; }

    public required Guid ExchangeId { get; init; }

    public required string Queue { get; init; }

    public string RoutingKey { get; init; } = "";

    public Dictionary<string, JsonElement> Arguments { get; init; } = [];

    public AmqpQueueInput? CreateQueue { get; init; }
}

public sealed record TriggerItem
{
    public required Guid Id { get; init; }

    public required TriggerKind Kind { get; init; }

    public Guid? CallbackId { get; init; }

    public required string Name { get; init; }

    public bool Enabled { get; init; } = true;

    public bool Paused { get; init; }

    public int Priority { get; init; } = Trigger.DefaultPriority;

    public required JsonElement Settings { get; init; }

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    public TriggerLimits Limits { get; init; } = TriggerLimits.Default;
}

public sealed record ScheduleItem
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public required ScheduleKind Kind { get; init; }

    public string? Cron { get; init; }

    public long? IntervalSeconds { get; init; }

    public DateTimeOffset? At { get; init; }

    public required string TimeZone { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public Guid? CallbackId { get; init; }

    public Guid? TriggerId { get; init; }

    public string? Payload { get; init; }

    public string? ContentType { get; init; }

    public MisfirePolicy Misfire { get; init; }

    public OverlapPolicy Overlap { get; init; }

    public int? Priority { get; init; }

    public bool Paused { get; init; }

    public DateTimeOffset? ResumeAt { get; init; }
}

/// <summary>What people set for the whole installation. What is left out stays as it is.</summary>
public sealed record SettingsItem
{
    public RetentionSettings? Retention { get; init; }
}

/// <param name="In">The list it is in: <c>triggers</c>.</param>
/// <param name="Field">Below the object: <c>settings.auth.password</c>.</param>
public sealed record SecretToEnter(string In, Guid Id, string Name, string Field);
