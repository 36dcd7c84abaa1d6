using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Identity;

/// <summary>A new key, shown once.</summary>
public sealed record CreatedApiKey(ApiKey Key, string Value);

/// <summary>Why a key that was shown does not count.</summary>
public enum ApiKeyProblem
{
    /// <summary>There is none, or it was revoked.</summary>
    Unknown,
    Expired,

    /// <summary>It is shown from an address that is in none of its networks.</summary>
    OtherNetwork,
}

/// <summary>The API keys: in memory by hash, so that a call costs no query.</summary>
public sealed class ApiKeys(IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time)
{
    private const string Prefix = "tc_";
    private const int MinLength = 20;
    private const int MaxLength = 200;
    private static readonly TimeSpan s_lastUsedPrecision = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Known> _byHash = new();

    /// <summary>Reads all, and forgets those that were revoked.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = _byHash.Keys.ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = (await context.ApiKeys.AsNoTracking().Where(k => k.RevokedAt == null).ToListAsync(cancellationToken)).ToDictionary(k => Convert.ToHexString(k.Hash));
        foreach (var (hash, key) in stored) _byHash[hash] = new(key);
        foreach (var gone in known.Except(stored.Keys)) _byHash.TryRemove(gone, out _);
    }

    /// <summary>The key that a caller showed, when it counts; else why it does not.</summary>
    /// <param name="address">Where the caller is.</param>
    public async ValueTask<(ApiKey? Key, ApiKeyProblem? Problem)> FindAsync(string value, IPAddress? address, CancellationToken cancellationToken)
    {
        // Looked up by hash: how long it takes says nothing about the key itself
        if (value.Length is < MinLength or > MaxLength || !_byHash.TryGetValue(Convert.ToHexString(RandomToken.Hash(value)), out var known)) return (null, ApiKeyProblem.Unknown);
        var (key, now) = (known.Key, time.Now());
        if (key.ExpiresAt <= now) return (null, ApiKeyProblem.Expired);
        if (!known.Networks.Admits(address)) return (null, ApiKeyProblem.OtherNetwork);
        await NoteUseAsync(key, now, cancellationToken);
        return (key, null);
    }

    private async ValueTask NoteUseAsync(ApiKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (key.LastUsedAt is { } last && now - last < s_lastUsedPrecision) return;
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
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.ApiKeys.AsNoTracking().OrderByDescending(k => k.Id).ToListAsync(cancellationToken);
    }

    /// <param name="mayGrant">Whether whoever asks may do this himself; see <see cref="ApiKeyInput"/>.</param>
    /// <param name="value">Only for the key of the first start, which the configuration chose; else one is made.</param>
    public async Task<CommandResult<CreatedApiKey>> CreateAsync(ApiKeyInput input, string createdBy, Func<string, bool> mayGrant, CancellationToken cancellationToken, string? value = null)
    {
        if (value is { Length: < MinLength or > MaxLength })
            return new Refusal.Invalid("value", $"An API key has {MinLength} to {MaxLength} characters.");
        value ??= RandomToken.Create(Prefix);
        var (now, errors) = (time.Now(), new FieldErrors());
        var key = new ApiKey { Id = Uuid7.New(now), Name = "", Hash = RandomToken.Hash(value), Hint = $"{value[..6]}…{value[^4..]}", CreatedBy = createdBy, CreatedAt = now };
        input.ApplyTo(key, mayGrant, now, errors);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.ApiKeys.AnyAsync(k => k.Hash == key.Hash, cancellationToken)) return new Refusal.Conflict("This key exists already.");
        context.ApiKeys.Add(key);
        await context.SaveChangesAsync(cancellationToken);
        _byHash[Convert.ToHexString(key.Hash)] = new(key);
        return new CreatedApiKey(key, value);
    }

    /// <summary>Changes what is said of a key; the key itself stays.</summary>
    public async Task<CommandResult<ApiKey>> UpdateAsync(Guid id, ApiKeyInput input, Func<string, bool> mayGrant, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var key = await context.ApiKeys.SingleOrDefaultAsync(k => k.Id == id, cancellationToken);
        if (key is null) return new Refusal.NotFound("There is no such API key.");
        if (key.RevokedAt is not null) return new Refusal.Conflict("This key has been revoked. Make a new one.");
        var errors = new FieldErrors();
        input.ApplyTo(key, mayGrant, time.Now(), errors);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        await context.SaveChangesAsync(cancellationToken);
        _byHash[Convert.ToHexString(key.Hash)] = new(key);
        return key;
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

    private sealed class Known(ApiKey key)
    {
        public ApiKey Key { get; } = key;

        public IReadOnlyList<IPNetwork> Networks { get; } = [.. key.NetworkList.Select(Validation.Networks.Read).OfType<IPNetwork>()];
    }
}
