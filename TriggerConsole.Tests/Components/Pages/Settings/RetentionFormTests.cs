using TriggerConsole.Components.Pages.Settings;
using TriggerConsole.Core.History;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Settings;

public sealed class RetentionFormTests
{
    [Fact]
    public void Of_Settings_IsCleanAndKeepsThem()
    {
        var form = RetentionForm.Of(new());
        Assert.False(form.IsDirty);
        Assert.Equal(new RetentionInput { SucceededDays = 14, DeadLetteredDays = 90, CancelledDays = 14, EventDays = 14, StatisticDays = 32 }, form.ToInput());
    }

    [Theory]
    [InlineData("7", true)]
    [InlineData("14", false)]
    [InlineData("30", false)]
    [InlineData("0", false)] // for ever
    public void IsShorter_Days_TellsWhetherHistoryGoes(string days, bool expected)
    {
        var form = RetentionForm.Of(new());
        form.Lines[0].Days = days;
        Assert.Equal(expected, form.IsShorter);
    }

    [Fact]
    public void IsShorter_FromForEver_TellsThatHistoryGoes()
    {
        var form = RetentionForm.Of(new() { SucceededDays = 0 });
        form.Lines[0].Days = "365";
        Assert.True(form.IsShorter);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a week")]
    [InlineData("-1")]
    [InlineData("1.5")]
    public void ToInput_NoWholeNumber_MarksTheLine(string days)
    {
        var form = RetentionForm.Of(new());
        form.Lines[1].Days = days;
        Assert.Null(form.ToInput());
        Assert.Equal([false, true, false, false, false], form.Lines.Select(l => l.Error is not null));
    }

    [Fact]
    public void Refuse_FieldOfTheApi_MarksItsLine()
    {
        var form = RetentionForm.Of(new());
        form.Refuse([new("eventDays", "Too many.")]);
        Assert.Equal("Too many.", form.Lines.Single(l => l.Field == "eventDays").Error);
    }
}
