using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Egress;

namespace TriggerConsole.Core.Mail;

/// <summary>Sends mails.</summary>
internal interface IMailSender
{
    /// <exception cref="MailException">It was not sent; says why.</exception>
    Task SendAsync(MailMessage message, CancellationToken cancellationToken);
}

/// <summary>
/// Hands mails to the configured server (RFC 5321, RFC 6409). The way out is the one of all protocols: the egress policy judges the
/// address, and TLS is verified alike. Encryption that was asked for and is not offered ends it; it is never done without.
/// </summary>
internal sealed class MailSender(EgressConnector egress, TlsClient tls, IOptions<MailOptions> options, TimeProvider time) : IMailSender
{
    /// <summary>Limit for one mail, from the look-up of the name to the server's word that it has it.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TlsPeer s_peer = new() { PlainHint = "Check Mail:Port and Mail:Security: port 587 goes with StartTls, port 465 with Tls" };

    private MailOptions Options => options.Value;

    public async Task SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        if (!Options.IsOn) throw new MailException("No mail server is configured (Mail:Host).", isTransient: false);
        // Made before anything is sent: a mail that cannot be one costs no connection
        var text = MailText.Compose(message, Options.From!, Options.FromName, $"{Guid.NewGuid():N}@{DomainOf(Options.From!)}", time.GetUtcNow());
        using var limited = new CancellationTokenSource(Limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limited.Token);
        try
        {
            await ConnectAndSendAsync(message, text, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MailException($"{Options.Host} did not take the mail within {Limit.TotalSeconds:0} s.", isTransient: true);
        }
        catch (EgressException exception)
        {
            throw new MailException(exception.Message, IsTransient(exception.Failure), exception);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new MailException($"The connection to {Options.Host} broke.", isTransient: true, exception);
        }
    }

    private async Task ConnectAndSendAsync(MailMessage message, string text, CancellationToken cancellationToken)
    {
        var trace = new ConnectTrace();
        var connection = await egress.ConnectAsync(Options.Host!, Options.Port, trace, cancellationToken);
        if (!connection.IsConnected) throw new EgressException(connection.Failure);
        var socket = connection.Socket;
        var self = NameOf(socket);
        Stream stream = Options.Security == MailSecurity.Tls
            ? await tls.AuthenticateAsync(socket, Options.Host!, s_peer, trace, cancellationToken)
            : new NetworkStream(socket, ownsSocket: true);
        try
        {
            var talk = new SmtpConversation(stream, Options.Host!);
            Expect(await talk.HearAsync(cancellationToken), "does not take mails now");
            var hello = await HelloAsync(talk, self, cancellationToken);
            if (Options.Security == MailSecurity.StartTls)
            {
                if (!Offers(hello, "STARTTLS")) throw new MailException($"{Options.Host} offers no encryption (STARTTLS). Nothing was sent. Check Mail:Port and Mail:Security.", isTransient: false);
                Expect(await talk.SayAsync("STARTTLS", cancellationToken), "does not begin the encryption");
                if (talk.HasMore) throw new MailException($"{Options.Host} sent more than was asked for before the encryption began. Nothing was sent: someone may be in between.", isTransient: false);
                stream = await tls.AuthenticateAsync(socket, Options.Host!, s_peer, trace, cancellationToken);
                talk = new(stream, Options.Host!);
                hello = await HelloAsync(talk, self, cancellationToken); // what was said before counts for nothing (RFC 3207, section 4.2)
            }
            if (!string.IsNullOrEmpty(Options.UserName)) await SignInAsync(talk, hello, cancellationToken);
            await SendAsync(talk, hello, message, text, cancellationToken);
            await talk.SayAsync("QUIT", cancellationToken);
        }
        finally
        {
            await stream.DisposeAsync();
            socket.Dispose();
        }
    }

    private async Task<SmtpReply> HelloAsync(SmtpConversation talk, string self, CancellationToken cancellationToken)
        => Expect(await talk.SayAsync($"EHLO {self}", cancellationToken), "refused the greeting");

    // RFC 4954, and LOGIN for servers that know nothing else
    private async Task SignInAsync(SmtpConversation talk, SmtpReply hello, CancellationToken cancellationToken)
    {
        var ways = hello.Lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(w => w.Length > 0 && w[0].Equals("AUTH", StringComparison.OrdinalIgnoreCase)) ?? [];
        SmtpReply reply;
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase)) reply = await talk.SayAsync($"AUTH PLAIN {Base64($"\0{Options.UserName}\0{Options.Password}")}", cancellationToken);
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await talk.SayAsync("AUTH LOGIN", cancellationToken);
            if (reply.Code == 334) reply = await talk.SayAsync(Base64(Options.UserName!), cancellationToken);
            if (reply.Code == 334) reply = await talk.SayAsync(Base64(Options.Password!), cancellationToken);
        }
        else throw new MailException($"{Options.Host} takes none of the ways to sign in that TriggerConsole knows (PLAIN, LOGIN).", isTransient: false);
        // Not its text: it may repeat what it was told
        if (reply.Code != 235) throw new MailException($"{Options.Host} refused the sign-in ({reply.Code}). Check Mail:UserName and Mail:Password.", reply.IsTransient);
    }

    private async Task SendAsync(SmtpConversation talk, SmtpReply hello, MailMessage message, string text, CancellationToken cancellationToken)
    {
        var (from, to) = (MailAddresses.ForWire(Options.From!), MailAddresses.ForWire(message.To));
        var isInternational = !Ascii.IsValid(from) || !Ascii.IsValid(to);
        if (isInternational && !Offers(hello, "SMTPUTF8")) throw new MailException($"{Options.Host} takes no addresses with letters beyond ASCII (SMTPUTF8).", isTransient: false);
        Expect(await talk.SayAsync($"MAIL FROM:<{from}>{(isInternational ? " SMTPUTF8" : "")}", cancellationToken), $"does not take mails from {from}");
        Expect(await talk.SayAsync($"RCPT TO:<{to}>", cancellationToken), "does not take mails to this address");
        var reply = await talk.SayAsync("DATA", cancellationToken);
        if (reply.Code != 354) throw Refused(reply, "does not take the mail");
        Expect(await talk.SendDataAsync(text, cancellationToken), "did not take the mail");
    }

    private SmtpReply Expect(SmtpReply reply, string otherwise) => reply.Code is >= 200 and < 300 ? reply : throw Refused(reply, otherwise);

    private MailException Refused(SmtpReply reply, string what) => new($"{Options.Host} {what}: {reply.Text}", reply.IsTransient);

    private static bool Offers(SmtpReply hello, string extension) => hello.Lines.Skip(1).Any(l => l.Trim().Equals(extension, StringComparison.OrdinalIgnoreCase) || l.StartsWith(extension + " ", StringComparison.OrdinalIgnoreCase));

    private static bool IsTransient(EgressFailure failure) => failure.Fault is EgressFault.Dns or EgressFault.Refused or EgressFault.Unreachable or EgressFault.TimedOut;

    // RFC 5321, section 4.1.3: our address, because this machine need not have a name that others know
    private static string NameOf(Socket socket) => socket.LocalEndPoint is IPEndPoint { Address: var address }
        ? address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6 ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]" : $"[{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}]"
        : "[127.0.0.1]";

    private static string DomainOf(string address) => MailAddresses.ForWire(address).Split('@')[^1];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
