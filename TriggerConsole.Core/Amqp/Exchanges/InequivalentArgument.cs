using System.Text.RegularExpressions;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>
/// What RabbitMQ says when something is declared anew with other properties (406): the first one that differs, and what it is. The code
/// tells what happened; these words only help to explain it, and nothing depends on their being understood.
/// </summary>
/// <param name="Current">Null for "none".</param>
internal sealed partial record InequivalentArgument(string Name, string? Current)
{
    public static InequivalentArgument? Read(string? replyText)
    {
        if (replyText is null || Pattern().Match(replyText) is not { Success: true } match) return null;
        return new(match.Groups["name"].Value, match.Groups["value"] is { Success: true } value ? value.Value : null);
    }

    [GeneratedRegex("inequivalent arg '(?<name>[^']*)'.* but current is (?:none|(?:the value )?'(?<value>[^']*)')", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
