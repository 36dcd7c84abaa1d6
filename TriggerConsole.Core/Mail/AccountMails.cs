using System.Globalization;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Links;

namespace TriggerConsole.Core.Mail;

/// <summary>What users are written about their accounts. Without a mail server nothing is, and nobody waits for it.</summary>
internal sealed class AccountMails(IMailSender sender, MailQueue queue, IOptions<MailOptions> options, TimeProvider time)
{
    private const string Unwanted = "If you did not expect this, tell your administrator.";

    /// <summary>Whether there is a mail server.</summary>
    public bool IsOn => options.Value.IsOn;

    /// <summary>Sends a link at once, because someone waits for the outcome.</summary>
    /// <exception cref="MailException">It was not sent; says why.</exception>
    public Task SendLinkAsync(User user, MadeLink link, string url, CancellationToken cancellationToken) => sender.SendAsync(Compose(user, link, url), cancellationToken);

    /// <summary>Sends a link when its turn comes.</summary>
    public void QueueLink(User user, MadeLink link, string url) => queue.Add(Compose(user, link, url));

    public void TellPasswordChanged(User user) => Tell(user, "Your password was changed", "The password of your account was changed, and you were signed out wherever else you were signed in.");

    public void TellTwoFactorOn(User user) => Tell(user, "Two-factor sign-in is on", "From now on signing in to your account asks for a code of your authenticator app.");

    public void TellTwoFactorOff(User user) => Tell(user, "Two-factor sign-in is off", "From now on signing in to your account asks for the password alone.");

    public void TellRecoveryCode(User user, int left) => Tell(user, "A recovery code was used", $"Someone signed in to your account with the password and a recovery code. {left} recovery codes are left.");

    private static MailMessage Compose(User user, MadeLink link, string url)
    {
        var until = link.ExpiresAt.ToUniversalTime().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return link.Purpose == LinkPurpose.Invitation
            ? new(user.Email!, "You are invited to TriggerConsole", $"You have an account at TriggerConsole. Choose your password here:\n\n{url}\n\nThe link is good for one use, until {until}.\n{Unwanted}\n")
            : new(user.Email!, "Choose a new password", $"Someone asked for a new password for your account at TriggerConsole. Choose it here:\n\n{url}\n\nThe link is good for one use, until {until}. As long as it is not used, your password stays as it is.\nIf it was not you, there is nothing to do.\n");
    }

    private void Tell(User user, string subject, string what)
    {
        if (IsOn && !string.IsNullOrEmpty(user.Email)) queue.Add(new(user.Email, subject, $"{what}\n\nThis happened on {time.GetUtcNow().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture)}. If it was not you, tell your administrator at once.\n"));
    }
}
