using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Identity;

/// <summary>A new key, shown once.</summary>
public sealed record CreatedApiKey(ApiKey Key, string Value);

/// <summary>The API keys: in memory by hash, so that a call costs no query.</summary>
public sealed class ApiKeys(IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time)
{
    private const string Prefix = "tc_";
    private const int MinLength = 20;
    private const int MaxLength = 200;
    private static readonly TimeSpan s_lastUsedPrecision = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, ApiKey> _byHash = new();

    /// <summary>Reads all, and forgets those that were revoked.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = _byHash.Keys.ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = (await context.ApiKeys.AsNoTracking().Where(k => k.RevokedAt == null).ToListAsync(cancellationToken)).ToDictionary(k => Convert.ToHexString(k.Hash));
        foreach (var (hash, key) in stored) _byHash[hash] = key;
        foreach (var gone in known.Except(stored.Keys)) _byHash.TryRemove(gone, out _);
    }

    /// <summary>The key that a caller showed; null when there is none or it was revoked.</summary>
    public async ValueTask<ApiKey?> FindAsync(string value, CancellationToken cancellationToken)
    {
        // Looked up by hash: how long it takes says nothing about the key itself
        if (value.Length is < MinLength or > MaxLength || !_byHash.TryGetValue(Convert.ToHexString(RandomToken.Hash(value)), out var key)) return null;
        var now = time.Now();
        if (key.LastUsedAt is { } last && now - last < s_lastUsedPrecision) return key;
        key.LastUsedAt = now;
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await context.ApiKeys.SingleOrDefaultAsync(k => k.Id == key.Id, cancellationToken) is { } row)
            {
                row.LastUsedAt = now;
                await context.SaveChangesAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is DbException or DbUpdateException or TimeoutException or InvalidOperationException { InnerException: DbException })
        {
            // The key is good while the database is away; when it was used is written the next time
        }
        return key;
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.ApiKeys.AsNoTracking().OrderByDescending(k => k.Id).ToListAsync(cancellationToken);
    }

    /// <param name="value">Only for the key of the first start, which the configuration chose; else one is made.</param>
    public async Task<CommandResult<CreatedApiKey>> CreateAsync(string name, string createdBy, CancellationToken cancellationToken, string? value = null)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > ApiKey.MaxNameLength)
            return new Refusal.Invalid("name", $"Give the key a name of 1 to {ApiKey.MaxNameLength} characters that says who uses it.");
        if (value is { Length: < MinLength or > MaxLength })
            return new Refusal.Invalid("value", $"An API key has {MinLength} to {MaxLength} characters.");
        value ??= RandomToken.Create(Prefix);
        var now = time.Now();
        var key = new ApiKey { Id = Uuid7.New(now), Name = name.Trim(), Hash = RandomToken.Hash(value), Hint = $"{value[..6]}…{value[^4..]}", CreatedBy = createdBy, CreatedAt = now };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.ApiKeys.AnyAsync(k => k.Hash == key.Hash, cancellationToken)) return new Refusal.Conflict("This key exists already.");
        context.ApiKeys.Add(key);
        await context.SaveChangesAsync(cancellationToken);
        _byHash[Convert.ToHexString(key.Hash)] = key;
        return new CreatedApiKey(key, value);
    }

    public async Task<CommandResult<ApiKey>> RevokeAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var key = await context.ApiKeys.SingleOrDefaultAsync(k => k.Id == id, cancellationToken);
        if (key is null) return new Refusal.NotFound("There is no such API key.");
        key.RevokedAt ??= time.Now();
        await context.SaveChangesAsync(cancellationToken);
        _byHash.TryRemove(Convert.ToHexString(key.Hash), out _);
        return key;
    }
}
