using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>The broker has an exchange of this name that is another one; nothing was saved.</summary>
/// <param name="Wanted">What it was to be.</param>
/// <param name="Actual">What it is at the broker; null when that could not be found out.</param>
public sealed record AmqpExchangeClash(string Message, AmqpExchangeDefinition Wanted, AmqpExchangeDefinition? Actual) : Refusal.Conflict(Message);
