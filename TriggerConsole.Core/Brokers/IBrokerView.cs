namespace TriggerConsole.Core.Brokers;

/// <summary>What people see of a broker, whatever its kind.</summary>
public interface IBrokerView
{
    Guid Id { get; }

    string Name { get; }

    bool Enabled { get; }

    /// <summary>Grows with each change.</summary>
    int Version { get; }
}
