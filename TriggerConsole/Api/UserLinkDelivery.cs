using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Links;
using TriggerConsole.Core.Mail;

namespace TriggerConsole.Api;

/// <summary>Brings a link to its user: by mail, or into the hands of the administrator who asked for it.</summary>
internal sealed class UserLinkDelivery(AccountMails mails, CallbackUrls urls)
{
    /// <param name="user">Who gets it.</param>
    /// <param name="link">Just made.</param>
    /// <param name="byMail">Shown otherwise; also shown when it cannot be mailed, with the reason.</param>
    /// <param name="cancellationToken">Ends the wait for the mail server.</param>
    /// <param name="seenAt">Where a page's reader sees this server; null in a request.</param>
    public async Task<LinkResponse> DeliverAsync(User user, MadeLink link, bool byMail, CancellationToken cancellationToken, string? seenAt = null)
    {
        var url = (seenAt is null ? urls.Base : urls.PublicOr(seenAt)) + link.Path;
        if (!byMail) return new(url, link.ExpiresAt, false, null);
        try
        {
            await mails.SendLinkAsync(user, link, url, cancellationToken);
            return new(null, link.ExpiresAt, true, null);
        }
        catch (MailException exception)
        {
            return new(url, link.ExpiresAt, false, exception.Message);
        }
    }
}
