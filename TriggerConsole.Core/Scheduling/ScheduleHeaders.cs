using TriggerConsole.Core.Events;

namespace TriggerConsole.Core.Scheduling;

/// <summary>The headers that say of an event which schedule made it, and for when.</summary>
public static class ScheduleHeaders
{
    public const string Id = "X-Schedule-Id";
    public const string Name = "X-Schedule-Name";
    public const string DueAt = "X-Schedule-Due";

    /// <summary>Null for events that no schedule made, whatever headers they came with.</summary>
    public static string? Find(EventContent content, string header) => content.Stored.Origin == EventOrigin.Schedule ? content.Header(header) : null;

    internal static KeyValuePair<string, string>[] Of(Schedule schedule, DateTimeOffset due, string? contentType)
    {
        KeyValuePair<string, string>[] headers = [new(Id, schedule.Id.ToString()), new(Name, schedule.Name), new(DueAt, due.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture))];
        return contentType is null ? headers : [new("Content-Type", contentType), .. headers];
    }
}
