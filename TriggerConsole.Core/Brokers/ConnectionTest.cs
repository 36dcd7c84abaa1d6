namespace TriggerConsole.Core.Brokers;

/// <summary>How one try to connect to a broker went.</summary>
/// <param name="Failure">What failed, and why; null when it succeeded.</param>
/// <param name="ProtocolVersion">Version that was agreed on; null when it failed.</param>
/// <param name="ClientId">The client id in use, as given or as the broker chose it.</param>
/// <param name="Address">The IP address connected to, or tried last.</param>
public sealed record ConnectionTest(bool Succeeded, BrokerFailure? Failure, string? ProtocolVersion, string? ClientId, string? Address, ConnectionTestTimings Timings)
{
    /// <summary>Product and version of the broker, when it says them.</summary>
    public string? Server { get; init; }
}

/// <summary>Times in milliseconds; null for what did not take place.</summary>
public sealed record ConnectionTestTimings
{
    /// <summary>Finding the address of the host name.</summary>
    public double? DnsMs { get; init; }

    /// <summary>TCP.</summary>
    public double? ConnectMs { get; init; }

    /// <summary>TLS.</summary>
    public double? TlsMs { get; init; }

    /// <summary>What came after: WebSocket where there is one, and the broker's sign-in.</summary>
    public double? SignInMs { get; init; }

    public double TotalMs { get; init; }
}
