using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>
/// The keys that sign access tokens, shared by all nodes through the database. The newest one signs; older ones verify until what
/// they signed has expired, then they are deleted.
/// </summary>
internal sealed class SigningKeys(IDbContextFactory<TriggerConsoleDbContext> contexts, SecretProtector protector, IOptions<TokenOptions> options, TimeProvider time) : IDisposable
{
    // A token with an id that nobody knows must not cost a query each
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SigningKey> _keys = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _lookedAt;

    /// <summary>The public halves, for those that verify tokens themselves.</summary>
    public async Task<IReadOnlyList<PublicKey>> PublicAsync(CancellationToken cancellationToken)
    {
        await CurrentAsync(cancellationToken);
        return [.. Valid().OrderByDescending(k => k.CreatedAt).Select(k => k.Public)];
    }

    /// <summary>The key that signs now; made when there is none or the last one is old.</summary>
    public async ValueTask<SigningKey> CurrentAsync(CancellationToken cancellationToken)
    {
        if (Newest() is { } current) return current;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (Newest() is { } made) return made;
            await LoadAsync(cancellationToken);
            if (Newest() is { } stored) return stored;
            var key = SigningKey.Create(time.Now());
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var oldest = time.Now() - Lifetime;
            await context.SigningKeys.Where(k => k.CreatedAt < oldest).ExecuteDeleteAsync(cancellationToken);
            context.SigningKeys.Add(new() { Id = key.Id, CreatedAt = key.CreatedAt, ProtectedKey = protector.Protect(Convert.ToBase64String(key.Export())) });
            await context.SaveChangesAsync(cancellationToken);
            return _keys[key.Id] = key;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The key with this id, if it still verifies; another node may have made it a moment ago.</summary>
    public async ValueTask<SigningKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(id, out var known)) return IsValid(known) ? known : null;
        if (_lookedAt != 0 && time.GetElapsedTime(_lookedAt) < s_lookAgain) return null;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_lookedAt == 0 || time.GetElapsedTime(_lookedAt) >= s_lookAgain) await LoadAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
        return _keys.TryGetValue(id, out known) && IsValid(known) ? known : null;
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
        _gate.Dispose();
    }

    private TimeSpan Lifetime => options.Value.KeyRotation + options.Value.AccessLifetime + AccessTokens.Skew * 2;

    private SigningKey? Newest() => _keys.Values.Where(k => time.GetUtcNow() - k.CreatedAt < options.Value.KeyRotation).MaxBy(k => k.CreatedAt);

    private IEnumerable<SigningKey> Valid() => _keys.Values.Where(IsValid);

    private bool IsValid(SigningKey key) => time.GetUtcNow() - key.CreatedAt < Lifetime;

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        _lookedAt = time.GetTimestamp();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var stored in await context.SigningKeys.AsNoTracking().ToListAsync(cancellationToken))
            if (!_keys.ContainsKey(stored.Id)) _keys[stored.Id] = SigningKey.Import(Convert.FromBase64String(protector.Unprotect(stored.ProtectedKey)), stored.CreatedAt);
    }
}
