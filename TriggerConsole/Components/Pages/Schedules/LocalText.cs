using System.Globalization;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>Times as <c>datetime-local</c> fields have them, read in a schedule's zone.</summary>
internal static class LocalText
{
    /// <summary>Null for what is no time. A time that the clock skips is taken an hour later, one that comes twice the first time.</summary>
    public static DateTimeOffset? Read(string? text, string zoneId)
    {
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) || Zone(zoneId) is not { } zone) return null;
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddHours(-3)) : zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    public static string Write(DateTimeOffset? time, string zoneId)
        => time is { } at ? (Zone(zoneId) is { } zone ? TimeZoneInfo.ConvertTime(at, zone) : at).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) : "";

    private static TimeZoneInfo? Zone(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}
