using TriggerConsole.Components.Controls;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Controls;

public sealed class LiveListTests
{
    // Newest first, as queries give them
    private readonly Row[] _rows = [.. Enumerable.Range(0, 9).Select(i => new Row(Sample.Id(Sample.Now.AddSeconds(i)), "")).Reverse()];
    private readonly LiveList<Row> _list = new(r => r.Id);

    [Fact]
    public void Take_ReaderIsAtTheTop_NewRowsComeInAndFadeIn()
    {
        _list.Take(_rows[2..5], "next", isRefresh: false, isReading: false);
        Assert.Null(_list.FreshAfter);
        _list.Take(_rows[..5], "next", isRefresh: true, isReading: false);
        Assert.Equal(_rows[..5], _list.Items);
        Assert.Equal(_rows[2].Id, _list.FreshAfter);
        Assert.Equal(0, _list.New);
    }

    [Fact]
    public void Take_ReaderHasScrolled_RowsChangeWhereTheyStandAndNewOnesWait()
    {
        _list.Take(_rows[2..5], "next", isRefresh: false, isReading: false);
        var changed = _rows[3] with { Text = "changed" };
        _list.Take([_rows[0], _rows[1], _rows[2], changed, _rows[4]], "next", isRefresh: true, isReading: true);
        Assert.Equal([_rows[2], changed, _rows[4]], _list.Items);
        Assert.Equal(2, _list.New);
    }

    [Fact]
    public void Take_OlderPagesWereLoaded_TheyStayBelow()
    {
        _list.Take(_rows[1..4], "a", isRefresh: false, isReading: false);
        _list.Add(_rows[4..7], "b");
        _list.Take(_rows[..3], "c", isRefresh: true, isReading: false);
        Assert.Equal(_rows[..7], _list.Items);
        Assert.Equal("b", _list.Next);
    }

    [Fact]
    public void Take_ReaderAsked_ReplacesAll()
    {
        _list.Take(_rows[..6], "a", isRefresh: false, isReading: false);
        _list.Take(_rows[4..6], null, isRefresh: false, isReading: false);
        Assert.Equal(_rows[4..6], _list.Items);
        Assert.Null(_list.Next);
    }

    [Fact]
    public void Wanted_Refresh_AsksForWhatIsShownWithinBounds()
    {
        _list.Take(_rows, null, isRefresh: false, isReading: false);
        Assert.Equal((9, 20, 5, 4), (_list.Wanted(true, 4, 50), _list.Wanted(true, 20, 50), _list.Wanted(true, 4, 5), _list.Wanted(false, 4, 50)));
    }

    private sealed record Row(Guid Id, string Text);
}
