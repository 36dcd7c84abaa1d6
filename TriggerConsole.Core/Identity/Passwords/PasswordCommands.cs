using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity.Links;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Identity.Passwords;

/// <summary>New passwords: changed by their users, or chosen by a link. Either signs the user out everywhere else.</summary>
internal sealed class PasswordCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, PasswordHashing hashing, PasswordCheck check, UserLinks links, SignedInPlaces places, TryCounters tries, AccountMails mails, IAuditTrail audit)
{
    /// <param name="user">Whose.</param>
    /// <param name="current">The present one.</param>
    /// <param name="password">The new one.</param>
    /// <param name="device">What the browser keeps from earlier sign-ins.</param>
    /// <param name="session">The one that goes on.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public async Task<CommandResult<User>> ChangeAsync(User user, string current, string? password, string? device, Guid? session, CancellationToken cancellationToken)
    {
        // Whoever found a browser signed in may not try passwords for ever
        var answer = await check.CheckAsync(user, current, device, cancellationToken);
        if (answer.IsLockedOut) return new Refusal.Invalid("current", "There were too many wrong passwords. Wait a few minutes, then try again.");
        if (answer.User is null) return new Refusal.Invalid("current", "This is not your present password.");
        if (PasswordRules.Fault(password, user.Email, user.Name) is { } fault) return new Refusal.Invalid("password", fault);
        if (current == password) return new Refusal.Invalid("password", PasswordRules.WordsOf("same")!);
        var changed = await SetAsync(user.Id, password!, session, cancellationToken);
        await audit.RecordAsync(new("user.password-change", AuditOutcome.Done, "user", user.Id.ToString(), user.Email), cancellationToken);
        mails.TellPasswordChanged(changed);
        return changed;
    }

    /// <summary>By an invitation or a reset: the link is used up, the tries of strangers are forgotten. Signs nobody in; a second factor is still asked for.</summary>
    public async Task<CommandResult<User>> ChooseAsync(string? token, string? password, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(token, cancellationToken) is not var (user, purpose)) return Gone();
        if (PasswordRules.Fault(password, user.Email, user.Name) is { } fault) return new Refusal.Invalid("password", fault);
        if (!await links.TakeAsync(token, cancellationToken)) return Gone();
        var changed = await SetAsync(user.Id, password!, null, cancellationToken);
        await tries.ForgetAllAsync(user.Id, cancellationToken);
        var action = purpose == LinkPurpose.Invitation ? "user.invitation-accept" : "user.password-reset";
        await audit.RecordAsync(new(action, AuditOutcome.Done, "user", user.Id.ToString(), user.Email, "By a link that is good for one use."), cancellationToken);
        if (purpose == LinkPurpose.Reset) mails.TellPasswordChanged(changed);
        return changed;
    }

    private async Task<User> SetAsync(Guid id, string password, Guid? session, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var user = await context.Users.SingleAsync(u => u.Id == id, cancellationToken);
        user.PasswordHash = hashing.Hash(user, password);
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        (user.MustChangePassword, user.EmailConfirmed) = (false, true);
        await context.SaveChangesAsync(cancellationToken);
        await links.DropAsync(id, cancellationToken);
        await places.EndAllAsync(user, session, null, cancellationToken); // the one that goes on is looked at again: it may do more now
        return user;
    }

    private static Refusal.Conflict Gone() => new("This link has been used, or it is too old. Ask for a new one.");
}
