using System.Text;
using TriggerConsole.Components.Pages.Events;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Events;

public sealed class EventBodyTests
{
    [Fact]
    public void Of_Text_IsShownAsItIs()
    {
        var body = EventBody.Of(Encoding.UTF8.GetBytes("{\"name\":\"Zoë\"}\r\n\t"));
        Assert.Equal("{\"name\":\"Zoë\"}\r\n\t", body.Content);
        Assert.False(body.IsBinary);
        Assert.Null(body.CutText);
    }

    [Fact]
    public void Of_ByteOrderMark_IsNotPartOfTheText() => Assert.Equal("a", EventBody.Of([0xEF, 0xBB, 0xBF, (byte)'a']).Content);

    [Theory]
    [InlineData(new byte[] { 0x61, 0x00, 0x62 })] // NUL
    [InlineData(new byte[] { 0xFF, 0xFE })] // no UTF-8
    [InlineData(new byte[] { 0x1B, 0x5B, 0x33, 0x31, 0x6D })] // a terminal's escape
    public void Of_Bytes_AreShownAsBytes(byte[] bytes)
    {
        var body = EventBody.Of(bytes);
        Assert.True(body.IsBinary);
        Assert.Equal(bytes, Convert.FromBase64String(body.Content));
    }

    [Fact]
    public void Of_ManyBytes_ShowsTheFirstKilobyte()
    {
        var body = EventBody.Of(new byte[5000]);
        Assert.Equal(1024, Convert.FromBase64String(body.Content).Length);
        Assert.Equal("The first 1.0 KB are shown. Download it to see all 4.9 KB.", body.CutText);
    }

    [Fact]
    public void Of_LongText_IsCutBetweenCharacters()
    {
        var body = EventBody.Of(Encoding.UTF8.GetBytes("x" + new string('é', EventBody.MostText)));
        Assert.False(body.IsBinary);
        Assert.DoesNotContain('\uFFFD', body.Content);
        Assert.Equal(EventBody.MostText - 1, body.Shown);
        Assert.NotNull(body.CutText);
    }

    [Fact]
    public void Of_Nothing_IsEmpty() => Assert.Equal("", EventBody.Of([]).Content);
}
