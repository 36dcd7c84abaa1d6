using TriggerConsole.Components.Pages.Executions;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Executions;

public sealed class LineDiffTests
{
    [Fact]
    public void Of_ChangedLine_IsRemovedThenAdded()
        => Assert.Equal(["=a", "-b", "+B", "=c"], Marks(LineDiff.Of(["a", "b", "c"], ["a", "B", "c"])));

    [Fact]
    public void Of_InsertedLine_IsAddedAlone() => Assert.Equal(["=a", "+x", "=b"], Marks(LineDiff.Of(["a", "b"], ["a", "x", "b"])));

    [Fact]
    public void Of_SameTexts_AllSame() => Assert.Equal(["=a", "=b"], Marks(LineDiff.Of(["a", "b"], ["a", "b"])));

    [Fact]
    public void Of_OneEmpty_AllRemoved() => Assert.Equal(["-a", "-a"], Marks(LineDiff.Of(["a", "a"], [])));

    [Fact]
    public void Of_AnyTexts_GivesBothBack()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            // Few different lines, so that much is the same in many ways
            List<string> before = [.. Lines(random)], after = [.. Lines(random)];
            var diff = LineDiff.Of(before, after);
            Assert.Equal(before, diff.Where(l => l.Change != LineChange.Added).Select(l => l.Text));
            Assert.Equal(after, diff.Where(l => l.Change != LineChange.Removed).Select(l => l.Text));
        }
    }

    [Fact]
    public void Of_TextsTooLongToCompare_ReplacesTheMiddle()
    {
        string[] before = ["same", .. Enumerable.Range(0, 3000).Select(i => $"a{i}")], after = ["same", .. Enumerable.Range(0, 3000).Select(i => $"b{i}")];
        var diff = LineDiff.Of(before, after);
        Assert.Equal(LineChange.Same, diff[0].Change);
        Assert.Equal((3000, 3000), (diff.Count(l => l.Change == LineChange.Removed), diff.Count(l => l.Change == LineChange.Added)));
    }

    [Fact]
    public void Shorten_LongStretch_KeepsThreeLinesOnTheSideOfTheChange()
    {
        string[] before = [.. Enumerable.Range(0, 20).Select(i => $"l{i}"), "old", .. Enumerable.Range(20, 20).Select(i => $"l{i}")];
        string[] after = [.. before.Select(l => l == "old" ? "new" : l)];

        var marks = Marks(LineDiff.Shorten(LineDiff.Of(before, after)));

        Assert.Equal(["~17 lines are the same", "=l17", "=l18", "=l19", "-old", "+new", "=l20", "=l21", "=l22", "~17 lines are the same"], marks);
    }

    [Fact]
    public void Shorten_OneLineTooMany_IsShown()
        => Assert.DoesNotContain(LineDiff.Shorten(LineDiff.Of(["1", "2", "3", "4", "a"], ["1", "2", "3", "4", "b"])), l => l.Change == LineChange.Skipped);

    private static IEnumerable<string> Lines(Random random) => Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static List<string> Marks(IReadOnlyList<DiffLine> lines)
        => [.. lines.Select(l => (l.Change switch { LineChange.Added => "+", LineChange.Removed => "-", LineChange.Skipped => "~", _ => "=" }) + l.Text)];
}
