using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Mail;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mail;

public sealed class MailSenderTests : IDisposable
{
    private const string Secret = "mail server's secret";

    private static readonly MailMessage s_message = new("anna@example.com", "Choose a new password", "First line\n.A line that begins with a dot\n.\nlast line\n");

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Send_StartTls_SaysNothingOfTheMailBeforeIt()
    {
        await using var server = new ScriptedSmtpServer(new(), _certificates.Make());

        await SendAsync(server);

        var before = server.Commands.TakeWhile(c => !c.IsEncrypted).Select(c => c.Line.Split(' ')[0]);
        Assert.Equal(["EHLO", "STARTTLS"], before);
        Assert.Equal(["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"], server.Commands.Where(c => c.IsEncrypted).Select(c => c.Line.Split(' ')[0]));
        Assert.Contains(("MAIL FROM:<console@example.org>", true), server.Commands);
        Assert.Contains(("RCPT TO:<anna@example.com>", true), server.Commands);
        Assert.Contains(($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0console\0{Secret}"))}", true), server.Commands);
    }

    [Fact]
    public async Task Send_LinesThatBeginWithADot_AreDoubledAndEndNothing()
    {
        await using var server = new ScriptedSmtpServer(new(), _certificates.Make());

        await SendAsync(server);

        var mail = Assert.Single(server.Mails);
        Assert.EndsWith("\r\nFirst line\r\n..A line that begins with a dot\r\n..\r\nlast line\r\n", mail, StringComparison.Ordinal);
        Assert.Contains("\r\nSubject: Choose a new password\r\n", mail, StringComparison.Ordinal);
        Assert.Contains("\r\nFrom: \"TriggerConsole\" <console@example.org>\r\n", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TlsFromTheFirstByte_Works()
    {
        await using var server = new ScriptedSmtpServer(new() { IsTls = true, AuthWays = "LOGIN" }, _certificates.Make());

        await SendAsync(server, new() { ["Mail:Security"] = "Tls" });

        Assert.Single(server.Mails);
        Assert.Contains((Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)), true), server.Commands);
    }

    [Fact]
    public async Task Send_NoEncryptionOffered_EndsBeforeAnythingIsSaid()
    {
        await using var server = new ScriptedSmtpServer(new() { OffersStartTls = false });

        var exception = await Assert.ThrowsAsync<MailException>(() => SendAsync(server));

        Assert.Contains("STARTTLS", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["EHLO"], server.Commands.Select(c => c.Line.Split(' ')[0]));
    }

