using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>Which triggers publish to which exchange.</summary>
internal sealed class AmqpExchangeUses(TriggerDirectory triggers)
{
    public IReadOnlyList<RuntimeTrigger> Of(Guid exchangeId)
        => [.. triggers.All.Where(t => t.Settings is AmqpTriggerSettings amqp && amqp.ExchangeId == exchangeId).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase)];
}
