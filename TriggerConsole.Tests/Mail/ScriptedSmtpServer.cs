using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TriggerConsole.Tests.Mail;

/// <summary>How a mail server behaves in a test.</summary>
internal sealed record SmtpScript
{
    public string Greeting { get; init; } = "220 mail.test ESMTP";

    public bool OffersStartTls { get; init; } = true;

    /// <summary>TLS from the first byte.</summary>
    public bool IsTls { get; init; }

    /// <summary>Sent in clear with the answer to STARTTLS, as someone in between would.</summary>
    public string Injected { get; init; } = "";

    public string AuthWays { get; init; } = "PLAIN LOGIN";

    public string AuthAnswer { get; init; } = "235 2.7.0 welcome";

    public string RecipientAnswer { get; init; } = "250 2.1.5 ok";

    public bool OffersUtf8 { get; init; }
}

/// <summary>A mail server that does what a script says and remembers what it was told.</summary>
internal sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SmtpScript _script;
    private readonly X509Certificate2? _certificate;
    private readonly Task _running;

    public ScriptedSmtpServer(SmtpScript script, X509Certificate2? certificate = null)
    {
        (_script, _certificate) = (script, certificate);
        _listener.Start();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Commands, each with whether it came encrypted.</summary>
    public List<(string Line, bool IsEncrypted)> Commands { get; } = [];

    /// <summary>Mails as they came, before their dots are taken out.</summary>
    public List<string> Mails { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                await TalkAsync(new NetworkStream(socket));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException or System.Security.Authentication.AuthenticationException) { }
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var isEncrypted = false;
        if (_script.IsTls) (stream, isEncrypted) = (await EncryptAsync(stream), true);
        await SayAsync(stream, _script.Greeting);
        while (await HearAsync(stream) is { } line)
        {
            Commands.Add((line, isEncrypted));
            switch (line.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync(stream, $"250-mail.test\r\n{(_script.OffersStartTls && !isEncrypted ? "250-STARTTLS\r\n" : "")}{(_script.OffersUtf8 ? "250-SMTPUTF8\r\n" : "")}250-AUTH {_script.AuthWays}\r\n250 8BITMIME");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go on" + (_script.Injected.Length > 0 ? "\r\n" + _script.Injected : ""));
                    (stream, isEncrypted) = (await EncryptAsync(stream), true);
                    break;
                case "AUTH" when line == "AUTH LOGIN":
                    await SayAsync(stream, "334 VXNlcm5hbWU6");
                    Commands.Add((await HearAsync(stream) ?? "", isEncrypted));
                    await SayAsync(stream, "334 UGFzc3dvcmQ6");
                    Commands.Add((await HearAsync(stream) ?? "", isEncrypted));
                    await SayAsync(stream, _script.AuthAnswer);
                    break;
                case "AUTH":
                    await SayAsync(stream, _script.AuthAnswer);
                    break;
                case "RCPT":
                    await SayAsync(stream, _script.RecipientAnswer);
                    break;
                case "DATA":
                    await SayAsync(stream, "354 end with a dot");
                    var mail = new StringBuilder();
                    while (await HearAsync(stream) is { } text && text != ".") mail.Append(text).Append("\r\n");
                    Mails.Add(mail.ToString());
                    await SayAsync(stream, "250 2.0.0 taken");
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, "250 ok");
                    break;
            }
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(_certificate!, null, offline: true) }, _stop.Token);
        return secure;
    }

    private Task SayAsync(Stream stream, string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), _stop.Token).AsTask();

    private async Task<string?> HearAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return null;
    }
}
