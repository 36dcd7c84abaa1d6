using System.Buffers;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>
/// Writes into a buffer writer with few calls of its interface, and no more than <see cref="TemplateLimits.MaxOutputBytes"/>.
/// <see cref="Flush"/> hands over what was written last.
/// </summary>
internal ref struct Utf8Output(IBufferWriter<byte> writer)
{
    private const int SmallestRequest = 256;

    private Span<byte> _free;
    private int _used;
    private int _flushed;

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        _used += bytes.Length;
    }

    public void Write(byte b)
    {
        Take(1)[0] = b;
        _used++;
    }

    /// <summary>Room for as many bytes; <see cref="Advance"/> says how many were written.</summary>
    public Span<byte> Take(int size)
    {
        if (_free.Length - _used < size) Grow(size);
        else if (TemplateLimits.MaxOutputBytes - _flushed - _used < size) ThrowTooLong();
        return _free[_used..];
    }

    public void Advance(int count) => _used += count;

    public void Flush()
    {
        if (_used == 0) return;
        writer.Advance(_used);
        _flushed += _used;
        _used = 0;
        _free = default;
    }

    private void Grow(int size)
    {
        if (TemplateLimits.MaxOutputBytes - _flushed - _used < size) ThrowTooLong();
        Flush();
        _free = writer.GetSpan(Math.Max(size, SmallestRequest));
    }

    public static void ThrowTooLong()
        => throw new TemplateException(TemplateException.TooLong, $"What the template makes of this event is larger than {TemplateLimits.MaxOutputBytes / (1024 * 1024)} MB. Send less of the payload.");
}
