namespace TriggerConsole.Core.Brokers;

/// <summary>What an event gives cannot be sent as the trigger says; the message says why, <see cref="Code"/> is one of the kind's closed list.</summary>
internal sealed class MessageException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
