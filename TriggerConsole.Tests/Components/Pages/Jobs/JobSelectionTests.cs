using TriggerConsole.Components.Pages.Jobs;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Jobs;

public sealed class JobSelectionTests
{
    private static readonly Guid[] s_page = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
    private readonly JobSelection _selection = new();

    [Fact]
    public void StateOf_NoneSomeAll_IsToldApart()
    {
        Assert.False(_selection.StateOf(s_page));
        _selection.Toggle(s_page[0], s_page);
        Assert.Null(_selection.StateOf(s_page));
        _selection.TogglePage(s_page);
        Assert.True(_selection.StateOf(s_page));
        _selection.TogglePage(s_page);
        Assert.False(_selection.StateOf(s_page));
    }

    [Fact]
    public void StateOf_EmptyPage_IsNone() => Assert.False(_selection.StateOf([]));

    [Fact]
    public void Toggle_AfterAllThatMatch_LeavesTheRestOfThePage()
    {
        _selection.SelectAllMatching();
        Assert.True(_selection.Has(Guid.NewGuid()));

        _selection.Toggle(s_page[1], s_page);

        Assert.False(_selection.AllMatching);
        Assert.Equal([s_page[0], s_page[2]], _selection.Ids.OrderBy(id => Array.IndexOf(s_page, id)));
    }

    [Fact]
    public void TogglePage_AfterAllThatMatch_SelectsNothing()
    {
        _selection.SelectAllMatching();

        _selection.TogglePage(s_page);

        Assert.False(_selection.Any);
    }
}
