using System.IO.Pipelines;
using TriggerConsole.Core.Mqtt.Client.Packets;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>What was agreed on by CONNECT and CONNACK.</summary>
internal sealed record ConnectionSettings
{
    public required MqttVersion Version { get; init; }

    public required ConnackPacket Connack { get; init; }

    public required Stream Stream { get; init; }

    /// <summary>Of <see cref="Stream"/>; holds whatever came right behind the CONNACK.</summary>
    public required PipeReader Reader { get; init; }

    /// <summary>How long CONNACK took.</summary>
    public required TimeSpan RoundTrip { get; init; }

    /// <summary>The client id that the broker chose, on this or an earlier connection.</summary>
    public required string? AssignedClientId { get; init; }

    /// <summary>How long the broker keeps the session after this connection; null: for ever.</summary>
    public required TimeSpan? SessionKept { get; init; }
}
