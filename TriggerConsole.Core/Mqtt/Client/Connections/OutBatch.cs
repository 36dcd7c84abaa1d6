using System.Buffers;
using TriggerConsole.Core.Mqtt.Client.Sessions;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>
/// Packets that go out together: small ones side by side in rented memory, so that hundreds take one socket write; large
/// payloads stay where they are.
/// </summary>
internal sealed class OutBatch
{
    private const int ChunkSize = 64 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private readonly List<byte[]> _rented = [];
    private byte[] _chunk = [];
    private int _start;
    private int _end;

    /// <summary>In bytes.</summary>
    public long Size { get; private set; }

    /// <summary>QoS 0 messages, which end when this is written.</summary>
    public List<PublishExchange> Unacknowledged { get; } = [];

    public bool IsEmpty => Size == 0;

    /// <summary>Memory of at least this size, to be followed by <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (_chunk.Length - _end < size)
        {
            CutPart();
            _chunk = ArrayPool<byte>.Shared.Rent(Math.Max(size, ChunkSize));
            _rented.Add(_chunk);
            (_start, _end) = (0, 0);
        }
        return _chunk.AsSpan(_end);
    }

    public void Advance(int count)
    {
        _end += count;
        Size += count;
    }

    public void Append(ReadOnlySpan<byte> packet)
    {
        packet.CopyTo(GetSpan(packet.Length));
        Advance(packet.Length);
    }

    /// <summary>Not copied.</summary>
    public void AppendLarge(ReadOnlyMemory<byte> bytes)
    {
        CutPart();
        _parts.Add(bytes);
        Size += bytes.Length;
    }

    /// <summary>Everything, in order; nothing may be added any more.</summary>
    public List<ReadOnlyMemory<byte>> Seal()
    {
        CutPart();
        return _parts;
    }

    public void Clear()
    {
        _parts.Clear();
        Unacknowledged.Clear();
        // One chunk is kept: most batches need no more
        for (var i = 1; i < _rented.Count; i++) ArrayPool<byte>.Shared.Return(_rented[i]);
        if (_rented.Count > 1) _rented.RemoveRange(1, _rented.Count - 1);
        _chunk = _rented.Count > 0 ? _rented[0] : [];
        (_start, _end, Size) = (0, 0, 0);
    }

    /// <summary>Gives all memory back.</summary>
    public void Release()
    {
        Clear();
        if (_rented.Count > 0) ArrayPool<byte>.Shared.Return(_rented[0]);
        _rented.Clear();
        _chunk = [];
    }

    private void CutPart()
    {
        if (_end > _start) _parts.Add(_chunk.AsMemory(_start, _end - _start));
        _start = _end;
    }
}
