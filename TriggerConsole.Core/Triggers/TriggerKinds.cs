using System.Collections.Frozen;

namespace TriggerConsole.Core.Triggers;

/// <summary>The protocols that are there. Two for one kind fail at start.</summary>
public sealed class TriggerKinds(IEnumerable<ITriggerKind> kinds)
{
    private readonly FrozenDictionary<TriggerKind, ITriggerKind> _kinds = kinds.ToFrozenDictionary(k => k.Kind);

    public IEnumerable<ITriggerKind> All => _kinds.Values;

    public ITriggerKind? Find(TriggerKind kind) => _kinds.GetValueOrDefault(kind);
}
