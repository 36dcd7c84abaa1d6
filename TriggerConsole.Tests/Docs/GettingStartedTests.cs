using System.Text.RegularExpressions;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Docs;

/// <summary>The guides for newcomers call things what the pages call them.</summary>
public sealed partial class GettingStartedTests
{
    // Built when the page is: the statuses, and the words of the tables above them
    private static readonly string[] s_words = [.. Enum.GetValues<ExecutionStatus>().Select(Format.Word), "Event", "like this"];

    [Theory]
    [InlineData("getting-started.md")]
    [InlineData("mqtt.md")]
    [InlineData("amqp.md")]
    public void Labels_OfTheGuide_StandOnThePages(string guide)
    {
        var pages = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "TriggerConsole", "Components"), "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)).Select(File.ReadAllText));
        var labels = Label().Matches(MarkdownFile.Read("docs", guide).Prose).Select(match => match.Groups["label"].Value).Distinct().Except(s_words).ToList();
        var missing = labels.Where(label => !Regex.IsMatch(pages, $"[>\"\\s]{Regex.Escape(label)}[<\"@\\s…]")).ToList();

        Assert.True(labels.Count > 30);
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"\*\*(?<label>[^*]+)\*\*")]
    private static partial Regex Label();
}
