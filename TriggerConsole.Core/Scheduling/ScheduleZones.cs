namespace TriggerConsole.Core.Scheduling;

/// <summary>A time zone to choose from.</summary>
/// <param name="Id">IANA id: <c>Europe/Berlin</c>.</param>
/// <param name="Offset">From UTC at the time asked for.</param>
public sealed record ScheduleZone(string Id, TimeSpan Offset)
{
    /// <summary>"Europe/Berlin (UTC+01:00)".</summary>
    public string Text => $"{Id.Replace('_', ' ')} (UTC{(Offset < TimeSpan.Zero ? "-" : "+")}{Offset:hh\\:mm})";
}

/// <summary>The time zones this server knows, by their IANA ids.</summary>
public static class ScheduleZones
{
    private static readonly Lazy<string[]> s_ids = new(Read);

    public static IReadOnlyList<string> Ids => s_ids.Value;

    /// <summary>Those whose id has all the words of <paramref name="search"/>, with their offset at <paramref name="at"/>.</summary>
    public static IReadOnlyList<ScheduleZone> Find(string? search, DateTimeOffset at, int limit)
    {
        var words = (search ?? "").Split([' ', '/', '_'], StringSplitOptions.RemoveEmptyEntries);
        return [.. Ids.Where(id => words.All(w => id.Contains(w, StringComparison.OrdinalIgnoreCase))).Take(limit)
            .Select(id => new ScheduleZone(id, TimeZoneInfo.FindSystemTimeZoneById(id).GetUtcOffset(at)))];
    }

    private static string[] Read()
    {
        var ids = new SortedSet<string>(StringComparer.Ordinal) { "Etc/UTC" };
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var id = zone.HasIanaId ? zone.Id : TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var iana) ? iana : null;
            if (id is not null && id.Contains('/') && !id.StartsWith("Etc/", StringComparison.Ordinal) && !id.StartsWith("SystemV/", StringComparison.Ordinal)) ids.Add(id);
        }
        return ["Etc/UTC", .. ids.Where(id => id != "Etc/UTC")];
    }
}
