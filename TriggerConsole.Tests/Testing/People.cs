using System.Collections.Concurrent;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Mail;

namespace TriggerConsole.Tests.Testing;

/// <summary>Users for tests.</summary>
internal static class People
{
    public const string Password = "horses eat no cucumber salad";

    /// <summary>Someone who has chosen his password and has nothing to do first; another address each time.</summary>
    public static async Task<User> InviteAsync(this TestApp app, Role role = Role.Viewer)
    {
        var made = (await app.Get<UserCommands>().CreateAsync(new() { Email = $"{Guid.NewGuid():N}@example.com", Role = role }, CancellationToken.None)).Value!;
        return (await app.Get<PasswordCommands>().ChooseAsync(made.Link!.Token, Password, CancellationToken.None)).Value!;
    }
}

/// <summary>Keeps mails instead of sending them.</summary>
internal sealed class KeptMails : IMailSender
{
    public ConcurrentQueue<MailMessage> Sent { get; } = new();

    public Task SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        Sent.Enqueue(message);
        return Task.CompletedTask;
    }
}

/// <summary>Keeps acts instead of writing them down.</summary>
internal sealed class KeptActs : IAuditTrail
{
    public ConcurrentQueue<AuditAct> Acts { get; } = new();

    public ValueTask RecordAsync(AuditAct act, CancellationToken cancellationToken)
    {
        Acts.Enqueue(act);
        return ValueTask.CompletedTask;
    }

    public IEnumerable<(string Action, AuditOutcome Outcome)> Of(Guid user) => Acts.Where(a => a.SubjectId == user.ToString()).Select(a => (a.Action, a.Outcome));
}
