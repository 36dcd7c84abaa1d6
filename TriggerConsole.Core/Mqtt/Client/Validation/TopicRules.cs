
namespace TriggerConsole.Core.Mqtt.Client.Validation;

/// <summary>Topic names and filters (section 4.7), shared subscriptions (4.8), and which filter takes which topic.</summary>
internal static class TopicRules
{
    private const string Share = "$share/";

    /// <exception cref="MqttArgumentException"/>
    public static void CheckName(string property, string? topic, string what = "The topic")
    {
        if (string.IsNullOrEmpty(topic)) throw new MqttArgumentException(property, $"{what} is empty.");
        if (topic.AsSpan().ContainsAny('+', '#')) throw new MqttArgumentException(property, $"{what} contains a wildcard (+ or #), which only subscriptions may.");
        TextRules.Check(property, topic, what);
    }

    /// <exception cref="MqttArgumentException"/>
    public static void CheckFilter(string property, string? filter)
    {
        if (string.IsNullOrEmpty(filter)) throw new MqttArgumentException(property, "The topic filter is empty.");
        TextRules.Check(property, filter, "The topic filter");
        var levels = filter;
        if (IsShared(filter))
        {
            var end = filter.IndexOf('/', Share.Length);
            if (end == Share.Length || filter.AsSpan(Share.Length, (end < 0 ? filter.Length : end) - Share.Length).ContainsAny('+', '#'))
            {
                throw new MqttArgumentException(property, "The name behind $share/ is missing or contains a wildcard.");
            }
            if (end < 0 || end == filter.Length - 1) throw new MqttArgumentException(property, "A shared subscription needs a topic filter behind its name: $share/name/filter.");
            levels = filter[(end + 1)..];
        }
        CheckWildcards(property, levels);
    }

    public static bool IsShared(string filter) => filter.StartsWith(Share, StringComparison.Ordinal);

    public static bool HasWildcard(string filter) => filter.AsSpan().ContainsAny('+', '#');

    /// <summary>Does a subscription with this valid filter get messages of this topic? Byte for byte: nothing is normalised.</summary>
    public static bool Matches(string filter, string topic)
    {
        var rest = filter.AsSpan();
        if (IsShared(filter)) rest = rest[(filter.IndexOf('/', Share.Length) + 1)..];
        // [MQTT-4.7.2-1]
        if (topic.StartsWith('$') && rest[0] is '+' or '#') return false;
        var name = topic.AsSpan();
        while (true)
        {
            if (rest is "#") return true;
            var level = Take(ref rest, out var isLastOfFilter);
            var part = Take(ref name, out var isLastOfName);
            if (level is not "+" && !level.SequenceEqual(part)) return false;
            if (isLastOfFilter || isLastOfName) return isLastOfName && (isLastOfFilter || rest is "#");
        }
    }

    private static void CheckWildcards(string property, string levels)
    {
        var rest = levels.AsSpan();
        for (var isLast = false; !isLast;)
        {
            var level = Take(ref rest, out isLast);
            if (level.Length > 1 && level.ContainsAny('+', '#')) throw new MqttArgumentException(property, "A wildcard (+ or #) must stand alone between the slashes of a topic filter.");
            if (level is "#" && !isLast) throw new MqttArgumentException(property, "The wildcard # must be the last level of a topic filter.");
        }
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, out bool isLast)
    {
        var slash = rest.IndexOf('/');
        isLast = slash < 0;
        var level = isLast ? rest : rest[..slash];
        rest = isLast ? [] : rest[(slash + 1)..];
        return level;
    }
}
