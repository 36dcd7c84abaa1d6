using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace TriggerConsole.Core.Http;

/// <summary>
/// One answer as far as it was read: the first kilobytes are kept, the rest is counted and thrown away. Stays valid when
/// reading fails half-way.
/// </summary>
/// <param name="keep">How many bytes are kept.</param>
internal sealed class HttpAnswer(HttpResponseMessage response, int keep) : IDisposable
{
    private byte[] _bytes = [];
    private int _kept;

    public HttpResponseMessage Response { get; } = response;

    public int Status { get; } = (int)response.StatusCode;

    /// <summary>The beginning of the body.</summary>
    public ReadOnlySpan<byte> Kept => _bytes.AsSpan(0, _kept);

    /// <summary>Bytes read so far.</summary>
    public long Size { get; private set; }

    /// <summary>The last byte was read.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads to the end, or until there is more than <paramref name="most"/>: then <see cref="IsComplete"/> stays false.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReadAsync(int most, CancellationToken cancellationToken)
    {
        var announced = AnnouncedLength();
        if (announced == 0) { IsComplete = true; return; }
        if (announced > most) most = Math.Min(most, keep); // too large in any case: only what is kept is of interest
        _bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(keep, Math.Max(announced + 1 ?? 4096, 256)));
        var stream = Response.Content.ReadAsStream(cancellationToken); // the connection's own: nothing is read yet
        byte[]? waste = null;
        try
        {
            while (Size <= most)
            {
                if (_kept == _bytes.Length && _kept < keep) Grow(keep);
                var space = _kept < keep ? _bytes.AsMemory(_kept, Math.Min(_bytes.Length, keep) - _kept) : waste ??= ArrayPool<byte>.Shared.Rent(16 * 1024);
                var count = await stream.ReadAsync(space, cancellationToken);
                if (count == 0) { IsComplete = true; return; }
                if (_kept < keep) _kept += count;
                Size += count;
            }
        }
        finally
        {
            if (waste is not null) ArrayPool<byte>.Shared.Return(waste);
        }
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _kept = 0;
        Response.Dispose();
    }

    /// <summary>Null when it is not announced.</summary>
    private long? AnnouncedLength()
    {
        if (!Response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths)) return null;
        // No number, or two of them: the handler takes its pick, RFC 9112 (6.3) calls it an error that cannot be recovered from
        if (lengths.Count == 1 && long.TryParse(lengths.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return length;
        throw new HttpRequestException(HttpRequestError.InvalidResponse);
    }

    private void Grow(int keep)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(keep, _bytes.Length * 4));
        Kept.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
