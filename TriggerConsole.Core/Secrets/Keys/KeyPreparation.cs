using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>Makes sure at start that there are keys, that they can be opened, and that the master key in use protects them all.</summary>
internal sealed partial class KeyPreparation(
    MasterKeys masters, WrappedKeys wrapped, IDbContextFactory<TriggerConsoleDbContext> contexts, SecretProtector protector, DatabaseTarget target, TimeProvider time, ILogger<KeyPreparation> logger)
{
    /// <summary>One node at a time.</summary>
    /// <exception cref="InvalidOperationException">The master key is missing or another one; says what to do.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var master = masters.Current;
        // All of them before any is changed
        foreach (var id in wrapped.IdsOfMasterKeys()) masters.Find(id);
        if (master is null) LogUnprotected(target.Provider);
        else if (await wrapped.RewrapAsync(masters.Unwrap, master, cancellationToken) is > 0 and var changed) LogRewrapped(changed, master.Id, masters.Source);
        await MakeDataKeyAsync(master, cancellationToken);
        protector.MakeKey();
    }

    private async Task MakeDataKeyAsync(MasterKey? master, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.DataKeys.AnyAsync(k => k.ProtectedKey != null, cancellationToken)) return;
        var (id, key) = DataKeyRing.New();
        var now = time.Now();
        context.DataKeys.Add(new() { Id = id, CreatedAt = now, CreatedBy = "server", ProtectedKey = StoredDataKey.Protect(key, master), FinishedAt = now });
        await context.SaveChangesAsync(cancellationToken);
    }

    [LoggerMessage(EventIds.KeysUnprotected, LogLevel.Warning, "Secrets:MasterKey is not set: the keys that encrypt stored secrets are themselves readable in the {Provider} database, for whoever can read it or its backups. Make one with openssl rand -base64 32, and give the same one to every node (docs/secrets.md).")]
    private partial void LogUnprotected(DatabaseProvider provider);

    [LoggerMessage(EventIds.KeysRewrapped, LogLevel.Information, "{Count} keys in the database are now protected by the master key {Id} ({Source}).")]
    private partial void LogRewrapped(int count, string id, string source);
}
