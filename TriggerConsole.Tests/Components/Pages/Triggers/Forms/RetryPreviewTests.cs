using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Forms;

public sealed class RetryPreviewTests
{
    private static readonly RetryPolicy s_plain = RetryPolicy.Default with { Jitter = false };

    [Fact]
    public void Schedule_Usual_ListsEveryDelayAndTheWholeTime()
        => Assert.Equal(
            "After a failure it is tried again after 2 s, 4 s, 8 s, 16 s and 32 s. The last of 6 tries begins about 1 min 2 s after the first; if it fails too, it becomes a dead letter.",
            RetryPreview.Schedule(s_plain));

    [Fact]
    public void Schedule_Jitter_SaysSo() => Assert.Contains("up to a quarter shorter or longer", RetryPreview.Schedule(RetryPolicy.Default), StringComparison.Ordinal);

    [Fact]
    public void Schedule_OneTry_IsNeverTriedAgain()
        => Assert.Equal("It is tried once. What fails becomes a dead letter at once.", RetryPreview.Schedule(s_plain with { MaxAttempts = 1 }));

    [Fact]
    public void Schedule_OneRetry_HasOneDelay() => Assert.Contains("tried again after 2 s.", RetryPreview.Schedule(s_plain with { MaxAttempts = 2 }), StringComparison.Ordinal);

    [Fact]
    public void Schedule_Fixed_SaysItOnce()
        => Assert.Contains("tried again 4 times, each after 1 min.", RetryPreview.Schedule(s_plain with { Strategy = RetryStrategy.Fixed, DelaySeconds = 60, MaxAttempts = 5 }), StringComparison.Ordinal);

    [Fact]
    public void Schedule_ManyThatReachTheLongestDelay_SaysFromWhereItStays()
        => Assert.Contains("after 2 s, 4 s, 8 s, 10 s and then 10 s each time", RetryPreview.Schedule(s_plain with { MaxDelaySeconds = 10, MaxAttempts = 20 }), StringComparison.Ordinal);

    [Fact]
    public void Schedule_ManyThatGoOnGrowing_EndsWithTheLast()
        => Assert.Contains("after 2 s, 4 s, 8 s, 16 s, 32 s and so on, up to 17 min 4 s", RetryPreview.Schedule(s_plain with { MaxAttempts = 11 }), StringComparison.Ordinal);

    [Fact]
    public void Schedule_List_RepeatsItsLast()
        => Assert.Contains("after 5 s, 1 min, 10 min, 10 min and 10 min", RetryPreview.Schedule(s_plain with { Strategy = RetryStrategy.Schedule, Schedule = [5, 60, 600] }), StringComparison.Ordinal);

    [Fact]
    public void Schedule_NoDelay_IsAtOnce()
        => Assert.Equal(
            "After a failure it is tried again 2 times at once. If the last of 3 tries fails too, it becomes a dead letter.",
            RetryPreview.Schedule(s_plain with { DelaySeconds = 0, MaxAttempts = 3 }));

    [Fact]
    public void Kinds_Usual_FollowTheDefault()
    {
        var (retried, notRetried) = RetryPreview.Kinds(RetryPolicy.Default);
        Assert.Contains("429", retried, StringComparison.Ordinal);
        Assert.Contains("no answer in time", retried, StringComparison.Ordinal);
        Assert.Contains("401", notRetried, StringComparison.Ordinal);
        Assert.DoesNotContain("401", retried, StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_Chosen_AreThoseAndNoOthers()
        => Assert.Equal("refused for good (400, 404, 422)", RetryPreview.Kinds(RetryPolicy.Default with { RetryOn = [FailureKind.Permanent] }).Retried);

    [Fact]
    public void Failures_EveryKind_HasItsWords()
        => Assert.Equal(Enum.GetValues<FailureKind>().Order(), RetryPreview.Failures.Select(f => f.Kind).Order());

    [Theory]
    [InlineData(1, "tried once")]
    [InlineData(6, "up to 6 tries")]
    public void Tries_SaysHowMany(int attempts, string expected) => Assert.Equal(expected, RetryPreview.Tries(RetryPolicy.Default with { MaxAttempts = attempts }));
}
