using System.Globalization;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Controls;

/// <summary>How numbers, durations, sizes and words look on every page.</summary>
internal static class Format
{
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>84 ms</c>, <c>2.4 s</c>, <c>3 min 20 s</c>.</summary>
    public static string Duration(double milliseconds) => milliseconds switch
    {
        < 1 => "<1 ms",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
        < 3_600_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(milliseconds / 60_000):0} min {Math.Floor(milliseconds % 60_000 / 1000):0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 3_600_000:0.0} h"),
    };

    /// <summary><c>412 bytes</c>, <c>12.4 KB</c>, <c>3.0 MB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        1 => "1 byte",
        < 1024 => $"{bytes} bytes",
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024:0.0} MB"),
    };

    /// <summary><c>12 s ago</c>, as app.js goes on writing it.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var seconds = (now - at).TotalSeconds;
        var s = Math.Abs(seconds);
        var text = s switch
        {
            < 1 => "now",
            < 60 => $"{(int)s} s",
            < 3600 => $"{(int)(s / 60)} min",
            < 86400 => $"{(int)(s / 3600)} h",
            _ => $"{(int)(s / 86400)} d",
        };
        return text == "now" ? text : seconds >= 0 ? $"{text} ago" : $"in {text}";
    }

    public static string Word(ExecutionStatus status) => status == ExecutionStatus.DeadLettered ? "Dead" : status.ToString();

    public static string Css(ExecutionStatus status) => status switch
    {
        ExecutionStatus.DeadLettered => "dead",
        var other => other.ToString().ToLowerInvariant(),
    };

    public static string Word(TriggerKind kind) => kind.ToString().ToUpperInvariant();

    public static string Icon(TriggerKind kind) => kind switch
    {
        TriggerKind.Http => "language",
        TriggerKind.Mqtt => "sensors",
        _ => "swap_horiz",
    };

    /// <summary>An outcome in words: <c>http_200</c> → <c>HTTP 200</c>, <c>connect_refused</c> → <c>Connect refused</c>.</summary>
    public static string Code(string? code)
    {
        if (string.IsNullOrEmpty(code)) return "";
        if (code.StartsWith("http_", StringComparison.Ordinal)) return $"HTTP {code[5..]}";
        if (code == "no_matching_subscribers") return "No one is subscribed";
        if (code == "unroutable") return "Not routed";
        if (code is "dns" or "tls") return code.ToUpperInvariant();
        var words = code.Replace('_', ' ');
        return string.Concat(char.ToUpperInvariant(words[0]).ToString(), words.AsSpan(1));
    }

    /// <summary>"1 execution", "42 executions".</summary>
    public static string Count(long count, string one, string? many = null) => $"{Number(count)} {(count == 1 ? one : many ?? one + "s")}";
}
