using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>Nothing is published: last will, birth and close messages are left out.</summary>
internal sealed class MqttBrokerTester(
    IDbContextFactory<TriggerConsoleDbContext> contexts, MqttBrokerRows rows, MqttBrokerValidator validator, MqttConnections connections, MqttClientOptionsFactory options,
    CreateMqttClient create, TimeProvider time, ExecutionNode node, NodeDirectory nodes)
    : BrokerTester<MqttBroker, MqttBrokerSettings, RuntimeMqttBroker, MqttBrokerInput>("MQTT", contexts, rows, validator)
{
    protected override async Task<ConnectionTest> ConnectAsync(MqttBrokerSettings settings, Guid? brokerId, CancellationToken cancellationToken)
    {
        settings = Alone(settings, brokerId);
        var trace = new ConnectTrace();
        var started = time.GetTimestamp();
        var masker = SecretMasker.For([settings.Password ?? "", settings.Tls?.ClientKey ?? ""]);
        var address = MqttAddress.Parse(settings.Url, new(), "url")!;
        await using var client = create(options.Make(settings, address, trace));
        var failure = await client.ConnectAsync(cancellationToken);
        var total = time.GetElapsedTime(started).TotalMilliseconds;
        var status = client.Status;
        if (failure is null) await client.StopAsync(CancellationToken.None);
        var hasConnected = trace.Phase == ConnectPhase.Done;
        return new(
            failure is null,
            MqttFaults.ToFailure(failure, masker, MqttFaults.HintFor(address, settings)),
            failure is null && status.Version is { } version ? MqttRecordWriter.VersionText(version) : null,
            failure is not null ? null : status.AssignedClientId ?? settings.ClientId,
            trace.Address?.ToString(),
            new()
            {
                DnsMs = Round(trace.DnsMilliseconds),
                ConnectMs = Round(trace.ConnectMilliseconds),
                TlsMs = Round(trace.TlsMilliseconds),
                SignInMs = hasConnected ? Round(Math.Max(0, total - trace.Milliseconds)) : null,
                TotalMs = Round(total)!.Value,
            });
    }

    /// <summary>Leaves no traces at the broker, and does not throw the kept connection out, which may have the same client id.</summary>
    private MqttBrokerSettings Alone(MqttBrokerSettings settings, Guid? brokerId)
    {
        var isTaken = settings.ClientId.Length > 0 && brokerId is { } id && (nodes.HasOthers || connections.Find(id) is { IsConnected: true } kept && kept.Broker.Settings.ClientId == settings.ClientId);
        return settings with
        {
            ClientId = isTaken ? MqttConnections.ClientIdOf(settings.ClientId, node.Slot) + "-test" : settings.ClientId,
            CleanStart = isTaken || settings.CleanStart,
            SessionExpirySeconds = isTaken || settings.ClientId.Length == 0 ? 0 : settings.SessionExpirySeconds,
            LastWill = null,
            BirthMessage = null,
            CloseMessage = null,
        };
    }
}
