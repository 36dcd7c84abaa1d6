using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>How the keys of stored secrets stand.</summary>
/// <param name="Id">Name of the key in use.</param>
/// <param name="IsProtected">A master key protects it.</param>
/// <param name="OnOtherKeys">Values that another key encrypts; they are read as ever.</param>
/// <param name="IsRotating">They are being encrypted anew.</param>
/// <param name="Done">Of a rotation under way or the last one.</param>
/// <param name="Unreadable">Values that no key opens.</param>
public sealed record DataKeyStatus(
    string Id, DateTimeOffset CreatedAt, string CreatedBy, bool IsProtected, int OnOtherKeys, bool IsRotating, int Total, int Done, int Unreadable, DateTimeOffset? FinishedAt);

/// <summary>
/// Gives stored secrets a new key, on a running system: 1. a new key, with which every node encrypts from then on; 2. what older keys encrypt is
/// encrypted anew, batch by batch; 3. nodes that have not heard of the new key yet are waited for; 4. a last look, then the older keys are
/// destroyed. What is left to do is seen from the values themselves, so that after a kill any node goes on where the last one stopped.
/// </summary>
internal sealed partial class DataKeyRotation(
    IDbContextFactory<TriggerConsoleDbContext> contexts, SecretProtector protector, DataKeyRing ring, MasterKeys masters, INodeStore nodes, SqliteWriteGate gate, IAuditTrail audit, TimeProvider time, ILogger<DataKeyRotation> logger) : IDisposable
{
    public const string AuditAction = "data-key.rotate";

    private const int BatchSize = 50;

    /// <summary>A worker that is silent for so long is dead.</summary>
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    private readonly Guid _worker = Guid.NewGuid();
    private readonly SemaphoreSlim _begin = new(1, 1);

    /// <summary>From the new key to the destruction of the older ones, at least: whoever encrypted with one of them has saved by then.</summary>
    public TimeSpan Settle { get; set; } = DataKeyRing.Freshness + TimeSpan.FromSeconds(40);

    /// <summary>Told of each batch.</summary>
    public Func<int, CancellationToken, Task>? BatchDone { get; set; }

    public async Task<DataKeyStatus> StatusAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var key = Newest(await context.DataKeys.AsNoTracking().Where(k => k.ProtectedKey != null).ToListAsync(cancellationToken));
        var others = 0;
        foreach (var column in ProtectedColumns.In(context.Model)) others += (await ProtectedColumns.ReadAsync(context, column, key.Id, cancellationToken)).Count;
        return new(key.Id, key.CreatedAt, key.CreatedBy, masters.Current is not null, others, key.FinishedAt is null, key.Total, key.Done, key.Unreadable, key.FinishedAt);
    }

    /// <summary>Makes the new key. From here on the rotation is under way, and goes on even if this process does not.</summary>
    public async Task<CommandResult<string>> BeginAsync(string by, CancellationToken cancellationToken)
    {
        string id;
        await _begin.WaitAsync(cancellationToken);
        try
        {
            // Of two that ask at once, one finds the other's key
            await using var alone = await nodes.EnterAloneAsync(cancellationToken);
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var last = Newest(await context.DataKeys.AsNoTracking().Where(k => k.ProtectedKey != null).ToListAsync(cancellationToken));
            if (last.FinishedAt is null)
                return new Refusal.Conflict("A rotation is under way already. It goes on by itself.");
            (id, var key) = DataKeyRing.New();
            // The newest one encrypts: a node whose clock is behind must not make it an older one
            var now = time.Now();
            context.DataKeys.Add(new() { Id = id, CreatedAt = now > last.CreatedAt ? now : last.CreatedAt.AddMilliseconds(1), CreatedBy = by, ProtectedKey = StoredDataKey.Protect(key, masters.Current) });
            await context.SaveChangesAsync(cancellationToken);
        }
        finally
        {
            _begin.Release();
        }
        await ring.LoadAsync(cancellationToken);
        LogBegun(id, by);
        await audit.RecordAsync(new(AuditAction, AuditOutcome.Done, "data-key", id, id, "A new data key was made; what older keys encrypt is encrypted anew."), cancellationToken);
        return id;
    }

    /// <summary>Goes on with a rotation that is under way, to its end.</summary>
    /// <returns>False when there is none, or another process is at it.</returns>
    public async Task<bool> ContinueAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var keys = await context.DataKeys.AsNoTracking().Where(k => k.ProtectedKey != null).ToListAsync(cancellationToken);
        if (keys.Count == 0 || Newest(keys) is not { FinishedAt: null } key || !await ClaimAsync(context, key.Id, cancellationToken)) return false;
        await ring.LoadAsync(cancellationToken);
        await EncryptAnewAsync(key.Id, cancellationToken);
        while (Settle > TimeSpan.Zero && time.GetUtcNow() - key.CreatedAt < Settle)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            if (!await ClaimAsync(context, key.Id, cancellationToken)) return false;
        }
        var unreadable = await EncryptAnewAsync(key.Id, cancellationToken);
        await FinishAsync(key.Id, unreadable, cancellationToken);
        return true;
    }

    public void Dispose() => _begin.Dispose();

    private static StoredDataKey Newest(IEnumerable<StoredDataKey> keys) => keys.OrderBy(k => k.CreatedAt).ThenBy(k => k.Id, StringComparer.Ordinal).Last();

    private async Task<bool> ClaimAsync(TriggerConsoleDbContext context, string key, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var silent = now - s_lease;
        return await context.DataKeys.Where(k => k.Id == key && k.FinishedAt == null && (k.Worker == null || k.Worker == _worker || k.BeatAt == null || k.BeatAt < silent))
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.Worker, _worker).SetProperty(k => k.BeatAt, now), cancellationToken) == 1;
    }

    /// <summary>Until nothing is left but what no key opens.</summary>
    /// <returns>How many of those there are.</returns>
    private async Task<int> EncryptAnewAsync(string key, CancellationToken cancellationToken)
    {
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var left = new List<(ProtectedColumn Column, string Text)>();
            foreach (var column in ProtectedColumns.In(context.Model))
                left.AddRange((await ProtectedColumns.ReadAsync(context, column, key, cancellationToken)).Where(t => !unreadable.Contains(t)).Select(t => (column, t)));
            if (left.Count == 0) return unreadable.Count;
            var done = (await context.DataKeys.AsNoTracking().SingleAsync(k => k.Id == key, cancellationToken)).Done;
            var total = done + left.Count;
            foreach (var batch in left.Chunk(BatchSize))
            {
                using var turn = await gate.EnterAsync(cancellationToken);
                await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
                foreach (var (column, text) in batch)
                {
                    if (Anew(text, key) is not { } anew) unreadable.Add(text);
                    else if (await ProtectedColumns.ReplaceAsync(context, column, text, anew, cancellationToken)) done++;
                }
                var (encrypted, now, bad) = (done, time.Now(), unreadable.Count);
                await context.DataKeys.Where(k => k.Id == key).ExecuteUpdateAsync(
                    set => set.SetProperty(k => k.Done, encrypted).SetProperty(k => k.Total, total).SetProperty(k => k.Unreadable, bad).SetProperty(k => k.BeatAt, now), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                if (BatchDone is { } told) await told(done, cancellationToken);
            }
        }
    }

    /// <summary>The text with every value in it encrypted by the newest key; null when one cannot be opened.</summary>
    private string? Anew(string text, string key)
    {
        var isReadable = true;
        var anew = ProtectedColumns.Values().Replace(text, match =>
        {
            if (match.Value.StartsWith(DataKeyRing.PrefixOf(key), StringComparison.Ordinal)) return match.Value;
            if (protector.TryUnprotect(match.Value) is { } plain) return protector.Protect(plain);
            isReadable = false;
            return match.Value;
        });
        return isReadable ? anew : null;
    }

    private async Task FinishAsync(string key, int unreadable, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.Now();
        foreach (var row in await context.DataKeys.ToListAsync(cancellationToken))
        {
            if (row.Id == key) (row.FinishedAt, row.Unreadable) = (now, unreadable);
            else if (row.ProtectedKey is not null) (row.ProtectedKey, row.RevokedAt) = (null, now);
        }
        await context.SaveChangesAsync(cancellationToken);
        LogFinished(key, unreadable);
        await audit.RecordAsync(new(AuditAction, unreadable == 0 ? AuditOutcome.Done : AuditOutcome.Failed, "data-key", key, key,
            unreadable == 0 ? "Every stored secret is encrypted by the new data key, and the older ones are destroyed." : $"{unreadable} values could not be opened and were left as they are; the older data keys are destroyed.", AuditActor.Server), cancellationToken);
    }

    [LoggerMessage(EventIds.RotationBegun, LogLevel.Information, "New data key {Key}, asked for by {By}: stored secrets are being encrypted anew.")]
    private partial void LogBegun(string key, string by);

    [LoggerMessage(EventIds.RotationFinished, LogLevel.Information, "Stored secrets are encrypted by the data key {Key}; older keys are destroyed. Values that no key opens: {Unreadable}.")]
    private partial void LogFinished(string key, int unreadable);
}
