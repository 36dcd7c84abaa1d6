using TriggerConsole.Core.Executions;

namespace TriggerConsole.Core.Brokers;

/// <summary>What attempts of all kinds with brokers can come to; each kind names them in its closed list.</summary>
internal static class BrokerFailures
{
    public const string BrokerUnreachable = "broker_unreachable";
    public const string BrokerDisabled = "broker_disabled";
    public const string BrokerMissing = "broker_missing";
    public const string ConnectionLost = "connection_lost";
    public const string TimedOut = "timeout";
    public const string MessageInvalid = "message_invalid";
    public const string TemplateInvalid = "template_invalid";
    public const string Internal = "internal";

    public static AttemptFailure Unforeseen { get; } = new(FailureKind.Permanent, Internal, "The message could not be sent because of a fault in TriggerConsole. Its log says more.");

    public static AttemptFailure Missing { get; } = new(FailureKind.Configuration, BrokerMissing, "The broker that this trigger publishes to has been deleted. Choose another one.");

    public static AttemptFailure Disabled(string broker) => new(FailureKind.Unavailable, BrokerDisabled, $"The broker {broker} is switched off under Brokers; nothing was sent.");

    /// <param name="why">In a sentence; null when it is not known.</param>
    public static AttemptFailure Unreachable(string? why) => new(FailureKind.Unavailable, BrokerUnreachable, Join("There is no connection to the broker; nothing was sent.", why));

    public static string Join(string what, string? why) => why is null ? what : $"{what} {why}";
}
