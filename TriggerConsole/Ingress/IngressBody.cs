using System.Buffers;
using System.IO.Pipelines;

namespace TriggerConsole.Ingress;

internal enum IngressBodyOutcome
{
    Complete,
    TooLarge,

    /// <summary>Too many bytes are on the way in at the same time.</summary>
    Busy,
}

/// <summary>Reads a body into one array of exactly its size. Memory grows with what has arrived, never with what was announced.</summary>
internal static class IngressBody
{
    public static async ValueTask<(byte[]? Body, IngressBodyOutcome Outcome)> ReadAsync(
        PipeReader reader, long? announced, int limit, IngressBudget budget, CancellationToken cancellationToken)
    {
        if (announced == 0) return ([], IngressBodyOutcome.Complete);
        ArrayBufferWriter<byte>? collected = null;
        var taken = 0L;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                if ((collected?.WrittenCount ?? 0) + buffer.Length > limit)
                {
                    reader.AdvanceTo(buffer.End);
                    return (null, IngressBodyOutcome.TooLarge);
                }
                if (result.IsCompleted && collected is null)
                {
                    var whole = buffer.ToArray(); // nearly always: one read, one copy
                    reader.AdvanceTo(buffer.End);
                    return (whole, IngressBodyOutcome.Complete);
                }
                if (!budget.TryTake(buffer.Length))
                {
                    reader.AdvanceTo(buffer.End);
                    return (null, IngressBodyOutcome.Busy);
                }
                taken += buffer.Length;
                collected ??= new((int)Math.Min(buffer.Length * 2, limit));
                foreach (var segment in buffer) collected.Write(segment.Span);
                reader.AdvanceTo(buffer.End);
                if (result.IsCompleted) return (collected.WrittenSpan.ToArray(), IngressBodyOutcome.Complete);
            }
        }
        finally
        {
            budget.Return(taken);
        }
    }
}

/// <summary>Bytes of bodies that are on the way in, together.</summary>
internal sealed class IngressBudget(Microsoft.Extensions.Options.IOptions<Core.Callbacks.IngressOptions> options)
{
    private long _inFlight;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _inFlight, bytes) <= options.Value.MaxBytesInFlight) return true;
        Interlocked.Add(ref _inFlight, -bytes);
        return false;
    }

    public void Return(long bytes)
    {
        if (bytes > 0) Interlocked.Add(ref _inFlight, -bytes);
    }
}
