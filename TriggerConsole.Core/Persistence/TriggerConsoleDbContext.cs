using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Links;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Identity.TwoFactor;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Persistence;

/// <summary>
/// The model, the same for every provider. Each provider has its own derived context, so that each has its own migrations.
/// The hot path writes the history tables by hand-written SQL; their columns are named here and nowhere else.
/// </summary>
public abstract partial class TriggerConsoleDbContext(DbContextOptions options) : IdentityUserContext<User, Guid>(options)
{
    public DbSet<Callback> Callbacks => Set<Callback>();

    public DbSet<Rejection> Rejections => Set<Rejection>();

    public DbSet<Trigger> Triggers => Set<Trigger>();

    public DbSet<StoredEvent> Events => Set<StoredEvent>();

    public DbSet<Execution> Executions => Set<Execution>();

    public DbSet<Attempt> Attempts => Set<Attempt>();

    public DbSet<ExecutionAction> ExecutionActions => Set<ExecutionAction>();

    public DbSet<ExecutionStatistic> Statistics => Set<ExecutionStatistic>();

    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();

    public DbSet<Secret> Secrets => Set<Secret>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<StoredSigningKey> SigningKeys => Set<StoredSigningKey>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<UserSession> UserSessions => Set<UserSession>();

    public DbSet<UserLink> UserLinks => Set<UserLink>();

    public DbSet<KnownDevice> KnownDevices => Set<KnownDevice>();

    public DbSet<TryCounter> TryCounters => Set<TryCounter>();

    public DbSet<StoredTwoFactor> TwoFactors => Set<StoredTwoFactor>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<Setting> Settings => Set<Setting>();

    public DbSet<MqttBroker> MqttBrokers => Set<MqttBroker>();

    public DbSet<AmqpBroker> AmqpBrokers => Set<AmqpBroker>();

    public DbSet<AmqpExchange> AmqpExchanges => Set<AmqpExchange>();

    public DbSet<AmqpBinding> AmqpBindings => Set<AmqpBinding>();

    public DbSet<Schedule> Schedules => Set<Schedule>();

    public DbSet<ScheduleRun> ScheduleRuns => Set<ScheduleRun>();

    public DbSet<Node> Nodes => Set<Node>();

    public DbSet<StoredDataKey> DataKeys => Set<StoredDataKey>();

    public DbSet<StoredDataProtectionKey> DataProtectionKeys => Set<StoredDataProtectionKey>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<AuditHead> AuditHeads => Set<AuditHead>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(TriggerConsoleDbContext).Assembly);
        SnakeCaseNames.Apply(builder);
    }
}