    [Fact]
    public async Task Send_MoreThanTheAnswerBeforeEncryption_IsTakenForSomeoneInBetween()
    {
        await using var server = new ScriptedSmtpServer(new() { Injected = "250 AUTH PLAIN" }, _certificates.Make());

        var exception = await Assert.ThrowsAsync<MailException>(() => SendAsync(server));

        Assert.Contains("in between", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_CertificateOfAnotherHost_IsRefused()
    {
        await using var server = new ScriptedSmtpServer(new(), _certificates.Make("other.example"));

        var exception = await Assert.ThrowsAsync<MailException>(() => SendAsync(server));

        Assert.Contains("certificate", exception.Message, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Send_SignInRefused_SaysSoWithoutThePassword()
    {
        await using var server = new ScriptedSmtpServer(new() { AuthAnswer = $"535 5.7.8 no such password: {Secret}" }, _certificates.Make());

        var exception = await Assert.ThrowsAsync<MailException>(() => SendAsync(server));

        Assert.Contains("refused the sign-in (535)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, exception.ToString(), StringComparison.Ordinal);
        Assert.False(exception.IsTransient);
    }

    [Fact]
    public async Task Send_RecipientRefusedForNow_IsTransient()
    {
        await using var server = new ScriptedSmtpServer(new() { RecipientAnswer = "450 4.2.1 try later" }, _certificates.Make());

        var exception = await Assert.ThrowsAsync<MailException>(() => SendAsync(server));

        Assert.True(exception.IsTransient);
        Assert.Contains("450 4.2.1 try later", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("554 go away")]
    [InlineData("SSH-2.0-OpenSSH_9.2")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("")]
    public async Task Send_NoMailServer_EndsWithASentence(string greeting)
    {
        await using var server = new ScriptedSmtpServer(new() { Greeting = greeting });

        await Assert.ThrowsAsync<MailException>(() => SendAsync(server));

        Assert.Empty(server.Commands);
    }

    [Fact]
    public async Task Send_AnswerWithoutEnd_IsLeft()
    {
        await using var server = new ScriptedSmtpServer(new() { Greeting = new string('2', 10_000) });

        await Assert.ThrowsAsync<MailException>(() => SendAsync(server));
    }

    [Fact]
    public async Task Send_AddressThatEgressRefuses_IsNotCalled()
    {
        await using var server = new ScriptedSmtpServer(new());

        var exception = await Assert.ThrowsAsync<MailException>(() => SendAsync(server, new() { ["Egress:AllowedNetworks:0"] = null }));

        Assert.Contains("127.0.0.1", exception.Message, StringComparison.Ordinal);
        Assert.Empty(server.Commands);
    }

    [Fact]
    public async Task Send_LettersBeyondAscii_AreEncodedOrRefused()
    {
        await using var server = new ScriptedSmtpServer(new(), _certificates.Make());
        var subject = string.Concat(Enumerable.Repeat("Größe und Übermut ", 5));

        await SendAsync(server, message: new("anna@bücher.example", subject, "Grüße\n"));
        await Assert.ThrowsAsync<MailException>(() => SendAsync(server, message: s_message with { To = "jürgen@example.com" }));

        var mail = Assert.Single(server.Mails);
        Assert.True(Ascii.IsValid(mail));
        Assert.Contains("RCPT TO:<anna@xn--bcher-kva.example>", server.Commands.Select(c => c.Line));
        Assert.Contains(Convert.ToBase64String("Grüße\r\n"u8), mail, StringComparison.Ordinal);
        var words = mail.Split("\r\n").SkipWhile(l => !l.StartsWith("Subject:", StringComparison.Ordinal)).TakeWhile(l => l.StartsWith("Subject:", StringComparison.Ordinal) || l[0] == ' ').SelectMany(l => l.Split(' ').Where(w => w.StartsWith("=?", StringComparison.Ordinal))).ToList();
        Assert.All(words, word => Assert.InRange(word.Length, 1, 75));
        Assert.Equal(subject, string.Concat(words.Select(w => Encoding.UTF8.GetString(Convert.FromBase64String(w[10..^2])))));
    }

    [Theory]
    [InlineData("anna@example.com\r\nBcc: all@example.com", "Subject")]
    [InlineData("anna@example.com>\r\nRCPT TO:<all@example.com", "Subject")]
    [InlineData("anna@example.com", "Subject\r\nBcc: all@example.com")]
    [InlineData("anna@example.com", "Subject\n\nbody")]
    [InlineData("anna@example.com", "Größe\r\nBcc: all@example.com")]
    [InlineData("anna@example.com", "Subject\r\n folded")]
    public void Compose_LineBreakInAValue_IsRefused(string to, string subject)
        => Assert.Throws<ArgumentException>(() => MailText.Compose(new(to, subject, "body"), "console@example.org", "TriggerConsole", "id@example.org", DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("anna@example.com", true)]
    [InlineData("anna+console@mail.example.com", true)]
    [InlineData("jürgen@bücher.example", true)]
    [InlineData("admin@localhost", true)]
    [InlineData("anna", false)]
    [InlineData("@example.com", false)]
    [InlineData("anna@", false)]
    [InlineData("anna@exa mple.com", false)]
    [InlineData("an na@example.com", false)]
    [InlineData("anna@example..com", false)]
    [InlineData("anna@-example.com", false)]
    [InlineData("\"anna\"@example.com", false)]
    [InlineData("anna@example.com\r\n", false)]
    [InlineData("anna<b>@example.com", false)]
    [InlineData("anna\u200b@example.com", false)]
    [InlineData("", false)]
    public void Address_OfThisKind_IsTakenOrNot(string address, bool isTaken) => Assert.Equal(isTaken, MailAddresses.Fault(address) is null);

    [Theory]
    [InlineData("Mail:Security", "None", "Mail:Security")]
    [InlineData("Mail:From", null, "Mail:From")]
    [InlineData("Mail:From", "nobody", "Mail:From")]
    [InlineData("Mail:Password", null, "Mail:UserName")]
    [InlineData("Mail:Port", "0", "Mail:Port")]
    [InlineData("Mail:Host", "", "Mail:Host")]
    public void Options_OfThisKind_AreRefusedByKey(string key, string? value, string named)
    {
        var options = new MailOptions { Host = "localhost", From = "console@example.org", UserName = "console", Password = Secret };
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build().GetSection("Mail").Bind(options);
        if (value is null) options.GetType().GetProperty(key[5..])!.SetValue(options, null);

        var result = new MailOptionsValidator().Validate(null, options);

        Assert.Contains(named[5..], result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, result.FailureMessage, StringComparison.Ordinal);
    }

    private async Task SendAsync(ScriptedSmtpServer server, Dictionary<string, string?>? settings = null, MailMessage? message = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["Mail:Host"] = "localhost",
            ["Mail:Port"] = $"{server.Port}",
            ["Mail:From"] = "console@example.org",
            ["Mail:UserName"] = "console",
            ["Mail:Password"] = Secret,
            ["Egress:AllowedNetworks:0"] = "127.0.0.0/8",
        };
        foreach (var (key, value) in settings ?? []) all[key] = value;
        foreach (var key in all.Where(s => s.Value is null).Select(s => s.Key).ToList()) all.Remove(key);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        services.AddLogging();
        services.AddSingleton(new TlsTrust { Authorities = [_certificates.Authority] });
        services.AddMail();
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IMailSender>().SendAsync(message ?? s_message, CancellationToken.None);
    }
}
