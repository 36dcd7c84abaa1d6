using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Identity.Passwords;

/// <summary>Whose password it is; null when it is wrong or there were too many tries, and nobody learns which.</summary>
/// <param name="Known">The user that was named, right password or not; for records alone.</param>
/// <param name="IsLockedOut">Refused without a look, because there were too many tries.</param>
internal readonly record struct PasswordAnswer(User? User, User? Known, bool IsLockedOut);

/// <summary>Whether an e-mail address and a password belong together.</summary>
internal sealed class PasswordCheck(
    IDbContextFactory<TriggerConsoleDbContext> contexts, PasswordHashing hashing, TryCounters tries, KnownDevices devices, IAuditTrail audit, TimeProvider time)
{
    /// <summary>
    /// Checks and counts. Unknown addresses, wrong passwords and locked counters take the same time and the same steps.
    /// </summary>
    /// <param name="email">As it was typed.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="device">What the browser keeps from earlier sign-ins; null when it keeps nothing.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public async Task<PasswordAnswer> CheckAsync(string email, string password, string? device, CancellationToken cancellationToken)
    {
        var user = await FindAsync(email, cancellationToken);
        var counter = user is null ? TryCounters.OfStranger(email.Trim()) : await CounterOfAsync(user.Id, device, cancellationToken);
        return await TryAsync(user, counter, password, cancellationToken);
    }

    /// <summary>The same for a user who is signed in and is asked again before something that counts.</summary>
    public async Task<PasswordAnswer> CheckAsync(User user, string password, string? device, CancellationToken cancellationToken)
        => await TryAsync(user, await CounterOfAsync(user.Id, device, cancellationToken), password, cancellationToken);

    public async Task<User?> FindAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = UserNames.Normalize(email);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Users.AsNoTracking().Where(u => u.NormalizedEmail == normalized).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<string> CounterOfAsync(Guid user, string? device, CancellationToken cancellationToken)
        => await devices.FindAsync(user, device, cancellationToken) is { } known ? TryCounters.PasswordOf(user, known) : TryCounters.PasswordOf(user);

    private async Task<PasswordAnswer> TryAsync(User? user, string counter, string password, CancellationToken cancellationToken)
    {
        var ticket = await tries.TakeAsync(counter, cancellationToken);
        var (isRight, isOld) = hashing.Verify(ticket.IsAllowed ? user : null, password);
        if (!ticket.IsAllowed) return new(null, user, true);
        if (isRight)
        {
            await tries.ForgetAsync(counter, cancellationToken);
            if (isOld) await RenewAsync(user!, password, cancellationToken);
            return new(user, user, false);
        }
        if (ticket.IsLast && user is not null)
            await audit.RecordAsync(new("user.lock-out", AuditOutcome.Refused, "user", user.Id.ToString(), user.Email, $"{TryCounters.Most} wrong passwords; further ones are refused for a while."), cancellationToken);
        return new(null, user, false);
    }

    // The work that a hash takes has been raised since it was made
    private async Task RenewAsync(User user, string password, CancellationToken cancellationToken)
    {
        var (old, renewed) = (user.PasswordHash, hashing.Hash(user, password));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Users.Where(u => u.Id == user.Id && u.PasswordHash == old).ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, renewed), cancellationToken);
    }

    /// <summary>Writes down when a user last signed in.</summary>
    public async Task StampAsync(Guid user, CancellationToken cancellationToken)
    {
        var now = time.Now();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Users.Where(u => u.Id == user).ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSignInAt, now), cancellationToken);
    }
}
