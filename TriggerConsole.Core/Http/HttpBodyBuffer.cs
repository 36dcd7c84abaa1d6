using System.Buffers;
using System.Net;

namespace TriggerConsole.Core.Http;

/// <summary>
/// A request's body, rendered into an array of the shared pool. The handler may go on sending after its caller has given up, so
/// the array goes back only when nobody is sending from it; else the garbage collector gets it.
/// </summary>
internal sealed class HttpBodyBuffer(int capacity = 1024) : IBufferWriter<byte>, IDisposable
{
    private readonly Lock _lock = new();
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;
    private int _sending;
    private bool _closed;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public bool TryBeginSending()
    {
        lock (_lock)
        {
            if (_closed) return false;
            _sending++;
            return true;
        }
    }

    public void EndSending()
    {
        lock (_lock) _sending--;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
            if (_sending > 0) return;
        }
        GiveBack(_bytes);
    }

    private void Reserve(int size)
    {
        var needed = checked(_length + Math.Max(size, 1));
        if (needed <= _bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        GiveBack(_bytes);
        _bytes = larger;
    }

    // It may hold secrets
    private void GiveBack(byte[] bytes)
    {
        bytes.AsSpan(0, _length).Clear();
        ArrayPool<byte>.Shared.Return(bytes);
    }
}

/// <summary>The body of one sending. Knows how far the sending got.</summary>
internal sealed class HttpBodyContent(ReadOnlyMemory<byte> body, HttpBodyBuffer? buffer) : HttpContent
{
    private volatile bool _started;
    private volatile bool _sent;

    /// <summary>A connection was there, and headers and body are on their way.</summary>
    public bool IsStarted => _started;

    /// <summary>All of it was handed to the connection.</summary>
    public bool IsSent => _sent;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(buffer?.TryBeginSending() == false, this);
        try
        {
            _started = true;
            await stream.WriteAsync(body, cancellationToken);
            _sent = true;
        }
        finally { buffer?.EndSending(); }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
