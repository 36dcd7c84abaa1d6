using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Clients of real brokers.</summary>
internal static class MosquittoBench
{
    public static MqttClientOptions Options(int port, MqttVersion version) => new()
    {
        Endpoint = new(MqttTransport.Tcp, "127.0.0.1", port),
        Version = version == MqttVersion.V5 ? MqttVersionChoice.V5 : MqttVersionChoice.V311,
        ClientId = $"tests-{Guid.NewGuid():N}"[..20],
        ConnectTimeout = Eventually.Limit,
        Reconnect = MqttClientBench.Soon,
    };

    /// <summary>A client that is connected and stays so.</summary>
    public static async Task<MqttClient> ConnectAsync(MqttClientOptions options)
    {
        var client = new MqttClient(options, TimeProvider.System, new RecordingLogger());
        client.Start();
        await ConnectedAsync(client);
        return client;
    }

    public static Task ConnectedAsync(IMqttClient client)
        => Eventually.GetAsync(() => Task.FromResult((client.Status.State == MqttState.Connected, client.Status)), "the client to be connected");
}
