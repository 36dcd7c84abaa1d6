using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity.Links;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Identity.TwoFactor;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Identity;

/// <summary>A user who was made.</summary>
/// <param name="Link">By which he chooses his password; null when he was given one.</param>
internal sealed record CreatedUser(User User, MadeLink? Link);

/// <summary>
/// What administrators do with users. Whatever could leave the console without an administrator is done by one at a time, on all nodes
/// together: of two who demote each other at once, the second is refused.
/// </summary>
internal sealed class UserCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, INodeStore nodes, PasswordHashing hashing, UserLinks links, SignedInPlaces places, SessionEndings endings, TwoFactors twoFactors, TryCounters tries,
    AccountMails mails, IAuditTrail audit, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public Task<CommandResult<CreatedUser>> CreateAsync(UserInput input, CancellationToken cancellationToken) => CreateAsync(input, isFirst: false, mayBeGuessable: false, cancellationToken);

    /// <summary>The first administrator, whose password is his own. Refused once there is a user.</summary>
    /// <param name="email">Whose.</param>
    /// <param name="password">Chosen by him, or in the configuration.</param>
    /// <param name="mayBeGuessable">From a configuration, which must not keep a server from starting: such a password has to be changed at the first sign-in.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public async Task<CommandResult<User>> CreateFirstAsync(string email, string password, bool mayBeGuessable, CancellationToken cancellationToken)
    {
        var made = await CreateAsync(new() { Email = email, Password = password, Role = Role.Administrator }, isFirst: true, mayBeGuessable, cancellationToken);
        return made.Refusal is { } refusal ? refusal : made.Value!.User;
    }

    /// <param name="id">Who is changed.</param>
    /// <param name="change">What is changed.</param>
    /// <param name="actor">The user who asks; null for a program.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public Task<CommandResult<User>> ChangeAsync(Guid id, UserChange change, Guid? actor, CancellationToken cancellationToken) => AloneAsync<User>(async context =>
    {
        if (await FindAsync(context, id, cancellationToken) is not { } user) return NotFound();
        var name = change.Name?.Trim();
        if (name?.Length > User.MaxNameLength) return new Refusal.Invalid("name", $"A name has at most {User.MaxNameLength} characters.");
        var role = change.Role ?? user.Role;
        if (role != user.Role && id == actor) return new Refusal.Conflict("Nobody changes his own role. Ask another administrator.");
        if (role < Role.Administrator && await IsLastAsync(context, user, cancellationToken)) return LastAdministrator();
        var isLess = role < user.Role;
        if (name is not null) user.Name = name.Length == 0 ? null : name;
        user.Role = role;
        if (isLess) user.SecurityStamp = NewStamp();
        await context.SaveChangesAsync(cancellationToken);
        // What was open with the old role ends; a role that allows more is found at the next look
        if (isLess) await places.EndAllAsync(user, null, "his role was lowered", cancellationToken);
        else endings.LookAgain(id);
        return user;
    }, cancellationToken);

    /// <summary>Keeps a user out, and throws him out where he is signed in.</summary>
    public Task<CommandResult<User>> LockAsync(Guid id, Guid? actor, CancellationToken cancellationToken) => AloneAsync<User>(async context =>
    {
        if (await FindAsync(context, id, cancellationToken) is not { } user) return NotFound();
        if (id == actor) return new Refusal.Conflict("Nobody locks himself out.");
        if (await IsLastAsync(context, user, cancellationToken)) return LastAdministrator();
        user.LockedAt ??= time.Now();
        user.SecurityStamp = NewStamp();
        await context.SaveChangesAsync(cancellationToken);
        await links.DropAsync(id, cancellationToken);
        await places.EndAllAsync(user, null, "he was locked", cancellationToken);
        return user;
    }, cancellationToken);

    /// <summary>Lets a user in again, also one who typed too many wrong passwords.</summary>
    public Task<CommandResult<User>> UnlockAsync(Guid id, CancellationToken cancellationToken) => AloneAsync<User>(async context =>
    {
        if (await FindAsync(context, id, cancellationToken) is not { } user) return NotFound();
        user.LockedAt = null;
        await context.SaveChangesAsync(cancellationToken);
        await tries.ForgetAllAsync(id, cancellationToken);
        endings.LookAgain(id);
        return user;
    }, cancellationToken);

    public Task<CommandResult<User>> DeleteAsync(Guid id, Guid? actor, CancellationToken cancellationToken) => AloneAsync<User>(async context =>
    {
        if (await FindAsync(context, id, cancellationToken) is not { } user) return NotFound();
        if (id == actor) return new Refusal.Conflict("Nobody deletes himself. Ask another administrator.");
        if (await IsLastAsync(context, user, cancellationToken)) return LastAdministrator();
        await places.EndAllAsync(user, null, "he was deleted", cancellationToken);
        await tries.ForgetAllAsync(id, cancellationToken);
        context.Users.Remove(user);
        await context.SaveChangesAsync(cancellationToken);
        endings.LookAgain(id);
        return user;
    }, cancellationToken);

    /// <summary>A link by which a user chooses a new password (or his first), for an administrator to hand over or to mail.</summary>
    public async Task<CommandResult<CreatedUser>> MakeLinkAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } user) return NotFound();
        if (user.LockedAt is not null) return new Refusal.Conflict("This user is locked. Unlock him first.");
        var link = await links.MakeAsync(id, user.PasswordHash is null ? LinkPurpose.Invitation : LinkPurpose.Reset, cancellationToken);
        await audit.RecordAsync(new("user.link-make", AuditOutcome.Done, "user", id.ToString(), user.Email, $"{link!.Purpose}: a link that is good for one use."), cancellationToken);
        return new CreatedUser(user, link);
    }

    /// <summary>For a user who has lost his app and his recovery codes.</summary>
    public async Task<CommandResult<User>> RemoveTwoFactorAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } user) return NotFound();
        if (await twoFactors.RemoveAsync(id, cancellationToken)) mails.TellTwoFactorOff(user);
        endings.LookAgain(id);
        return user;
    }

    /// <summary>
    /// For whoever runs the server and may read its database anyway: lets a user in again who has lost his password, or his app and his
    /// recovery codes. He is unlocked, his second factor is turned off, he is signed out everywhere, and his role stays.
    /// </summary>
    /// <returns>With a link by which he chooses a new password.</returns>
    public Task<CommandResult<CreatedUser>> RecoverAsync(string email, CancellationToken cancellationToken) => AloneAsync<CreatedUser>(async context =>
    {
        var normalized = UserNames.Normalize(email.Trim());
        if (await context.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, cancellationToken) is not { } user) return NotFound();
        user.LockedAt = null;
        user.SecurityStamp = NewStamp();
        await context.SaveChangesAsync(cancellationToken);
        await twoFactors.RemoveAsync(user.Id, cancellationToken);
        await tries.ForgetAllAsync(user.Id, cancellationToken);
        await places.EndAllAsync(user, null, "the account was recovered", cancellationToken);
        var link = await links.MakeAsync(user.Id, user.PasswordHash is null ? LinkPurpose.Invitation : LinkPurpose.Reset, cancellationToken);
        await audit.RecordAsync(new("user.recover", AuditOutcome.Done, "user", user.Id.ToString(), user.Email, "By the command line: unlocked, two-factor sign-in off, and a link for a new password."), cancellationToken);
        return new CreatedUser(user, link);
    }, cancellationToken);

    public void Dispose() => _gate.Dispose();

    private Task<CommandResult<CreatedUser>> CreateAsync(UserInput input, bool isFirst, bool mayBeGuessable, CancellationToken cancellationToken) => AloneAsync<CreatedUser>(async context =>
    {
        if (isFirst && await context.Users.AnyAsync(cancellationToken)) return new Refusal.Conflict("TriggerConsole has been set up already. Sign in instead.");
        var (email, name) = (input.Email.Trim(), input.Name?.Trim());
        var errors = new FieldErrors();
        if (MailAddresses.Fault(email) is { } fault) errors.Add("email", fault);
        if (name?.Length > User.MaxNameLength) errors.Add("name", $"A name has at most {User.MaxNameLength} characters.");
        if (!Enum.IsDefined(input.Role)) errors.Add("role", "Give Viewer, Operator, Editor or Administrator.");
        var weakness = input.Password is null ? null : PasswordRules.KeyOf(input.Password, email, name);
        if (weakness is not null && !(mayBeGuessable && PasswordRules.IsGuessable(weakness))) errors.Add("password", PasswordRules.WordsOf(weakness)!);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        var (now, normalized) = (time.Now(), UserNames.Normalize(email));
        if (await context.Users.AnyAsync(u => u.NormalizedEmail == normalized || u.NormalizedUserName == normalized, cancellationToken)) return new Refusal.Conflict($"There is a user {email} already.");
        var user = new User
        {
            Id = Uuid7.New(now),
            UserName = email,
            NormalizedUserName = normalized,
            Email = email,
            NormalizedEmail = normalized,
            EmailConfirmed = isFirst,
            Name = string.IsNullOrEmpty(name) ? null : name,
            Role = input.Role,
            SecurityStamp = NewStamp(),
            CreatedAt = now,
            MustChangePassword = input.Password is not null && (!isFirst || weakness is not null),
        };
        if (input.Password is not null) user.PasswordHash = hashing.Hash(user, input.Password);
        context.Users.Add(user);
        await context.SaveChangesAsync(cancellationToken);
        return new CreatedUser(user, input.Password is null ? await links.MakeAsync(user.Id, LinkPurpose.Invitation, cancellationToken) : null);
    }, cancellationToken);

    private async Task<CommandResult<T>> AloneAsync<T>(Func<TriggerConsoleDbContext, Task<CommandResult<T>>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await using var alone = await nodes.EnterAloneAsync(cancellationToken);
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            return await work(context);
        }
        finally
        {
            _gate.Release();
        }
    }

    // One who is locked, or has never chosen a password, helps nobody
    private static async Task<bool> IsLastAsync(TriggerConsoleDbContext context, User user, CancellationToken cancellationToken)
        => user.Role == Role.Administrator && !await context.Users.AnyAsync(
            u => u.Id != user.Id && u.Role == Role.Administrator && u.LockedAt == null && (u.PasswordHash != null || context.UserLogins.Any(l => l.UserId == u.Id)), cancellationToken);

    private static Task<User?> FindAsync(TriggerConsoleDbContext context, Guid id, CancellationToken cancellationToken) => context.Users.SingleOrDefaultAsync(u => u.Id == id, cancellationToken);

    private static string NewStamp() => Guid.NewGuid().ToString("N");

    private static Refusal.NotFound NotFound() => new("There is no such user.");

    private static Refusal.Conflict LastAdministrator() => new("This is the last administrator who can sign in. Make another one first.");
}
