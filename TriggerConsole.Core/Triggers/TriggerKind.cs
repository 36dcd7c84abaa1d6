namespace TriggerConsole.Core.Triggers;

/// <summary>The protocol a trigger speaks.</summary>
public enum TriggerKind
{
    Http,
    Mqtt,
    Amqp,
}
