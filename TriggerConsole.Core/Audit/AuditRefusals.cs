namespace TriggerConsole.Core.Audit;

/// <summary>
/// Bounds what refusals can write: the first of its kind at once, all that are like it in the same minute as one entry with their number.
/// Whoever varies his requests is counted as one when he has made <see cref="MostOfAddress"/> kinds in a minute, and all strangers
/// together after <see cref="MostInAll"/>.
/// </summary>
internal sealed class AuditRefusals
{
    internal const int MostOfAddress = 20;
    internal const int MostInAll = 200;

    private static readonly AuditAct s_more = new("refusals.more", AuditOutcome.Refused, Detail: "Further refusals, of kinds that are not told apart any more in this minute.");

    private readonly Lock _gate = new();
    private readonly Dictionary<(AuditAct Act, AuditActor Actor), Counter> _counters = [];
    private readonly Dictionary<string, int> _ofAddress = new(StringComparer.Ordinal);
    private DateTimeOffset _minute;

    /// <summary>Takes note of one. When it is the first of its kind it is to be written now, as it is returned.</summary>
    public (AuditAct Act, AuditActor Actor)? Note(AuditAct act, AuditActor actor, DateTimeOffset now)
    {
        act = act with { Actor = null };
        var address = actor.Address ?? "";
        lock (_gate)
        {
            if (_counters.Count == 0) _minute = MinuteOf(now);
            var key = (act, actor);
            if (!_counters.ContainsKey(key))
            {
                if (_counters.Count >= MostInAll) key = (s_more, new(AuditActorKind.Nobody, null, "many", null));
                else if (_ofAddress.GetValueOrDefault(address) >= MostOfAddress) key = (s_more, new(AuditActorKind.Nobody, null, "", actor.Address));
            }
            if (_counters.TryGetValue(key, out var counter))
            {
                counter.Count++;
                counter.Last = now;
                return null;
            }
            _counters.Add(key, new() { Last = now });
            _ofAddress[address] = _ofAddress.GetValueOrDefault(address) + 1;
            return key;
        }
    }

    /// <summary>What was counted in a minute that has ended, and with it the memory of that minute.</summary>
    /// <param name="now">Later than anything: the present minute as well.</param>
    public List<(AuditAct Act, AuditActor Actor, DateTimeOffset At, int Count)> TakeEnded(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_counters.Count == 0 || MinuteOf(now) <= _minute) return [];
            var ended = _counters.Where(c => c.Value.Count > 0).Select(c => (c.Key.Act, c.Key.Actor, c.Value.Last, c.Value.Count)).ToList();
            _counters.Clear();
            _ofAddress.Clear();
            return ended;
        }
    }

    private static DateTimeOffset MinuteOf(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    private sealed class Counter
    {
        /// <summary>Beyond the first.</summary>
        public int Count { get; set; }

        public DateTimeOffset Last { get; set; }
    }
}
