using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.RabbitMqServer;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>Against the real broker: who gets in, and what is said to those who do not.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class ConnectingTests(RabbitMqServer server)
{
    [Fact]
    public async Task Connect_WithTheRightLogin_TellsWhoIsThere()
    {
        await using var client = AmqpClients.Make(AmqpClients.Options(await server.AmqpPortAsync()));
        Assert.Equal(AmqpState.Stopped, client.Status.State);
        Assert.False(client.IsReady);

        Assert.Null(await client.ConnectAsync(CancellationToken.None));

        Assert.True(client.IsReady);
        var status = client.Status;
        Assert.Equal((AmqpState.Connected, 0, 1, 0L), (status.State, status.InFlight, status.Channels, status.Published));
        Assert.StartsWith("RabbitMQ 3.", status.Server, StringComparison.Ordinal);
        Assert.NotNull(status.ConnectedSince);
        var shown = await server.ControlAsync("list_connections", "client_properties");
        Assert.Contains("\"TriggerConsole\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"connection_name\"", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WithAWrongPassword_IsRefusedLogin()
    {
        var failure = await FailAsync(AmqpClients.Options(await server.AmqpPortAsync(), password: "wrong"));

        Assert.Equal((AmqpConnectFault.LoginRefused, (ushort)403), (failure.Fault, failure.ReplyCode));
        Assert.StartsWith("403 ACCESS_REFUSED", failure.Reason, StringComparison.Ordinal);
        Assert.Contains("guest", failure.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", failure.Sentence + failure.Reason, StringComparison.Ordinal); // the password
    }

    [Fact]
    public async Task Connect_ToVirtualHostsThatAreNotThere_OrNotForUs_SaysWhich()
    {
        var port = await server.AmqpPortAsync();
        var (closed, full, user) = (RabbitMqBrowser.NewName("v"), RabbitMqBrowser.NewName("v"), RabbitMqBrowser.NewName("u"));
        await server.EvalAsync(AddVirtualHost(closed), AddVirtualHost(full), AddUser(user, "p"), Permit(user, full), LimitConnections(full, 0));

        var missing = await FailAsync(AmqpClients.Options(port) with { VirtualHost = "not-there" });
        var refused = await FailAsync(AmqpClients.Options(port, user, "p") with { VirtualHost = closed });
        var limited = await FailAsync(AmqpClients.Options(port, user, "p") with { VirtualHost = full });

        Assert.Equal((AmqpConnectFault.VirtualHostMissing, (ushort)530), (missing.Fault, missing.ReplyCode));
        Assert.Equal((AmqpConnectFault.VirtualHostRefused, (ushort)530), (refused.Fault, refused.ReplyCode));
        Assert.Equal((AmqpConnectFault.VirtualHostRefused, (ushort)530), (limited.Fault, limited.ReplyCode));
        Assert.Contains("not-there", missing.Sentence, StringComparison.Ordinal);
        Assert.Contains("limit", limited.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_OverTls_WorksWithTheRightAuthorityOnly()
    {
        var port = await server.TlsPortAsync();
        var trusted = AmqpClients.Options(port) with { Dial = token => DialTlsAsync(port, "localhost", token) };
        await using var client = await AmqpClients.ConnectAsync(trusted);
        var body = new byte[300_000]; // more than a record, a frame, a buffer
        Random.Shared.NextBytes(body);
        await using var browser = await RabbitMqBrowser.ConnectAsync(await server.AmqpPortAsync());
        var queue = await browser.DeclareQueueAsync();

        var result = await client.PublishAsync(AmqpClients.Message("", queue, "k", body), CancellationToken.None);
        var elsewhere = await FailAsync(trusted with { Dial = token => DialTlsAsync(port, "other.example", token) });
        var plain = await FailAsync(AmqpClients.Options(port));

        Assert.Equal(AmqpPublishStatus.Confirmed, result.Status);
        Assert.Equal(body, Assert.Single(await browser.TakeAllAsync(queue)).Body);
        Assert.Equal((AmqpConnectFault.Tls, "The certificate is for another host."), (elsewhere.Fault, elsewhere.Sentence));
        // Answered by a TLS alert, or hung up upon
        Assert.Contains(plain.Fault, (AmqpConnectFault[])[AmqpConnectFault.NotAmqp, AmqpConnectFault.ConnectionLost]);
        Assert.Contains("TLS", plain.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_SaysWhatDialSaid()
    {
        var failure = await FailAsync(AmqpClients.Options(Ports.Free()));

        Assert.Equal((AmqpConnectFault.Refused, "Nothing listens there."), (failure.Fault, failure.Sentence));
    }

    [Fact]
    public async Task Connect_Cancelled_ThrowsAndLeavesNothing()
    {
        await using var silent = FakeAmqpConnection.Listen(c => c.Raw.HangAsync());
        await using var client = AmqpClients.Make(AmqpClients.Options(silent.Port) with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        using var cancel = new CancellationTokenSource(100);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ConnectAsync(cancel.Token));

        await client.StopAsync(CancellationToken.None);
        Assert.Equal(AmqpState.Stopped, client.Status.State);
    }

    private static async Task<AmqpConnectFailure> FailAsync(AmqpClientOptions options)
    {
        await using var client = AmqpClients.Make(options);
        var failure = await client.ConnectAsync(CancellationToken.None);
        Assert.NotNull(failure);
        Assert.Equal(failure, client.Status.LastFailure);
        return failure;
    }

    private async ValueTask<AmqpTransport> DialTlsAsync(int port, string host, CancellationToken cancellationToken)
    {
        var (plain, socket) = await AmqpClients.DialAsync(port, cancellationToken);
        var stream = new SslStream(plain);
        try
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { server.Authority } };
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy }, cancellationToken);
            return new(stream, socket);
        }
        catch (AuthenticationException)
        {
            await stream.DisposeAsync();
            throw new AmqpDialException(AmqpConnectFault.Tls, "The certificate is for another host.");
        }
    }
}
