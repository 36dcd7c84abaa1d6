using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

internal sealed partial class Dispatcher
{
    private const int LeastHeld = 8;

    /// <summary>An attempt was made and not recorded, because another node has taken its execution over. Must be quick.</summary>
    public event Action<Guid>? AttemptFenced;

    /// <summary>Who lives has changed: triggers that now run elsewhere are given back, those that now run here are taken up.</summary>
    public void Replace()
    {
        lock (_gate)
        {
            foreach (var lane in _lanes.Values)
            {
                if (_triggers.Find(lane.TriggerId) is not { } trigger) continue;
                var wasElsewhere = lane.Elsewhere;
                Place(lane, trigger, isNew: false);
                if (lane.Elsewhere && !wasElsewhere)
                {
                    foreach (var item in lane.TakeWaiting(QueueSlots.AnyPriority)) Release(item);
                }
                else if (wasElsewhere && !lane.Elsewhere)
                {
                    lane.Overflowed = true;
                    ConsiderRefill(lane);
                }
            }
        }
        Pump();
    }

    /// <summary>
    /// Other nodes may have taken over what this one holds: what waits goes back to the table, unless it is another's already;
    /// attempts under way end, and their records are written only if nobody has taken them over.
    /// </summary>
    /// <param name="become">Makes the node another owner, so that what comes from here on is its own again.</param>
    public void TakeNewNode(Action become)
    {
        lock (_gate)
        {
            become();
            foreach (var lane in _lanes.Values)
            {
                foreach (var item in lane.TakeWaiting(QueueSlots.AnyPriority)) Release(item);
                ConsiderRefill(lane);
            }
        }
    }

    /// <summary>Rows wait in the table that another node has written. Triggers that are not known here yet are passed over: their lanes look when they are.</summary>
    public void NoteTable(IEnumerable<(Guid TriggerId, DateTimeOffset Due)> rows)
    {
        foreach (var (trigger, due) in rows)
            if (_triggers.Find(trigger) is not null) NoteTable(trigger, due);
        Pump();
    }

    /// <summary>The record of an attempt was refused.</summary>
    public void Fenced(LaneItem item) => AttemptFenced?.Invoke(item.Execution.Id);

    // Stopping, paused, moved to another node, or taken for a node that this one no longer is
    private bool MustGoBack(LaneItem item) => _stopping || item.Lane.Paused || item.Lane.Elsewhere || item.Owner != _node.Id;

    private void Place(Lane lane, RuntimeTrigger trigger, bool isNew)
    {
        if (_placement is null) return;
        var wasElsewhere = lane.Elsewhere;
        var isShared = _placement.IsShared;
        lane.Elsewhere = !_placement.IsHere(trigger);
        lane.Alone = isShared && NodePlacement.IsExclusive(trigger);
        // Room for one in flight and one waiting each: the rest is left where other nodes find it
        lane.MaxHeld = isShared ? Math.Max(2 * lane.MaxConcurrent, LeastHeld) : int.MaxValue;
        if (!lane.Alone || lane.Elsewhere || !(isNew || wasElsewhere)) return;
        lane.HereAfter = _placement.SettledAt;
        lane.Overflowed = true;
    }

}
