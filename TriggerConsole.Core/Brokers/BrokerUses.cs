using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Brokers;

/// <summary>Which triggers publish to which broker.</summary>
internal sealed class BrokerUses(TriggerDirectory triggers)
{
    private const int MostNamed = 5;

    /// <param name="targetKey"><see cref="RuntimeBroker.TargetKey"/>.</param>
    public IReadOnlyList<RuntimeTrigger> Of(string targetKey)
        => [.. triggers.All.Where(t => t.Prepared.TargetKey == targetKey).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>"A, B and 3 more": part of a sentence.</summary>
    public static string Names(IReadOnlyList<RuntimeTrigger> users)
        => string.Join(", ", users.Take(MostNamed).Select(t => t.Name)) + (users.Count > MostNamed ? $" and {users.Count - MostNamed} more" : "");
}
