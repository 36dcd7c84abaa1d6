using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Identity.Tries;

/// <summary>A browser that a user has signed in with. It has tries of its own, so that strangers cannot lock him out of it.</summary>
public sealed class KnownDevice
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of what the browser keeps as cookie: 256 random bits.</summary>
    public required byte[] Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; set; }
}

internal sealed class KnownDeviceConfiguration : IEntityTypeConfiguration<KnownDevice>
{
    public void Configure(EntityTypeBuilder<KnownDevice> builder)
    {
        builder.ToTable("known_devices");
        builder.Property(d => d.Id).ValueGeneratedNever();
        builder.Property(d => d.Hash).HasMaxLength(32);
        builder.HasOne<User>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
        // Serves the look at sign-in, and keeps two of a kind out
        builder.HasIndex(d => new { d.UserId, d.Hash }).IsUnique();
    }
}

/// <summary>The browsers that users have signed in with.</summary>
internal sealed class KnownDevices(IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time)
{
    /// <summary>How long a browser is remembered that is not used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);

    private const string Prefix = "tcd_";
    private const int MaxLength = 100;
    private const int MostOfOne = 20;

    /// <summary>The browser's row, if this user has signed in with it.</summary>
    public async Task<Guid?> FindAsync(Guid user, string? token, CancellationToken cancellationToken)
    {
        if (!IsOne(token)) return null;
        var (hash, oldest) = (RandomToken.Hash(token!), time.Now() - Lifetime);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.KnownDevices.Where(d => d.UserId == user && d.Hash == hash && d.LastUsedAt > oldest).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Remembers the browser after a sign-in.</summary>
    /// <param name="token">What it keeps already; null when nothing.</param>
    /// <returns>What it is to keep.</returns>
    public async Task<string> RememberAsync(Guid user, string? token, CancellationToken cancellationToken)
    {
        var now = time.Now();
        if (!IsOne(token)) token = RandomToken.Create(Prefix);
        var hash = RandomToken.Hash(token!);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.KnownDevices.Where(d => d.UserId == user && d.Hash == hash).ExecuteUpdateAsync(set => set.SetProperty(d => d.LastUsedAt, now), cancellationToken) > 0) return token!;
        var ids = await context.KnownDevices.Where(d => d.UserId == user).OrderByDescending(d => d.LastUsedAt).Select(d => d.Id).Skip(MostOfOne - 1).ToListAsync(cancellationToken);
        if (ids.Count > 0) await context.KnownDevices.Where(d => ids.Contains(d.Id)).ExecuteDeleteAsync(cancellationToken);
        context.KnownDevices.Add(new() { Id = Uuid7.New(now), UserId = user, Hash = hash, CreatedAt = now, LastUsedAt = now });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (context.KnownDevices.AsNoTracking().Any(d => d.UserId == user && d.Hash == hash))
        {
            // Two sign-ins at once in one browser
        }
        return token!;
    }

    private static bool IsOne(string? token) => token is { Length: > 20 and < MaxLength } && token.StartsWith(Prefix, StringComparison.Ordinal);
}
