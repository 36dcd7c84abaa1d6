using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Identity.TwoFactor;

/// <summary>What to type or photograph into an authenticator app.</summary>
/// <param name="Secret">In base32.</param>
/// <param name="Uri">What the picture says.</param>
internal sealed record TwoFactorSetup(string Secret, string Uri);

/// <summary>Recovery codes, shown once.</summary>
internal sealed record IssuedCodes(IReadOnlyList<string> Codes);

/// <summary>What a second step came to.</summary>
internal enum CodeAnswer
{
    Right,

    /// <summary>Right, and one recovery code less.</summary>
    RecoveryCode,
    Wrong,

    /// <summary>Refused without a look, because there were too many tries.</summary>
    LockedOut,
}

/// <summary>
/// The second factor: set up, confirmed by a code before it counts, and asked for at each sign-in. A code of the app is taken once, a
/// recovery code as well.
/// </summary>
internal sealed class TwoFactors(
    IDbContextFactory<TriggerConsoleDbContext> contexts, SecretProtector protector, TryCounters tries, IAuditTrail audit, TimeProvider time)
{
    // What was begun and left
    private static readonly TimeSpan s_setupLifetime = TimeSpan.FromHours(1);

    /// <summary>Begins, or begins again; the secret counts for nothing until <see cref="ConfirmAsync"/>.</summary>
    public async Task<CommandResult<TwoFactorSetup>> BeginAsync(User user, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.TwoFactors.SingleOrDefaultAsync(t => t.UserId == user.Id, cancellationToken);
        if (stored?.ConfirmedAt is not null) return new Refusal.Conflict("Two-factor sign-in is on already. Turn it off before you set up another app.");
        var secret = Base32.Encode(Totp.NewSecret());
        if (stored is null) context.TwoFactors.Add(new() { UserId = user.Id, ProtectedSecret = protector.Protect(secret), CreatedAt = time.Now() });
        else (stored.ProtectedSecret, stored.CreatedAt) = (protector.Protect(secret), time.Now());
        await context.SaveChangesAsync(cancellationToken);
        return new TwoFactorSetup(secret, Totp.UriOf(secret, user.Email ?? ""));
    }

    /// <summary>What was begun and is not confirmed yet; null when nothing was.</summary>
    public async Task<TwoFactorSetup?> PendingAsync(User user, CancellationToken cancellationToken)
    {
        var oldest = time.Now() - s_setupLifetime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.TwoFactors.AsNoTracking().SingleOrDefaultAsync(t => t.UserId == user.Id && t.ConfirmedAt == null && t.CreatedAt > oldest, cancellationToken);
        if (stored is null) return null;
        var secret = protector.Unprotect(stored.ProtectedSecret);
        return new(secret, Totp.UriOf(secret, user.Email ?? ""));
    }

    /// <summary>Turns it on, when the code shows that the app works.</summary>
    /// <returns>The recovery codes, shown this once.</returns>
    public async Task<CommandResult<IssuedCodes>> ConfirmAsync(Guid user, string code, CancellationToken cancellationToken)
    {
        var (now, oldest) = (time.Now(), time.Now() - s_setupLifetime);
        if (!(await tries.TakeAsync(TryCounters.CodeOf(user), cancellationToken)).IsAllowed) return new Refusal.Invalid("code", "There were too many wrong codes. Wait a few minutes, then try again.");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.TwoFactors.SingleOrDefaultAsync(t => t.UserId == user && t.ConfirmedAt == null && t.CreatedAt > oldest, cancellationToken);
        if (stored is null) return new Refusal.Conflict("There is nothing to confirm, or it was begun more than an hour ago. Begin again.");
        if (Totp.Match(SecretOf(stored), Digits(code), time.GetUtcNow()) is not { } step)
            return new Refusal.Invalid("code", "This is not the code that the app shows now. Check that the phone's clock is right, and type the code before it changes.");
        await tries.ForgetAsync(TryCounters.CodeOf(user), cancellationToken);
        (stored.ConfirmedAt, stored.LastStep) = (now, step);
        var codes = await ReplaceCodesAsync(context, stored, now, cancellationToken);
        var row = await context.Users.SingleAsync(u => u.Id == user, cancellationToken);
        row.TwoFactorEnabled = true;
        await context.SaveChangesAsync(cancellationToken);
        await RecordAsync("user.two-factor-on", row, null, cancellationToken);
        return new IssuedCodes(codes);
    }

    /// <summary>Ten new recovery codes; the old ones no longer work.</summary>
    public async Task<CommandResult<IssuedCodes>> RenewCodesAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.TwoFactors.SingleOrDefaultAsync(t => t.UserId == user && t.ConfirmedAt != null, cancellationToken) is not { } stored) return new Refusal.Conflict("Two-factor sign-in is not on.");
        var codes = await ReplaceCodesAsync(context, stored, time.Now(), cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await RecordAsync("user.recovery-codes", await context.Users.AsNoTracking().SingleAsync(u => u.Id == user, cancellationToken), "New recovery codes were made.", cancellationToken);
        return new IssuedCodes(codes);
    }

    /// <summary>Turns it off and forgets everything of it.</summary>
    /// <returns>False when it was not on.</returns>
    public async Task<bool> RemoveAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Users.SingleOrDefaultAsync(u => u.Id == user, cancellationToken) is not { } row) return false;
        var wasOn = row.TwoFactorEnabled;
        await context.RecoveryCodes.Where(c => c.UserId == user).ExecuteDeleteAsync(cancellationToken);
        await context.TwoFactors.Where(t => t.UserId == user).ExecuteDeleteAsync(cancellationToken);
        row.TwoFactorEnabled = false;
        await context.SaveChangesAsync(cancellationToken);
        await tries.ForgetAsync(TryCounters.CodeOf(user), cancellationToken);
        if (wasOn) await RecordAsync("user.two-factor-off", row, null, cancellationToken);
        return wasOn;
    }

    public async Task<int> CodesLeftAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.RecoveryCodes.CountAsync(c => c.UserId == user, cancellationToken);
    }

    /// <summary>Checks a code of the app or a recovery code, uses it up, and counts the tries.</summary>
    public async Task<CodeAnswer> CheckAsync(User user, string code, CancellationToken cancellationToken)
    {
        var ticket = await tries.TakeAsync(TryCounters.CodeOf(user.Id), cancellationToken);
        if (!ticket.IsAllowed) return CodeAnswer.LockedOut;
        var answer = await TryAsync(user.Id, code, cancellationToken);
        if (answer != CodeAnswer.Wrong) await tries.ForgetAsync(TryCounters.CodeOf(user.Id), cancellationToken);
        if (answer == CodeAnswer.RecoveryCode) await RecordAsync("user.recovery-code", user, $"A recovery code was used; {await CodesLeftAsync(user.Id, cancellationToken)} are left.", cancellationToken);
        if (answer == CodeAnswer.Wrong && ticket.IsLast)
            await audit.RecordAsync(new("user.lock-out", AuditOutcome.Refused, "user", user.Id.ToString(), user.Email, $"{TryCounters.Most} wrong codes after the right password; further ones are refused for a while."), cancellationToken);
        return answer;
    }

    private async Task<CodeAnswer> TryAsync(Guid user, string code, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.TwoFactors.AsNoTracking().SingleOrDefaultAsync(t => t.UserId == user && t.ConfirmedAt != null, cancellationToken) is not { } stored) return CodeAnswer.Wrong;
        if (Digits(code) is { Length: Totp.Digits } digits)
        {
            // Of two who show the same code at once, one changes the row (RFC 6238 section 5.2)
            return Totp.Match(SecretOf(stored), digits, time.GetUtcNow()) is { } step
                && await context.TwoFactors.Where(t => t.UserId == user && t.LastStep < step).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastStep, step), cancellationToken) > 0
                    ? CodeAnswer.Right : CodeAnswer.Wrong;
        }
        if (RecoveryCodes.Clean(code) is not { } clean || stored.RecoverySalt is not { } salt) return CodeAnswer.Wrong;
        var hash = RecoveryCodes.Hash(clean, salt);
        return await context.RecoveryCodes.Where(c => c.UserId == user && c.Hash == hash).ExecuteDeleteAsync(cancellationToken) > 0 ? CodeAnswer.RecoveryCode : CodeAnswer.Wrong;
    }

    private static async Task<List<string>> ReplaceCodesAsync(TriggerConsoleDbContext context, StoredTwoFactor stored, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var codes = Enumerable.Range(0, RecoveryCodes.Count).Select(_ => RecoveryCodes.Create()).ToList();
        var salt = System.Security.Cryptography.RandomNumberGenerator.GetBytes(RecoveryCodes.SaltLength);
        context.RecoveryCodes.RemoveRange(await context.RecoveryCodes.Where(c => c.UserId == stored.UserId).ToListAsync(cancellationToken));
        foreach (var code in codes) context.RecoveryCodes.Add(new() { Id = Uuid7.New(now), UserId = stored.UserId, Hash = RecoveryCodes.Hash(RecoveryCodes.Clean(code)!, salt) });
        stored.RecoverySalt = salt;
        return codes;
    }

    private byte[] SecretOf(StoredTwoFactor stored) => Base32.Decode(protector.Unprotect(stored.ProtectedSecret));

    // Apps show the code in two groups
    private static string Digits(string code)
    {
        var text = string.Concat(code.Where(c => !char.IsWhiteSpace(c)));
        return text.All(char.IsAsciiDigit) ? text : "";
    }

    private ValueTask RecordAsync(string action, User user, string? detail, CancellationToken cancellationToken)
        => audit.RecordAsync(new(action, AuditOutcome.Done, "user", user.Id.ToString(), user.Email, detail), cancellationToken);
}
