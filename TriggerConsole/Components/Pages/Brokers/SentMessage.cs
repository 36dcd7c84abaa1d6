using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>A message that was published by hand, whatever the protocol.</summary>
public interface ISentMessage
{
    ExecutionView Execution { get; }

    /// <summary>Where it went: topic, routing key.</summary>
    string Where { get; }

    /// <summary>What else is to be known of its way, in a few words; null for nothing.</summary>
    string? How { get; }

    /// <summary>The beginning of what was sent.</summary>
    string Body { get; }

    /// <summary>Whether all of it is known, so that it can be sent again from a form.</summary>
    bool CanBeUsedAgain { get; }
}

/// <summary>Messages in a line of a list.</summary>
internal static class SentWords
{
    private const int MostShown = 80;

    /// <summary>A body on one line, cut where that gets too long.</summary>
    public static string Short(string? body, string encoding, long size)
    {
        if (encoding == "base64") return $"binary, {Format.Size(size)}";
        var text = string.Join(' ', (body ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? "(empty)" : text.Length <= MostShown ? text : text[..MostShown] + "…";
    }
}
