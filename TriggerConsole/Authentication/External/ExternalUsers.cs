using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Authentication.External;

/// <summary>Finds the user for someone who has signed in elsewhere.</summary>
internal sealed class ExternalUsers(UserManager<User> users, ExternalProviders providers, IOptions<ExternalSignInOptions> options, IAuditTrail audit, TimeProvider time)
{
    /// <summary>The user; null when there is none, and none is to be made.</summary>
    public async Task<User?> FindAsync(ExternalIdentity identity, CancellationToken cancellationToken)
    {
        if (await users.FindByLoginAsync(identity.Provider, identity.Subject) is { } known) return known;
        // By e-mail only once, and only when the provider vouches for it: from then on by the id that never changes
        if (!identity.IsVerified || identity.Email is not { Length: > 0 } email) return null;
        if (await users.FindByEmailAsync(email) is not { } user)
        {
            if (options.Value.NewUsers.Role is not { } role || !IsOfDomain(email)) return null;
            user = new() { Id = Uuid7.New(time.Now()), UserName = email, Email = email, EmailConfirmed = true, Role = role, CreatedAt = time.Now() };
            if (!(await users.CreateAsync(user)).Succeeded) return null;
        }
        try
        {
            var title = providers.Find(identity.Provider)?.Title ?? identity.Provider;
            if (!(await users.AddLoginAsync(user, new(identity.Provider, identity.Subject, title))).Succeeded) return null;
            await audit.RecordAsync(new("user.connect", AuditOutcome.Done, "user", user.Id.ToString(), user.Email, $"Signs in with {title} from now on."), cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Two sign-ins at once: the other one has written it
            return await users.FindByLoginAsync(identity.Provider, identity.Subject);
        }
        return user;
    }

    private bool IsOfDomain(string email)
        => options.Value.NewUsers.Domains.Count == 0 || options.Value.NewUsers.Domains.Any(d => email.EndsWith("@" + d.TrimStart('@'), StringComparison.OrdinalIgnoreCase));
}
