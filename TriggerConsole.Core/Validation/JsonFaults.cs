using System.Text.Json;
using System.Text.RegularExpressions;

namespace TriggerConsole.Core.Validation;

/// <summary>Turns what the JSON reader found wrong into a fault that names the field.</summary>
public static partial class JsonFaults
{
    // Names come from whoever sent the document: an answer must not be as large as they are
    private const int LongestField = 300;
    private const int LongestMessage = 2000;

    /// <param name="exception">What the reader threw.</param>
    /// <param name="prefix">Where the document stands in the request: <c>settings</c>; empty for the whole body.</param>
    public static FieldError Describe(JsonException exception, string prefix = "")
    {
        var fault = Find(exception, prefix);
        return fault with { Field = Cut(fault.Field, LongestField), Message = Cut(fault.Message, LongestMessage) };
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static FieldError Find(JsonException exception, string prefix)
    {
        var path = exception.Path is { } p ? p.TrimStart('$').TrimStart('.') : "";
        var message = exception.Message;
        if (exception is JsonSentenceException said) return new(Join(prefix, Join(path, said.Below)), message);
        // The reader says these only in its message; the wording is pinned by a test
        if (UnknownMember().Match(message) is { Success: true } unknown)
        {
            var name = unknown.Groups[1].Value;
            var parent = path.EndsWith(name, StringComparison.Ordinal) ? path[..^name.Length].TrimEnd('.') : path;
            return new(Join(prefix, Join(parent, name)), "This field is unknown here. Check its spelling, or take it out.");
        }
        if (Duplicate().Match(message) is { Success: true } duplicate)
            return new(Join(prefix, path.EndsWith(duplicate.Groups[1].Value, StringComparison.Ordinal) ? path : Join(path, duplicate.Groups[1].Value)), "This field is given twice.");
        if (Missing().Match(message) is { Success: true } missing)
            return new(Join(prefix, Join(path, missing.Groups[1].Value)), "This field is missing.");
        if (message.Contains("could not be converted", StringComparison.Ordinal) || message.Contains("null", StringComparison.Ordinal))
            return new(Join(prefix, path), $"This value has the wrong type{Expected(message)}.");
        if (message.Contains("maximum configured depth", StringComparison.Ordinal) || message.Contains("depth", StringComparison.Ordinal))
            return new(Join(prefix, path), "This is nested too deeply; 64 levels are allowed.");
        var where = exception.LineNumber is { } line ? $" (line {line + 1}, byte {exception.BytePositionInLine + 1})" : "";
        return new(Join(prefix, path), $"This is not valid JSON{where}.") { Line = (int?)exception.LineNumber + 1, Column = (int?)exception.BytePositionInLine + 1 };
    }

    private static string Expected(string message)
    {
        if (message.Contains("System.Int", StringComparison.Ordinal)) return "; a whole number is expected";
        if (message.Contains("System.Double", StringComparison.Ordinal)) return "; a number is expected";
        if (message.Contains("System.Boolean", StringComparison.Ordinal)) return "; true or false is expected";
        if (message.Contains("System.String", StringComparison.Ordinal)) return "; a text is expected";
        if (message.Contains("System.Guid", StringComparison.Ordinal)) return "; an id is expected";
        if (message.Contains("System.DateTimeOffset", StringComparison.Ordinal)) return "; a time like 2026-01-31T09:30:00Z is expected";
        if (OurType().Match(message) is { Success: true } match && typeof(JsonFaults).Assembly.GetType(match.Value) is { IsEnum: true } words) return $"; one of {string.Join(", ", Words(words))} is expected";
        return "";
    }

    private static IEnumerable<string> Words(Type type)
        => Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, type, CoreJson.Options).ToString());

    private static string Join(string prefix, string path)
        => prefix.Length == 0 ? path : path.Length == 0 ? prefix : path[0] == '[' ? prefix + path : $"{prefix}.{path}";

    [GeneratedRegex("^The JSON property '([^']*)' could not be mapped")]
    private static partial Regex UnknownMember();

    [GeneratedRegex(@"(?<=converted to .*)TriggerConsole\.[\w.+]*\w")]
    private static partial Regex OurType();

    [GeneratedRegex("^Duplicate property '([^']*)'")]
    private static partial Regex Duplicate();

    [GeneratedRegex("missing required properties including: '([^']*)'")]
    private static partial Regex Missing();
}
