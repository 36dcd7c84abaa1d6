using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using TriggerConsole.Core;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity.Links;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Mail;
using TriggerConsole.Hosting;

namespace TriggerConsole.Authentication;

/// <summary>
/// Mails links to those who have forgotten their password. The request that asks only puts the address into a queue: whether there is such
/// an account is looked up afterwards, so neither the answer nor the time it takes says anything of that.
/// </summary>
internal sealed partial class ForgottenPasswords(
    PasswordCheck passwords, UserLinks links, AccountMails mails, IAuditTrail audit, IOptions<ServerOptions> server, TimeProvider time, ILogger<ForgottenPasswords> logger) : BackgroundService
{
    private const int Capacity = 100;

    // Nobody is flooded by someone else who asks again and again
    private static readonly TimeSpan s_leastPause = TimeSpan.FromMinutes(2);

    private readonly Channel<(string Email, string? Address)> _asked = Channel.CreateBounded<(string, string?)>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="email">As it was typed.</param>
    /// <param name="address">Of whoever asks.</param>
    public void Ask(string email, string? address)
    {
        if (mails.IsOn && MailAddresses.Fault(email.Trim()) is null) _asked.Writer.TryWrite((email, address));
    }

    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (email, address) = await _asked.Reader.ReadAsync(cancellationToken);
        // Who signs in elsewhere, or has not accepted his invitation, has no password to forget
        if (await passwords.FindAsync(email, cancellationToken) is not { LockedAt: null, PasswordHash: not null } user) return;
        if (await links.MakeAsync(user.Id, LinkPurpose.Reset, cancellationToken, notAfter: time.Now() - s_leastPause) is not { } link) return;
        mails.QueueLink(user, link, server.Value.PublicUrl!.TrimEnd('/') + link.Path);
        await audit.RecordAsync(new("user.password-forgotten", AuditOutcome.Done, "user", user.Id.ToString(), user.Email, "A link was mailed to the address of the account.", new(AuditActorKind.Nobody, null, "nobody", address)), cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { /* normal stop */ }
            catch (Exception exception) when (exception is DbException or TimeoutException or Microsoft.EntityFrameworkCore.DbUpdateException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(1313, LogLevel.Warning, "Someone who has forgotten a password gets no mail: the database does not answer.")]
    private partial void LogFailed(Exception exception);
}

/// <summary>A link in a mail must not lead where the sender of a request says that we are.</summary>
internal sealed class MailNeedsPublicUrl(IOptions<ServerOptions> server) : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
        => string.IsNullOrEmpty(options.Host) || Uri.TryCreate(server.Value.PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Mail:Host is set, but Server:PublicUrl is not the address people reach the console by: links in mails need it (https://hooks.example.com).");
}
