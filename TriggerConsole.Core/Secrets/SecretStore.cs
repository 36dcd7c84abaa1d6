using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Secrets;

/// <summary>
/// The named secrets: encrypted in the database, decrypted in memory for the templates that name them. No member gives a value
/// to anything but a template or the check of a sender.
/// </summary>
public sealed class SecretStore(IDbContextFactory<TriggerConsoleDbContext> contexts, SecretProtector protector, TimeProvider time, IOptions<SecretsOptions>? options = null) : ISecretValues
{
    private readonly ConcurrentDictionary<string, Entry> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly SecretsOptions _options = options?.Value ?? new();

    public bool Exists(string name) => _values.ContainsKey(name);

    public string? Find(string name) => _values.GetValueOrDefault(name)?.Value;

    public string? FindPrevious(string name, DateTimeOffset now) => _values.GetValueOrDefault(name) is { } entry && entry.PreviousUntil > now ? entry.Previous : null;

    public bool MayGoTo(string name, string host) => _values.GetValueOrDefault(name) is not { } entry || entry.Hosts.Allow(host);

    public void Used(string name) => _values.GetValueOrDefault(name)?.Use(time.GetUtcNow());

    /// <summary>Reads all, and forgets those that are gone.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = _values.Keys.ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.Secrets.AsNoTracking().ToListAsync(cancellationToken);
        foreach (var secret in stored) Keep(secret);
        foreach (var gone in known.Except(stored.Select(s => s.Name), StringComparer.OrdinalIgnoreCase)) _values.TryRemove(gone, out _);
    }

    public async Task<IReadOnlyList<SecretView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. (await context.Secrets.AsNoTracking().OrderBy(s => s.Name).ToListAsync(cancellationToken)).Select(View)];
    }

    /// <summary>Makes a secret, or gives an existing one a new value. A value of null keeps the present one.</summary>
    public Task<CommandResult<SecretView>> SetAsync(string name, string? value, string? description, CancellationToken cancellationToken)
        => SetAsync(name, new SecretChange { Value = value, Description = description }, cancellationToken);

    /// <summary>Makes a secret, or changes one. What is left out stays; a new value takes the place of the one before at once.</summary>
    public async Task<CommandResult<SecretView>> SetAsync(string name, SecretChange change, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var hosts = Check(name, change, errors);
        if (errors.Any) return new Refusal.Invalid(errors.All);

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.Now();
        var secret = await FindAsync(context, name, cancellationToken);
        if (secret is null)
        {
            if (change.Value is null) return new Refusal.Invalid("value", "Give the value of the secret.");
            secret = new() { Id = Uuid7.New(now), Name = name, ProtectedValue = protector.Protect(change.Value), CreatedAt = now, UpdatedAt = now, ValueChangedAt = now };
            context.Secrets.Add(secret);
        }
        else
        {
            SetValue(secret, change, now);
        }
        secret.Description = change.Description ?? secret.Description;
        secret.AllowedHosts = hosts?.Text ?? secret.AllowedHosts;
        secret.UpdatedAt = now;
        await context.SaveChangesAsync(cancellationToken);
        Keep(secret);
        return View(secret);
    }

    /// <summary>Deletes a secret that nothing uses.</summary>
    /// <param name="usedBy">Names of the triggers and callbacks that name it.</param>
    public async Task<CommandResult<bool>> DeleteAsync(string name, IReadOnlyCollection<string> usedBy, CancellationToken cancellationToken)
    {
        if (usedBy.Count > 0) return new Refusal.Conflict($"The secret {name} is used by {string.Join(", ", usedBy)}. Take it out there first.");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var secret = await FindAsync(context, name, cancellationToken);
        if (secret is null) return new Refusal.NotFound($"There is no secret {name}.");
        context.Secrets.Remove(secret);
        await context.SaveChangesAsync(cancellationToken);
        _values.TryRemove(name, out _);
        return true;
    }

    /// <summary>Writes down when secrets were used, for those that were since the last time. It is no change of theirs.</summary>
    internal async Task SaveUsesAsync(CancellationToken cancellationToken)
    {
        var used = _values.Values.Select(e => (Entry: e, At: e.TakeUse())).Where(u => u.At is not null).ToList();
        if (used.Count == 0) return;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var (entry, at) in used)
            await context.Secrets.Where(s => s.Id == entry.Id && (s.LastUsedAt == null || s.LastUsedAt < at)).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, at), cancellationToken);
    }

    private static SecretHosts? Check(string name, SecretChange change, FieldErrors errors)
    {
        if (!IsName(name)) errors.Add("name", "Use letters, digits, _, - and ., at most 64 characters, for example CRM_TOKEN.");
        if (change.Value is { Length: 0 }) errors.Add("value", "Give the value of the secret.");
        if (change.Value is { Length: > Secret.MaxValueLength }) errors.Add("value", $"A secret has at most {Secret.MaxValueLength:N0} characters.");
        if (change.Description is { Length: > 500 }) errors.Add("description", "Use at most 500 characters.");
        if (change.OverlapHours is < 0 or > SecretChange.MaxOverlapHours) errors.Add("overlapHours", $"Give 0 (at once) to {SecretChange.MaxOverlapHours} hours.");
        else if (change is { OverlapHours: > 0, Value: null }) errors.Add("overlapHours", "An overlap begins with a new value. Give that as well, or leave the overlap out.");
        return change.AllowedHosts is { } hosts ? SecretHosts.Read(hosts, errors) : null;
    }

    private void SetValue(Secret secret, SecretChange change, DateTimeOffset now)
    {
        if (change.Value is not null)
        {
            // A value that is given again is no new one: the one before must not be lost over it
            if (protector.Unprotect(secret.ProtectedValue) == change.Value) return;
            (secret.ProtectedPrevious, secret.PreviousUntil) = change.OverlapHours is > 0 and var hours ? (secret.ProtectedValue, now.AddHours(hours)) : ((string?)null, (DateTimeOffset?)null);
            (secret.ProtectedValue, secret.ValueChangedAt) = (protector.Protect(change.Value), now);
        }
        else if (change.OverlapHours == 0)
        {
            (secret.ProtectedPrevious, secret.PreviousUntil) = (null, null);
        }
    }

    private void Keep(Secret secret)
    {
        var previous = secret.ProtectedPrevious is { } before && secret.PreviousUntil > time.GetUtcNow() ? protector.Unprotect(before) : null;
        var entry = new Entry(secret.Id, protector.Unprotect(secret.ProtectedValue), previous, secret.PreviousUntil, SecretHosts.Of(secret.AllowedHosts));
        if (_values.TryGetValue(secret.Name, out var old) && old.TakeUse() is { } used) entry.Use(used);
        _values[secret.Name] = entry;
    }

    private SecretView View(Secret secret)
    {
        var now = time.GetUtcNow();
        var changed = secret.ValueChangedAt ?? secret.UpdatedAt;
        var used = _values.GetValueOrDefault(secret.Name)?.LastUse;
        return new()
        {
            Id = secret.Id,
            Name = secret.Name,
            Description = secret.Description,
            CreatedAt = secret.CreatedAt,
            UpdatedAt = secret.UpdatedAt,
            ValueChangedAt = changed,
            LastUsedAt = used > (secret.LastUsedAt ?? DateTimeOffset.MinValue) ? used : secret.LastUsedAt,
            PreviousUntil = secret.PreviousUntil > now ? secret.PreviousUntil : null,
            AllowedHosts = SecretHosts.Of(secret.AllowedHosts).List,
            IsOld = _options.RemindAfterDays > 0 && now - changed > TimeSpan.FromDays(_options.RemindAfterDays),
        };
    }

    private static Task<Secret?> FindAsync(TriggerConsoleDbContext context, string name, CancellationToken cancellationToken)
    {
        // Names are ASCII, so every database lowers them alike; ToLower is the database's
        var lower = name.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862
        return context.Secrets.SingleOrDefaultAsync(s => s.Name.ToLower() == lower, cancellationToken);
#pragma warning restore CA1304, CA1311, CA1862
    }

    private static bool IsName(string? name)
        => name is { Length: > 0 and <= Secret.MaxNameLength } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private sealed class Entry(Guid id, string value, string? previous, DateTimeOffset? previousUntil, SecretHosts hosts)
    {
        private long _usedAt;  // UTC ticks; 0 for not since the start
        private long _savedAt;

        public Guid Id { get; } = id;

        public string Value { get; } = value;

        public string? Previous { get; } = previous;

        public DateTimeOffset? PreviousUntil { get; } = previousUntil;

        public SecretHosts Hosts { get; } = hosts;

        public DateTimeOffset? LastUse => Volatile.Read(ref _usedAt) is > 0 and var ticks ? Clock.Truncate(new(ticks, TimeSpan.Zero)) : null;

        public void Use(DateTimeOffset now) => Volatile.Write(ref _usedAt, now.UtcTicks);

        /// <summary>The last use, when it has not been taken yet.</summary>
        public DateTimeOffset? TakeUse()
        {
            var used = Volatile.Read(ref _usedAt);
            return used > Interlocked.Exchange(ref _savedAt, used) ? Clock.Truncate(new(used, TimeSpan.Zero)) : null;
        }
    }
}
