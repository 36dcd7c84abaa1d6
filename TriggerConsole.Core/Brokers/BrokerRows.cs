using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Brokers;

/// <summary>Between the stored broker and the one in use: splits secrets off for the database and puts them back.</summary>
internal abstract class BrokerRows<TRow, TSettings, TBroker>(SecretProtector protector)
    where TRow : StoredBroker
    where TSettings : class
    where TBroker : RuntimeBroker
{
    public abstract DbSet<TRow> In(TriggerConsoleDbContext context);

    /// <summary>A new row, without name and settings.</summary>
    public abstract TRow New(DateTimeOffset now);

    public abstract TBroker ToRuntime(TRow row);

    public TSettings Read(TRow row) => protector.Open(JsonSerializer.Deserialize<TSettings>(row.Settings, CoreJson.Options)!, row.ProtectedSecrets);

    public void Write(TRow row, TSettings settings) => (row.Settings, row.ProtectedSecrets) = protector.Seal(settings);
}
