namespace TriggerConsole.Core.Scheduling.Engine;

/// <summary>What becomes of the times that have come since Quartz fired last: which run, and which are only recorded.</summary>
/// <param name="Runs">The times to run, the oldest first.</param>
/// <param name="Left">The times left out, as one row of history; null for none.</param>
internal sealed record TickPlan(IReadOnlyList<DateTimeOffset> Runs, MissedRuns? Left)
{
    /// <summary>Of runs that were missed, so many are made up for at most: the latest.</summary>
    public const int MostMadeUp = 100;

    /// <summary>So many are counted exactly.</summary>
    public const int MostCounted = 10_000;

    /// <summary>A run is missed when it is later than this; until then it simply runs late.</summary>
    public static TimeSpan MissedAfter { get; } = TimeSpan.FromMinutes(1);

    /// <param name="times">When the schedule is due.</param>
    /// <param name="policy">What to do with missed ones.</param>
    /// <param name="due">The first time that is to be settled.</param>
    /// <param name="next">The first time that is not: Quartz fires again for it. Null when there is no more.</param>
    /// <param name="now">Times after it have not come yet.</param>
    public static TickPlan Make(ScheduleTimes times, MisfirePolicy policy, DateTimeOffset due, DateTimeOffset? next, DateTimeOffset now)
    {
        var missed = new List<DateTimeOffset>();
        var runs = new List<DateTimeOffset>();
        var count = 0;
        var truncated = false;
        DateTimeOffset? tick = due;
        while (tick is { } time && !(time >= next) && (time == due || time <= now))
        {
            if (now - time <= MissedAfter)
            {
                runs.Add(time);
            }
            else
            {
                if (missed.Count == MostMadeUp + 1) missed.RemoveAt(1); // the first one and the latest
                missed.Add(time);
                if (++count == MostCounted)
                {
                    // Years of seconds are not walked through one by one: on with the last stretch
                    truncated = true;
                    var stretch = now - MissedAfter - TimeSpan.FromSeconds(MostMadeUp);
                    if (stretch > time) tick = stretch;
                }
            }
            tick = times.After(tick.Value);
        }
        if (missed.Count == 0) return new(runs, null);
        var first = missed[0];
        switch (policy)
        {
            case MisfirePolicy.RunEach:
                var madeUp = missed.TakeLast(MostMadeUp).ToList();
                var left = count - madeUp.Count;
                return new([.. madeUp, .. runs], left == 0 ? null : new(first, missed[^1], first, left, truncated, MissedRuns.Reason.TooMany));
            case MisfirePolicy.RunOnce when runs.Count == 0 && !(next <= now):
                return new([missed[^1]], count == 1 ? null : new(first, missed[^1], first, count - 1, truncated, MissedRuns.Reason.MadeUpByOne));
            case MisfirePolicy.RunOnce:
                return new(runs, new(first, missed[^1], first, count, truncated, MissedRuns.Reason.MadeUpByOne));
            default:
                return new(runs, new(first, missed[^1], first, count, truncated, MissedRuns.Reason.PolicySkips));
        }
    }
}

/// <summary>Times that were missed and are not made up for.</summary>
/// <param name="First">The first time that was missed.</param>
/// <param name="Last">The last time that was missed, made up for or not.</param>
/// <param name="RecordedAt">The time under which history keeps it.</param>
/// <param name="Count">How many are left out.</param>
/// <param name="Truncated">There were more.</param>
internal sealed record MissedRuns(DateTimeOffset First, DateTimeOffset Last, DateTimeOffset RecordedAt, int Count, bool Truncated, MissedRuns.Reason Why)
{
    public enum Reason
    {
        MadeUpByOne,
        PolicySkips,
        TooMany,
    }

    /// <summary>For the history, with times in UTC.</summary>
    public string InWords
    {
        get
        {
            var many = Truncated ? $"More than {Count:N0} runs were" : Count == 1 ? "1 run was" : $"{Count:N0} runs were";
            var span = First == Last ? $"at {First:yyyy-MM-dd HH:mm:ss} UTC" : $"from {First:yyyy-MM-dd HH:mm:ss} to {Last:yyyy-MM-dd HH:mm:ss} UTC";
            return Why switch
            {
                Reason.MadeUpByOne => $"{many} missed {span}; one later run makes up for all.",
                Reason.TooMany => $"{many} missed {span} and left out; only the latest {TickPlan.MostMadeUp} are made up for.",
                _ => $"{many} missed {span} and left out, as this schedule asks.",
            };
        }
    }
}
