namespace TriggerConsole.Core.Jobs;

/// <summary>What ended in one second.</summary>
public readonly record struct SecondPoint(DateTimeOffset At, long Succeeded, long Failed, long Deleted);

/// <summary>
/// The last minute, second by second: the differences between one look at the counters and the next. Looks are shared by all who
/// watch, so whoever opens the page while another one watches sees the whole minute at once.
/// </summary>
internal sealed class RealtimeRates
{
    public const int Seconds = 60;

    private readonly Lock _gate = new();
    private readonly Queue<SecondPoint> _points = new();
    private JobStatistics? _last;

    public IReadOnlyList<SecondPoint> Points
    {
        get { lock (_gate) return [.. _points]; }
    }

    /// <summary>Takes note of a look. The same one twice counts once.</summary>
    public void Note(JobStatistics look)
    {
        lock (_gate)
        {
            if (_last is not { } last || look.At <= last.At || look.At - last.At > TimeSpan.FromSeconds(Seconds))
            {
                if (_last is null || look.At > _last.At)
                {
                    _points.Clear();
                    _last = look;
                }
                return;
            }
            // A look that came late covers several seconds: spread evenly
            var seconds = Math.Max(1, (int)Math.Round((look.At - last.At).TotalSeconds));
            for (var i = 1; i <= seconds; i++)
            {
                _points.Enqueue(new(last.At + (look.At - last.At) * i / seconds,
                    Share(look.Succeeded - last.Succeeded, i, seconds), Share(look.FailedInAll - last.FailedInAll, i, seconds), Share(look.DeletedInAll - last.DeletedInAll, i, seconds)));
            }
            while (_points.Count > Seconds) _points.Dequeue();
            _last = look;
        }
    }

    private static long Share(long all, int part, int parts) => Math.Max(0, all * part / parts - all * (part - 1) / parts);
}
