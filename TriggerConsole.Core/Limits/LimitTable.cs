namespace TriggerConsole.Core.Limits;

/// <summary>
/// The counts of all callers, in bounded memory: beyond <paramref name="capacity"/> the one that was away longest is forgotten, so
/// that requests from a million addresses cost no more than from the last so many. Nothing is allocated once it has grown. Split
/// into parts with a lock each, held for some ten nanoseconds.
/// </summary>
internal sealed class LimitTable(int capacity)
{
    private const int Parts = 16;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part(Math.Max(1, capacity / Parts)))];

    /// <summary>Callers that are remembered now.</summary>
    public int Count => _parts.Sum(p => p.Count);

    /// <summary>Lets one through, or not.</summary>
    /// <param name="at">Milliseconds of a clock that only goes forward.</param>
    public LimitVerdict Take(in LimitKey key, in RateLimit limit, long at) => limit.IsNone ? LimitVerdict.Unlimited : PartOf(key).Take(key, limit, at, count: true);

    /// <summary>The same without counting it.</summary>
    public LimitVerdict Look(in LimitKey key, in RateLimit limit, long at) => limit.IsNone ? LimitVerdict.Unlimited : PartOf(key).Take(key, limit, at, count: false);

    /// <summary>One that was let through does not count after all.</summary>
    public void TakeBack(in LimitKey key) => PartOf(key).TakeBack(key);

    private Part PartOf(in LimitKey key) => _parts[(uint)key.GetHashCode() % Parts];

    private struct Entry
    {
        public LimitKey Key;
        public SlidingWindow Window;
        public SlidingWindow Burst;
        public int Older;
        public int Newer;
    }

    private sealed class Part(int capacity)
    {
        private const int None = -1;

        private readonly Lock _gate = new();
        private readonly Dictionary<LimitKey, int> _index = [];
        private Entry[] _entries = new Entry[Math.Min(capacity, 16)];
        private int _newest = None;
        private int _oldest = None;

        public int Count
        {
            get { lock (_gate) return _index.Count; }
        }

        public LimitVerdict Take(in LimitKey key, in RateLimit limit, long at, bool count)
        {
            lock (_gate)
            {
                if (!count && !_index.ContainsKey(key)) return new(true, limit.Permits, 0);
                ref var entry = ref Find(key);
                var free = limit.Permits > 0 ? entry.Window.Free(limit.Permits, limit.WindowMs, at) : int.MaxValue;
                var burst = limit.Burst > 0 ? entry.Burst.Free(limit.Burst, RateLimit.BurstWindowMs, at) : int.MaxValue;
                if (free == 0 || burst == 0)
                    return new(false, 0, Math.Max(1, Math.Max(
                        free == 0 ? entry.Window.WaitMs(limit.Permits, limit.WindowMs, at) : 0, burst == 0 ? entry.Burst.WaitMs(limit.Burst, RateLimit.BurstWindowMs, at) : 0)));
                if (count)
                {
                    entry.Window.Add();
                    entry.Burst.Add();
                }
                var window = limit.Permits > 0 ? limit.WindowMs : RateLimit.BurstWindowMs;
                return new(true, Math.Min(free, burst) - (count ? 1 : 0), window - (int)(at % window));
            }
        }

        public void TakeBack(in LimitKey key)
        {
            lock (_gate)
            {
                if (!_index.TryGetValue(key, out var at)) return;
                ref var entry = ref _entries[at];
                entry.Window.TakeBack();
                entry.Burst.TakeBack();
            }
        }

        private ref Entry Find(in LimitKey key)
        {
            if (_index.TryGetValue(key, out var at))
            {
                if (at == _newest) return ref _entries[at];
                Unlink(at);
            }
            else
            {
                at = Seat();
                _entries[at] = new() { Key = key };
                _index[key] = at;
            }
            ref var entry = ref _entries[at];
            (entry.Older, entry.Newer) = (_newest, None);
            if (_newest != None) _entries[_newest].Newer = at;
            _newest = at;
            if (_oldest == None) _oldest = at;
            return ref entry;
        }

        // A place for one more: a new one, or that of the one that was away longest
        private int Seat()
        {
            if (_index.Count < capacity)
            {
                if (_index.Count == _entries.Length) Array.Resize(ref _entries, (int)Math.Min((long)_entries.Length * 2, capacity));
                return _index.Count;
            }
            var at = _oldest;
            Unlink(at);
            _index.Remove(_entries[at].Key);
            return at;
        }

        private void Unlink(int at)
        {
            var (older, newer) = (_entries[at].Older, _entries[at].Newer);
            if (older != None) _entries[older].Newer = newer;
            else _oldest = newer;
            if (newer != None) _entries[newer].Older = older;
            else _newest = older;
        }
    }
}
