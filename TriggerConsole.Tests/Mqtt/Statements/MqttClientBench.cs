using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>The client on one side, the fake broker on the other.</summary>
internal sealed class MqttClientBench : IAsyncDisposable
{
    private MqttClientBench(MqttVersion version, FakeMqttBroker broker, Func<MqttClientOptions, MqttClientOptions>? change, TimeProvider? time, FakeMqttSetup? setup)
    {
        (Version, Broker) = (version, broker);
        var transport = (setup?.Certificate, setup?.WebSocket) switch
        {
            (null, null or false) => MqttTransport.Tcp,
            (null, true) => MqttTransport.WebSocket,
            (_, true) => MqttTransport.SecureWebSocket,
            _ => MqttTransport.Tls,
        };
        var options = new MqttClientOptions
        {
            Endpoint = new(transport, "localhost", broker.Port),
            Dial = PlainAsync,
            Version = version == MqttVersion.V5 ? MqttVersionChoice.V5 : MqttVersionChoice.V311,
            ClientId = "bench",
            ConnectTimeout = Eventually.Limit,
            StopTimeout = TimeSpan.FromMilliseconds(500),
            Reconnect = Soon,
            OnMessage = (message, _) =>
            {
                Received.Enqueue(message);
                return ValueTask.CompletedTask;
            },
        };
        Options = change?.Invoke(options) ?? options;
        Client = new MqttClient(Options, time ?? TimeProvider.System, Log);
        Client.StatusChanged += status => States.Enqueue(status);
    }

    /// <summary>Reconnects almost at once, whatever the reason.</summary>
    public static MqttReconnect Soon { get; } = All(TimeSpan.FromMilliseconds(20));

    /// <summary>Never reconnects while a test runs.</summary>
    public static MqttReconnect Never { get; } = All(TimeSpan.FromHours(1));

    public static TheoryData<MqttVersion> Both => [MqttVersion.V311, MqttVersion.V5];

    public MqttVersion Version { get; }

    public MqttClientOptions Options { get; }

    public FakeMqttBroker Broker { get; }

    public IMqttClient Client { get; }

    public RecordingLogger Log { get; } = new();

    public ConcurrentQueue<MqttReceivedMessage> Received { get; } = new();

    public ConcurrentQueue<MqttStatus> States { get; } = new();

    public static MqttClientBench Start(MqttVersion version, Func<MqttClientOptions, MqttClientOptions>? change = null, TimeProvider? time = null, FakeMqttSetup? setup = null)
    {
        var bench = Make(version, change, time, setup);
        bench.Client.Start();
        return bench;
    }

    /// <summary>Without starting the client.</summary>
    public static MqttClientBench Make(MqttVersion version, Func<MqttClientOptions, MqttClientOptions>? change = null, TimeProvider? time = null, FakeMqttSetup? setup = null)
    {
        var broker = FakeMqttBroker.Start(setup);
        return new(version, broker, change, time, setup);
    }

    /// <summary>The next connection, after its CONNECT was read, before anything was answered.</summary>
    public async Task<FakeMqttConnection> AcceptAsync()
    {
        var connection = await Broker.AcceptAsync();
        await connection.ExpectAsync(MqttType.Connect);
        return connection;
    }

    /// <summary>The next connection, taken by a CONNACK with these properties (5.0, hexadecimal).</summary>
    public async Task<FakeMqttConnection> ConnectAsync(string properties = "", bool sessionPresent = false)
    {
        var connection = await AcceptAsync();
        await connection.SendAsync(FakeMqttBytes.Connack((int)Version, properties, sessionPresent));
        await Eventually.TrueAsync(() => Client.Status.State == MqttState.Connected, "the client to be connected");
        return connection;
    }

    /// <summary>Connection, then waits until the client knows that it ended, so that publishes meet what comes after.</summary>
    public async Task CutAsync(FakeMqttConnection connection)
    {
        connection.Reset();
        await Eventually.TrueAsync(() => Client.Status.State != MqttState.Connected, "the client to see the cut");
    }

    public Task<MqttPublishResult> PublishAsync(MqttQos qos, string payload = "x", string topic = "t", bool retain = false)
        => PublishAsync(new MqttMessage { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload), Qos = qos, Retain = retain });

    public Task<MqttPublishResult> PublishAsync(MqttMessage message) => Client.PublishAsync(message, CancellationToken.None).AsTask();

    public Task<IReadOnlyList<MqttSubscribeResult>> SubscribeAsync(params string[] filters)
        => Client.SubscribeAsync([.. filters.Select(f => new MqttSubscription { Filter = f, Qos = MqttQos.ExactlyOnce })], CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync(); // first, so that the client need not wait for an answer
        await Client.DisposeAsync();
    }

    // "localhost" is two addresses to the system, and the fake broker has one of them
    private async ValueTask<Stream> PlainAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, cancellationToken);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static MqttReconnect All(TimeSpan wait)
        => new() { First = wait, Most = wait, BusyFirst = wait, BusyMost = wait, RefusedFirst = wait, RefusedMost = wait, Jitter = 0 };
}

/// <summary>Keeps every line, as a log file would have it.</summary>
internal sealed class RecordingLogger : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public string Text => string.Join('\u0001', Lines);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Lines.Enqueue(formatter(state, exception) + exception);
}
