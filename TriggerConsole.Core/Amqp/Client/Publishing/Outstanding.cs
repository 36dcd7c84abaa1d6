namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>
/// What was sent on one channel and waits for its confirm, by delivery tag. Tags count up from 1, so it is a ring: no hashing,
/// nothing allocated per message. Not thread-safe.
/// </summary>
internal sealed class Outstanding
{
    private const int Large = 4096;

    private PendingPublish?[] _ring = new PendingPublish?[64];

    // A message whose confirm does not come (a quorum queue without its majority) must not hold up the ring for all that follow
    private readonly SortedDictionary<ulong, PendingPublish> _stragglers = [];

    // The oldest tag in the ring, and the next one to be given
    private ulong _first = 1;
    private ulong _next = 1;
    private ulong _lastReturned;

    public int Count { get; private set; }

    /// <summary>Places that are taken up; for tests.</summary>
    internal int Capacity => _ring.Length;

    /// <summary>Whether a message with this tag was ever sent.</summary>
    public bool Knows(ulong tag) => tag >= 1 && tag < _next;

    public void Add(PendingPublish publish)
    {
        if (_next - _first == (ulong)_ring.Length) MakeRoom();
        At(_next++) = publish;
        Count++;
    }

    /// <summary>The last one added was not sent after all. Nothing happens when it was taken already.</summary>
    public void TakeBack(PendingPublish publish)
    {
        if (_next == _first || At(_next - 1) != publish) return;
        At(--_next) = null;
        Count--;
    }

    public PendingPublish? Take(ulong tag)
    {
        if (tag >= _next) return null;
        PendingPublish? publish;
        if (tag < _first)
        {
            if (!_stragglers.Remove(tag, out publish)) return null;
        }
        else
        {
            ref var place = ref At(tag);
            publish = place;
            if (publish is null) return null;
            place = null;
            while (_first < _next && At(_first) is null) _first++;
        }
        Count--;
        return publish;
    }

    /// <summary>All up to this tag, in the order they were sent.</summary>
    public void TakeUpTo(ulong tag, List<PendingPublish> taken)
    {
        var before = taken.Count;
        if (_stragglers.Count > 0)
        {
            taken.AddRange(_stragglers.TakeWhile(s => s.Key <= tag).Select(s => s.Value));
            foreach (var key in _stragglers.Keys.TakeWhile(k => k <= tag).ToList()) _stragglers.Remove(key);
        }
        for (; _first <= tag && _first < _next; _first++)
        {
            ref var place = ref At(_first);
            if (place is null) continue;
            taken.Add(place);
            place = null;
        }
        Count -= taken.Count - before;
    }

    /// <summary>All, in the order they were sent.</summary>
    public List<PendingPublish> TakeAll()
    {
        var taken = new List<PendingPublish>(Count);
        TakeUpTo(_next, taken);
        return taken;
    }

    /// <summary>
    /// The message that came back, by what <paramref name="fits"/> says. Messages come back in the order in which they were sent, so
    /// the search begins behind the one found last, and is short.
    /// </summary>
    public PendingPublish? FindReturned<T>(T wanted, Func<PendingPublish, T, bool> fits)
    {
        var start = Math.Max(_first, _lastReturned + 1);
        for (var tag = start; tag < _next; tag++)
        {
            if (At(tag) is not { ReturnCode: 0 } publish || !fits(publish, wanted)) continue;
            _lastReturned = tag;
            return publish;
        }
        for (var tag = _first; tag < start && tag < _next; tag++)
        {
            if (At(tag) is { ReturnCode: 0 } publish && fits(publish, wanted)) return publish;
        }
        return _stragglers.Values.FirstOrDefault(s => s.ReturnCode == 0 && fits(s, wanted));
    }

    private ref PendingPublish? At(ulong tag) => ref _ring[(int)(tag & (ulong)(_ring.Length - 1))];

    private void MakeRoom()
    {
        if (_ring.Length >= Large && Count - _stragglers.Count < _ring.Length / 4)
        {
            for (var end = _first + ((ulong)_ring.Length / 2); _first < end; _first++)
            {
                ref var place = ref At(_first);
                if (place is not null) _stragglers.Add(_first, place);
                place = null;
            }
            return;
        }
        var larger = new PendingPublish?[_ring.Length * 2];
        for (var tag = _first; tag < _next; tag++) larger[(int)(tag & (ulong)(larger.Length - 1))] = At(tag);
        _ring = larger;
    }
}
