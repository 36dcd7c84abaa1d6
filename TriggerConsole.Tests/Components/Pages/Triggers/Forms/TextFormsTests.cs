using TriggerConsole.Components.Pages.Triggers.Forms;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Forms;

public sealed class TextFormsTests
{
    [Theory]
    [InlineData("2", 2)]
    [InlineData(" 1.5 ", 1.5)]
    [InlineData("30 s", 30)]
    [InlineData("250ms", 0.25)]
    [InlineData("5min", 300)]
    [InlineData("5 m", 300)]
    [InlineData("1 h 30 min", 5400)]
    [InlineData("7 days", 604800)]
    [InlineData("0", 0)]
    public void DurationText_WhatPeopleType_IsRead(string text, double seconds) => Assert.Equal(seconds, DurationText.TryParse(text, out _)!.Value, 6);

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("5 10")]
    [InlineData("5 fortnights")]
    [InlineData("1,5 h")]
    [InlineData("1.2.3")]
    [InlineData("h")]
    public void DurationText_AnythingElse_SaysWhatToWrite(string text)
    {
        Assert.Null(DurationText.TryParse(text, out var error));
        Assert.False(string.IsNullOrEmpty(error));
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.25, "0.25 s")]
    [InlineData(2, "2 s")]
    [InlineData(62, "1 min 2 s")]
    [InlineData(3600, "1 h")]
    [InlineData(90061.5, "1 d 1 h 1 min 1.5 s")]
    public void DurationText_Of_IsReadBackExactly(double seconds, string text)
    {
        Assert.Equal(text, DurationText.Of(seconds));
        Assert.Equal(seconds, DurationText.TryParse(text, out _)!.Value, 6);
    }

    [Theory]
    [InlineData("1 MB", 1048576)]
    [InlineData("512kb", 524288)]
    [InlineData("1.5 KB", 1536)]
    [InlineData("4096", 4096)]
    [InlineData("100 bytes", 100)]
    public void SizeText_WhatPeopleType_IsRead(string text, int bytes) => Assert.Equal(bytes, SizeText.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("big")]
    [InlineData("-1")]
    [InlineData("3 GB")]
    [InlineData("99999999999")]
    public void SizeText_AnythingElse_IsNull(string text) => Assert.Null(SizeText.TryParse(text));

    [Theory]
    [InlineData(1048576, "1 MB")]
    [InlineData(1536, "1536 bytes")]
    [InlineData(2048, "2 KB")]
    public void SizeText_Of_IsReadBackExactly(int bytes, string text)
    {
        Assert.Equal(text, SizeText.Of(bytes));
        Assert.Equal(bytes, SizeText.TryParse(text));
    }

    [Fact]
    public void NumberText_Comma_IsNotGuessed()
    {
        Assert.Null(NumberText.Whole("1,000"));
        Assert.Null(NumberText.Any("1,5"));
        Assert.Equal(1.5, NumberText.Any(" 1.5 "));
    }
}
