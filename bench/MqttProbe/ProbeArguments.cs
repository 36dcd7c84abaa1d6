using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TriggerConsole.Core.Mqtt.Client;

namespace TriggerConsole.Bench.MqttProbe;

/// <summary>The command line of the probe. Unknown options and missing values are refused, never guessed.</summary>
internal sealed class ProbeArguments
{
    public const string Help = """
        mqtt-probe HOST PORT [options]: drives TriggerConsole's MQTT client, and prints each event as one line of JSON.

        connection   --transport tcp|tls|ws|wss   --path /mqtt   --version auto|5|3.1.1   --timeout SECONDS (10)
                     --client-id ID   --user NAME   --password TEXT   --clean-start true|false   --session-expiry SECONDS
                     --keep-alive SECONDS   --receive-maximum N   --maximum-packet-size BYTES   --topic-alias-maximum N
                     --maximum-in-flight N   --reconnect (stay connected; else one try)
                     --will-topic TOPIC   --will-payload TEXT   --will-qos 0|1|2   --will-retain   --will-delay SECONDS
        TLS          --ca FILE   --cert FILE   --key FILE (PEM)   --server-name NAME   --alpn PROTOCOL
        receive      --subscribe FILTER (may repeat)   --subscribe-qos 0|1|2
        publish      --publish TOPIC   --payload TEXT | --size BYTES   --qos 0|1|2   --retain   --count N (1)
                     --content-type TYPE   --expiry SECONDS   --response-topic TOPIC   --correlation TEXT   --text
                     --user-property NAME=VALUE (may repeat)
        end          --messages N (wait until so many have come)   --seconds N (stay so long; with --messages the limit, 30)
                     --quiet (no line for each publish)

        events       connecting, connected, waiting, disconnected, connectFailed, subscribed, published, message, done
        exit code    0 all went well   1 no connection   2 wrong arguments   3 a subscription was not granted
                     4 a publish was not acknowledged   5 fewer messages than waited for, or the connection was lost
        """;

    private readonly Dictionary<string, List<string>> _values = [];

    public ProbeArguments(ReadOnlySpan<string> arguments)
    {
        string[] flags = ["reconnect", "will-retain", "retain", "text", "quiet"];
        var known = Help.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith("--", StringComparison.Ordinal)).Select(w => w[2..]).ToHashSet();
        if (arguments.Length < 2) throw new FormatException("HOST and PORT are missing.");
        (Host, Port) = (arguments[0], Int(arguments[1]));
        for (var i = 2; i < arguments.Length; i++)
        {
            var name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : "";
            if (!known.Contains(name)) throw new FormatException($"\"{arguments[i]}\" is no option; --help lists them.");
            if (!_values.TryGetValue(name, out var list)) _values[name] = list = [];
            if (flags.Contains(name)) list.Add("true");
            else if (++i < arguments.Length) list.Add(arguments[i]);
            else throw new FormatException($"--{name} needs a value.");
        }
    }

    public string Host { get; }

    public int Port { get; }

    public bool Reconnect => Has("reconnect");

    public bool Quiet => Has("quiet");

    public IReadOnlyList<MqttSubscription> Subscriptions
        => [.. All("subscribe").Select(filter => new MqttSubscription { Filter = filter, Qos = Qos("subscribe-qos", MqttQos.ExactlyOnce) })];

    public int Count => Has("publish") ? Int("count", 1) : 0;

    public int Messages => Int("messages", 0);

    public TimeSpan Stay => TimeSpan.FromSeconds(Double("seconds", Messages > 0 ? 30 : 0));

    public MqttMessage Message => new()
    {
        Topic = One("publish") ?? "",
        Payload = Has("size") ? new byte[Int("size", 0)] : Encoding.UTF8.GetBytes(One("payload") ?? ""),
        Qos = Qos("qos", MqttQos.AtMostOnce),
        Retain = Has("retain"),
        ContentType = One("content-type"),
        MessageExpirySeconds = Has("expiry") ? (uint)Int("expiry", 0) : null,
        ResponseTopic = One("response-topic"),
        CorrelationData = One("correlation") is { } data ? Encoding.UTF8.GetBytes(data) : null,
        PayloadIsText = Has("text"),
        UserProperties = [.. All("user-property").Select(p => p.Split('=', 2)).Select(p => new MqttUserProperty(p[0], p.ElementAtOrDefault(1) ?? ""))],
    };

    public MqttClientOptions Options(Func<MqttReceivedMessage, CancellationToken, ValueTask> onMessage) => new()
    {
        Endpoint = new(Transport, Host, Port, One("path") ?? "/mqtt"),
        Version = One("version") switch { null or "auto" => MqttVersionChoice.Automatic, "5" => MqttVersionChoice.V5, "3.1.1" => MqttVersionChoice.V311, var v => throw new FormatException($"--version {v} is none of auto, 5, 3.1.1.") },
        ConnectTimeout = TimeSpan.FromSeconds(Double("timeout", 10)),
        ClientId = One("client-id") ?? "",
        Username = One("user"),
        Password = One("password") is { } password ? Encoding.UTF8.GetBytes(password) : null,
        CleanStart = One("clean-start") is not "false",
        SessionExpirySeconds = (uint)Int("session-expiry", 0),
        KeepAliveSeconds = (ushort)Int("keep-alive", 60),
        ReceiveMaximum = (ushort)Int("receive-maximum", 256),
        MaximumPacketSize = (uint)Int("maximum-packet-size", 1024 * 1024),
        TopicAliasMaximum = (ushort)Int("topic-alias-maximum", 0),
        MaximumInFlight = Int("maximum-in-flight", 1024),
        Will = One("will-topic") is { } topic
            ? new() { DelaySeconds = (uint)Int("will-delay", 0), Message = new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(One("will-payload") ?? ""), Qos = Qos("will-qos", MqttQos.AtMostOnce), Retain = Has("will-retain") } }
            : null,
        Tls = new()
        {
            CaCertificates = One("ca") is { } file ? Load(file) : null,
            ClientCertificate = One("cert") is { } certificate ? X509Certificate2.CreateFromPemFile(certificate, One("key")) : null,
            ServerName = One("server-name"),
            AlpnProtocols = [.. All("alpn")],
        },
        OnMessage = onMessage,
    };

    private MqttTransport Transport => One("transport") switch
    {
        null or "tcp" => MqttTransport.Tcp,
        "tls" => MqttTransport.Tls,
        "ws" => MqttTransport.WebSocket,
        "wss" => MqttTransport.SecureWebSocket,
        var other => throw new FormatException($"--transport {other} is none of tcp, tls, ws, wss."),
    };

    private static X509Certificate2Collection Load(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates;
    }

    private bool Has(string name) => _values.ContainsKey(name);

    private List<string> All(string name) => _values.GetValueOrDefault(name) ?? [];

    private string? One(string name) => _values.TryGetValue(name, out var list) ? list[^1] : null;

    private MqttQos Qos(string name, MqttQos otherwise) => (MqttQos)Int(name, (int)otherwise);

    private int Int(string name, int otherwise) => One(name) is { } text ? Int(text) : otherwise;

    private double Double(string name, double otherwise) => One(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static int Int(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
