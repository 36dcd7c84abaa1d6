namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>
/// What waits for the network. The library writes message by message; while one write to the network is under way all that comes is
/// gathered for the next. Nothing waits when the network does not. Bounded.
/// </summary>
internal sealed class OutBuffer
{
    /// <summary>Bytes that are gathered for one write.</summary>
    public const int Most = 256 * 1024;

    /// <summary>Bytes on their way, the library's own queue included, above which publishers wait.</summary>
    public const int HighWater = 1024 * 1024;

    private const int FirstSize = 8 * 1024;

    private readonly Lock _lock = new();
    private byte[] _filling = new byte[FirstSize];
    private byte[] _sending = new byte[FirstSize];
    private int _filled;
    private bool _isSending;
    private bool _isClosed;

    // Given to the library, and not arrived here yet
    private long _expected;
    private TaskCompletionSource? _taken;
    private TaskCompletionSource? _room;

    public bool IsCongested => Volatile.Read(ref _expected) + Volatile.Read(ref _filled) > HighWater;

    /// <param name="bytes">At least so many will be appended; more than that would be waited for in vain.</param>
    public void Expect(int bytes) => Interlocked.Add(ref _expected, bytes);

    /// <summary>They will not come after all.</summary>
    public void Forget(int bytes)
    {
        if (Interlocked.Add(ref _expected, -bytes) < 0) Volatile.Write(ref _expected, 0);
        SignalRoom();
    }

    public Task RoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isClosed || !IsCongested) return Task.CompletedTask;
            return (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes all of it, or nothing when there is no room.</summary>
    /// <param name="mustStart">Nothing is being sent: the caller sees to it that <see cref="TryTake"/> is called.</param>
    public bool TryAppend(ReadOnlySpan<byte> bytes, out bool mustStart)
    {
        lock (_lock)
        {
            mustStart = false;
            if (!_isClosed && _filled + bytes.Length > Most) return false;
            mustStart = Append(bytes);
            return true;
        }
    }

    /// <summary>Takes as much as there is room for, and waits until there is some.</summary>
    public async ValueTask<(int Count, bool MustStart)> AppendSomeAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            Task taken;
            lock (_lock)
            {
                if (_isClosed) return (bytes.Length, false);
                if (Most - _filled is > 0 and var room)
                {
                    var count = Math.Min(room, bytes.Length);
                    return (count, Append(bytes.Span[..count]));
                }
                taken = (_taken ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await taken;
        }
    }

    /// <summary>All that was gathered, for one write; false when there is nothing, and then sending is over.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> batch)
    {
        TaskCompletionSource? taken;
        lock (_lock)
        {
            if (_filled == 0 || _isClosed)
            {
                _isSending = false;
                batch = default;
                return false;
            }
            (_sending, _filling) = (_filling, _sending);
            batch = _sending.AsMemory(0, _filled);
            _filled = 0;
            (taken, _taken) = (_taken, null);
        }
        taken?.TrySetResult();
        return true;
    }

    /// <summary>Somebody may go on who waits for room.</summary>
    public void SignalRoom()
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            if (_room is null || IsCongested) return;
            (room, _room) = (_room, null);
        }
        room.TrySetResult();
    }

    /// <summary>From here on everything that comes is dropped.</summary>
    public void Close()
    {
        TaskCompletionSource? taken, room;
        lock (_lock)
        {
            _isClosed = true;
            _filled = 0;
            (taken, _taken, room, _room) = (_taken, null, _room, null);
        }
        taken?.TrySetResult();
        room?.TrySetResult();
    }

    private bool Append(ReadOnlySpan<byte> bytes)
    {
        // What is not a message counts too: then it is somewhat more than was expected, never less
        if (Volatile.Read(ref _expected) > 0 && Interlocked.Add(ref _expected, -bytes.Length) < 0) Volatile.Write(ref _expected, 0);
        if (_isClosed) return false;
        if (_filled + bytes.Length > _filling.Length) Array.Resize(ref _filling, Math.Min(Most, Math.Max(_filled + bytes.Length, _filling.Length * 2)));
        bytes.CopyTo(_filling.AsSpan(_filled));
        _filled += bytes.Length;
        if (_isSending) return false;
        return _isSending = true;
    }
}
