using System.Buffers;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>
/// Collects bytes in an array of the shared pool. What was written is wiped when it is given back, for it may hold secrets.
/// For one thread, one time.
/// </summary>
internal sealed class PooledBuffer(int capacity = 1024) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => Reserve(sizeHint).AsMemory(_length);

    public Span<byte> GetSpan(int sizeHint = 0) => Reserve(sizeHint).AsSpan(_length);

    public void Dispose()
    {
        GiveBack(_bytes);
        _bytes = [];
        _length = 0;
    }

    private byte[] Reserve(int size)
    {
        var needed = checked(_length + Math.Max(size, 1));
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
            Written.CopyTo(larger);
            GiveBack(_bytes);
            _bytes = larger;
        }
        return _bytes;
    }

    private void GiveBack(byte[] bytes)
    {
        if (bytes.Length == 0) return;
        bytes.AsSpan(0, _length).Clear();
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
