using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Secrets;

/// <summary>A secret as people may see it: everything but its value.</summary>
public sealed record SecretView(Guid Id, string Name, string Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>
/// The named secrets: encrypted in the database, decrypted in memory for the templates that name them. No member gives a value
/// to anything but a template.
/// </summary>
public sealed class SecretStore(IDbContextFactory<TriggerConsoleDbContext> contexts, SecretProtector protector, TimeProvider time) : ISecretValues
{
    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public bool Exists(string name) => _values.ContainsKey(name);

    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>Reads all, and forgets those that are gone.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = _values.Keys.ToList(); // before the look: what is made meanwhile is not gone
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.Secrets.AsNoTracking().ToListAsync(cancellationToken);
        foreach (var secret in stored) _values[secret.Name] = protector.Unprotect(secret.ProtectedValue);
        foreach (var gone in known.Except(stored.Select(s => s.Name), StringComparer.OrdinalIgnoreCase)) _values.TryRemove(gone, out _);
    }

    public async Task<IReadOnlyList<SecretView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Secrets.AsNoTracking().OrderBy(s => s.Name)
            .Select(s => new SecretView(s.Id, s.Name, s.Description, s.CreatedAt, s.UpdatedAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Makes a secret, or gives an existing one a new value. A value of null keeps the present one.</summary>
    public async Task<CommandResult<SecretView>> SetAsync(string name, string? value, string? description, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (!IsName(name)) errors.Add("name", "Use letters, digits, _, - and ., at most 64 characters, for example CRM_TOKEN.");
        if (value is { Length: 0 }) errors.Add("value", "Give the value of the secret.");
        if (value is { Length: > Secret.MaxValueLength }) errors.Add("value", $"A secret has at most {Secret.MaxValueLength:N0} characters.");
        if (description is { Length: > 500 }) errors.Add("description", "Use at most 500 characters.");
        if (errors.Any) return new Refusal.Invalid(errors.All);

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.Now();
        var secret = await FindAsync(context, name, cancellationToken);
        if (secret is null)
        {
            if (value is null) return new Refusal.Invalid("value", "Give the value of the secret.");
            secret = new() { Id = Uuid7.New(now), Name = name, ProtectedValue = protector.Protect(value), CreatedAt = now, UpdatedAt = now };
            context.Secrets.Add(secret);
        }
        else if (value is not null)
        {
            secret.ProtectedValue = protector.Protect(value);
        }
        secret.Description = description ?? secret.Description;
        secret.UpdatedAt = now;
        await context.SaveChangesAsync(cancellationToken);
        if (value is not null) _values[name] = value;
        return new SecretView(secret.Id, secret.Name, secret.Description, secret.CreatedAt, secret.UpdatedAt);
    }

    /// <summary>Deletes a secret that no trigger uses.</summary>
    /// <param name="usedBy">Names of the triggers whose templates name it.</param>
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
}
