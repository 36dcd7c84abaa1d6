namespace TriggerConsole.Components.Controls;

/// <summary>The presets of the time filter.</summary>
internal static class TimeRange
{
    public const string Default = "24h";

    public static IReadOnlyList<(string Key, string Text, TimeSpan? Length)> All { get; } =
    [
        ("1h", "Last hour", TimeSpan.FromHours(1)),
        ("24h", "Last 24 hours", TimeSpan.FromHours(24)),
        ("7d", "Last 7 days", TimeSpan.FromDays(7)),
        ("30d", "Last 30 days", TimeSpan.FromDays(30)),
        ("all", "All time", null),
    ];

    /// <summary>Start of the range; null for all time.</summary>
    public static DateTimeOffset? From(string? key, DateTimeOffset now)
    {
        foreach (var range in All)
            if (range.Key == (key ?? Default)) return range.Length is { } length ? now - length : null;
        return now - TimeSpan.FromHours(24);
    }
}
