namespace TriggerConsole.Core.Persistence;

/// <summary>One element of the Data Protection key ring. In the database, so that every node and every restart reads the same cookies and secrets.</summary>
public sealed class StoredDataProtectionKey
{
    public int Id { get; init; }

    public required string FriendlyName { get; init; }

    public required string Xml { get; set; }
}
