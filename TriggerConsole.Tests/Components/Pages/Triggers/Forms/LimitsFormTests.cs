using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Forms;

public sealed class LimitsFormTests
{
    [Fact]
    public void ToLimits_OfLimits_IsTheSame()
    {
        var limits = new TriggerLimits { MaxConcurrent = 5, RatePerSecond = 0.5, Burst = 20 };
        Assert.Equal(limits, LimitsForm.Of(limits).ToLimits(new FieldErrors()));
        Assert.Equal(TriggerLimits.Default, LimitsForm.Of(TriggerLimits.Default).ToLimits(new FieldErrors()));
    }

    [Fact]
    public void ToLimits_WhatCannotBeRead_IsAnErrorAtItsField()
    {
        var errors = new FieldErrors();
        new LimitsForm { MaxConcurrent = "many", RatePerSecond = "1,5", Burst = "x" }.ToLimits(errors);
        Assert.Equal(["maxConcurrent", "ratePerSecond", "burst"], errors.All.Select(e => e.Field));
    }

    [Theory]
    [InlineData(null, null, 1, "At most 64 at once, as usual here, as fast as the target answers.")]
    [InlineData(1, null, 1, "One at a time, as fast as the target answers.")]
    [InlineData(5, 10.0, 20, "At most 5 at once, 10 a second on average, up to 20 in a row after a quiet time. What comes faster waits its turn; nothing is lost.")]
    [InlineData(5, 0.5, 1, "At most 5 at once, one every 2 s on average. What comes faster waits its turn; nothing is lost.")]
    public void InWords_SaysWhatTheyMean(int? atOnce, double? rate, int burst, string expected)
        => Assert.Equal(expected, LimitsForm.InWords(new() { MaxConcurrent = atOnce, RatePerSecond = rate, Burst = burst }, usualConcurrency: 64));
}
