namespace TriggerConsole.Core.Amqp.Client.Transports;

internal sealed partial class AmqpStream
{
    private const int FirstSize = 16 * 1024;

    // What was read; of it, what has passed the guard is handed on first
    private byte[] _in = new byte[FirstSize];
    private int _start;
    private int _passed;
    private int _end;
    private long _lastHeard = time.GetTimestamp();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _passed > _start ? new(HandOver(buffer.Span)) : ReadMoreAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<int> ReadMoreAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var count = await transport.Stream.ReadAsync(_in.AsMemory(_end), cancellationToken);
                if (count == 0)
                {
                    End(new EndOfStreamException(_end > _start ? "in the middle of a frame" : null));
                    // With half a frame in hand the library would read for ever: it gets whole ones only
                    return 0;
                }
                _end += count;
                Pass();
                if (_passed > _start) return HandOver(buffer.Span);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { throw; }
        catch (Exception exception)
        {
            End(exception);
            throw exception as IOException ?? new IOException(exception.Message, exception);
        }
    }

    private void Pass()
    {
        var needed = 0;
        _passed = guard is null ? _end : _start + guard.Check(_in.AsSpan(_start, _end - _start), out needed);
        if (_passed > _start)
        {
            Volatile.Write(ref _lastHeard, time.GetTimestamp());
            return;
        }
        // The rest of a frame must find room behind its beginning
        if (_start + needed > _in.Length)
        {
            var target = needed > _in.Length ? new byte[FrameGuard.LargestFrame] : _in;
            Buffer.BlockCopy(_in, _start, target, 0, _end - _start);
            (_in, _end, _start, _passed) = (target, _end - _start, 0, 0);
        }
    }

    private int HandOver(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _passed - _start);
        _in.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        if (_start < _passed) return count;
        // All that passed is gone: what is left of the next frame moves to the front
        Buffer.BlockCopy(_in, _start, _in, 0, _end - _start);
        (_end, _start, _passed) = (_end - _start, 0, 0);
        return count;
    }
}
