using System.Reflection;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client.Publishing;
using TriggerConsole.Core.Amqp.Client.Transports;

namespace TriggerConsole.Core.Amqp.Client.Connections;

/// <summary>Makes connections, up to a channel with confirms: only that proves that the broker has let us in.</summary>
internal sealed class Connector(AmqpClientOptions options, PublishCounter counter, TimeProvider time)
{
    // The library resolves what it is given, and a literal needs nobody to ask
    private const string Nowhere = "127.0.0.1";

    // The library's own deadlines come after ours
    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(5);
    private static readonly string s_version = typeof(Connector).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    static Connector() => PublisherTraces.Close();

    /// <summary>Either a link or a failure.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it; nothing else throws.</exception>
    public async Task<(AmqpLink? Link, AmqpConnectFailure? Failure)> ConnectAsync(CancellationToken cancellationToken)
    {
        var attempt = new Attempt();
        using var limited = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limited.Token);
        var connecting = Task.Run(() => OpenAsync(attempt, linked.Token), CancellationToken.None);
        try
        {
            // A peer that accepts and stays silent holds the library for more than a minute, whatever its time-outs and tokens say
            return (await connecting.WaitAsync(linked.Token), null);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, ConnectJudge.TooLate(options, attempt.Stream is not null, attempt.Guard));
        }
        catch (AmqpDialException exception) { return (null, new(exception.Fault, exception.Message)); }
        catch (Exception exception) { return (null, ConnectJudge.Failure(options, exception, attempt.Stream?.Fault, attempt.Guard)); }
        finally
        {
            if (!connecting.IsCompletedSuccessfully) _ = DiscardAsync(attempt, connecting);
        }
    }

    /// <summary>How the library is set up; nothing of the network is left to it.</summary>
    internal static ConnectionFactory MakeFactory(AmqpClientOptions options, AmqpStream stream) => new()
    {
        HostName = Nowhere,
        Port = options.Port,
        SocketFactory = _ => new AmqpTcpClient(stream),
        UserName = options.Username,
        Password = options.Password,
        VirtualHost = options.VirtualHost,
        ClientProvidedName = options.ConnectionName,
        ClientProperties = new Dictionary<string, object?> { ["product"] = "TriggerConsole", ["version"] = s_version, ["platform"] = ".NET" },
        RequestedHeartbeat = TimeSpan.FromSeconds(options.HeartbeatSeconds),
        RequestedFrameMax = FrameGuard.LargestFrame,
        RequestedChannelMax = AmqpLink.ChannelsOf(options),
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedConnectionTimeout = options.ConnectTimeout + s_later,
        HandshakeContinuationTimeout = options.ConnectTimeout + s_later,
        ContinuationTimeout = (options.ConnectTimeout > options.OperationTimeout ? options.ConnectTimeout : options.OperationTimeout) + s_later,
    };

    private async Task<AmqpLink> OpenAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        attempt.Guard = new(AmqpLink.ChannelsOf(options));
        var transport = await options.Dial(cancellationToken);
        var stream = new AmqpStream(transport, attempt.Guard, time);
        attempt.Stream = stream;
        attempt.Connection = await MakeFactory(options, stream).CreateConnectionAsync(cancellationToken);
        var channel = await attempt.Connection.CreateChannelAsync(AmqpLink.Confirming, cancellationToken);
        return new(attempt.Connection, channel, stream, attempt.Guard, options, counter, time);
    }

    private static async Task DiscardAsync(Attempt attempt, Task<AmqpLink> connecting)
    {
        attempt.Stream?.Abort();
        // It comes back now that its stream is dead, or was still dialling
        try { await connecting; }
        catch (Exception) { /* its failure was told, or nobody waits for it */ }
        attempt.Stream?.Abort();
        if (attempt.Connection is { } connection) await Disposal.OfAsync(connection);
    }

    private sealed class Attempt
    {
        public FrameGuard Guard { get; set; } = new(0);

        public volatile AmqpStream? Stream;

        public IConnection? Connection { get; set; }
    }
}
