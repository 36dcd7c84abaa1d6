namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>Patterns of topic exchanges (AMQP 0-9-1, section 3.1.3.3): words parted by dots, <c>*</c> for one word, <c>#</c> for any number of them.</summary>
internal static class TopicPattern
{
    public static bool Fits(string pattern, string key) => Fits(pattern.Split('.'), key.Split('.'));

    // Places in the pattern that the words so far can have led to: no way is tried twice, however many # there are
    private static bool Fits(string[] pattern, string[] words)
    {
        var at = Reach([0], pattern);
        foreach (var word in words)
        {
            var next = new HashSet<int>();
            foreach (var place in at)
            {
                if (place == pattern.Length) continue;
                if (pattern[place] == "#") next.Add(place);
                else if (pattern[place] == "*" || pattern[place] == word) next.Add(place + 1);
            }
            at = Reach(next, pattern);
        }
        return at.Contains(pattern.Length);
    }

    // A # may stand for nothing
    private static HashSet<int> Reach(HashSet<int> places, string[] pattern)
    {
        foreach (var place in places.ToList())
            for (var i = place; i < pattern.Length && pattern[i] == "#"; i++) places.Add(i + 1);
        return places;
    }
}
