using System.Net;

namespace TriggerConsole.Core.Limits;

/// <summary>
/// Lets in so many at the same time, and of one address a share of it. Addresses are counted by a hash in an array: two that meet
/// there share one share, and memory stays as it is.
/// </summary>
internal sealed class LoadGate(int most, int sharePercent)
{
    private const int Slots = 1024;

    private readonly int[] _byAddress = new int[Slots];
    private readonly int _mostOfOne = Math.Max(1, (int)((long)most * sharePercent / 100));
    private int _inside;
    private long _refused;

    public int Inside => Volatile.Read(ref _inside);

    public int Most => most;

    public long Refused => Interlocked.Read(ref _refused);

    /// <returns>Whether it is in; then <see cref="Leave"/> must follow, with the same slot.</returns>
    public bool TryEnter(IPAddress? address, out int slot)
    {
        slot = (address?.GetHashCode() ?? 0) & Slots - 1;
        if (Interlocked.Increment(ref _inside) <= most)
        {
            if (Interlocked.Increment(ref _byAddress[slot]) <= _mostOfOne) return true;
            Interlocked.Decrement(ref _byAddress[slot]);
        }
        Interlocked.Decrement(ref _inside);
        Interlocked.Increment(ref _refused);
        return false;
    }

    public void Leave(int slot)
    {
        Interlocked.Decrement(ref _byAddress[slot]);
        Interlocked.Decrement(ref _inside);
    }

    /// <summary>One was refused for another reason.</summary>
    public void NoteRefused() => Interlocked.Increment(ref _refused);
}
