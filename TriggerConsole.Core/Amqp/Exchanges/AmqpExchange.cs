using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TriggerConsole.Core.Amqp.Brokers;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>How an exchange picks the queues for a message (AMQP 0-9-1, section 3.1.3).</summary>
[JsonConverter(typeof(CamelCaseEnum<AmqpExchangeType>))]
public enum AmqpExchangeType
{
    /// <summary>To the queues bound with exactly the routing key.</summary>
    Direct,

    /// <summary>To the queues whose pattern fits the routing key: <c>*</c> is one word, <c>#</c> any number.</summary>
    Topic,

    /// <summary>To all bound queues.</summary>
    Fanout,

    /// <summary>By the message's headers.</summary>
    Headers,
}

/// <summary>An exchange that triggers publish to.</summary>
public sealed class AmqpExchange
{
    public const int MaxNameBytes = 255;

    public required Guid Id { get; init; }

    public required Guid BrokerId { get; init; }

    /// <summary>As the broker knows it.</summary>
    public required string Name { get; set; }

    public AmqpExchangeType Type { get; set; }

    /// <summary>Outlasts a restart of the broker.</summary>
    public bool Durable { get; set; } = true;

    /// <summary>The broker deletes it when its last binding goes.</summary>
    public bool AutoDelete { get; set; }

    /// <summary>Takes messages from other exchanges only, never from publishers.</summary>
    public bool Internal { get; set; }

    /// <summary>Where messages go that this one can route nowhere; null for none.</summary>
    public string? AlternateExchange { get; set; }

    /// <summary>JSON object of further arguments.</summary>
    public required string Arguments { get; set; }

    /// <summary>Made at the broker on save and on each connect; else only looked for.</summary>
    public bool Declare { get; set; } = true;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Grows with each change; two editors cannot overwrite each other unseen.</summary>
    public int Version { get; set; }
}

/// <summary>A binding from an exchange to a queue that was made here.</summary>
public sealed class AmqpBinding
{
    public required Guid Id { get; init; }

    public required Guid ExchangeId { get; init; }

    public required string Queue { get; init; }

    public required string RoutingKey { get; init; }

    /// <summary>JSON object.</summary>
    public required string Arguments { get; init; }

    /// <summary>JSON of the queue's <see cref="AmqpQueueInput"/> when the queue was made here as well; null when it was there.</summary>
    public string? QueueSettings { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class AmqpExchangeConfiguration : IEntityTypeConfiguration<AmqpExchange>, IEntityTypeConfiguration<AmqpBinding>
{
    public void Configure(EntityTypeBuilder<AmqpExchange> builder)
    {
        builder.ToTable("amqp_exchanges");
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Name).HasMaxLength(AmqpExchange.MaxNameBytes);
        builder.Property(e => e.Type).HasConversion<string>().HasMaxLength(10);
        builder.Property(e => e.AlternateExchange).HasMaxLength(AmqpExchange.MaxNameBytes);
        builder.Property(e => e.Version).IsConcurrencyToken();
        builder.HasOne<AmqpBroker>().WithMany().HasForeignKey(e => e.BrokerId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(e => new { e.BrokerId, e.Name }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<AmqpBinding> builder)
    {
        builder.ToTable("amqp_bindings");
        builder.Property(b => b.Id).ValueGeneratedNever();
        builder.Property(b => b.Queue).HasMaxLength(AmqpExchange.MaxNameBytes);
        builder.Property(b => b.RoutingKey).HasMaxLength(AmqpExchange.MaxNameBytes);
        builder.HasOne<AmqpExchange>().WithMany().HasForeignKey(b => b.ExchangeId).OnDelete(DeleteBehavior.Cascade);
    }
}
