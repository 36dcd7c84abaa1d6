using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Forms;

public sealed class RetryFormTests
{
    public static TheoryData<RetryPolicy> Policies => new(
        RetryPolicy.Default,
        new RetryPolicy { MaxAttempts = 1 },
        new RetryPolicy { MaxAttempts = 3, Strategy = RetryStrategy.Linear, DelaySeconds = 0.5, MaxDelaySeconds = 90, Jitter = false },
        new RetryPolicy { Strategy = RetryStrategy.Fixed, DelaySeconds = 60, RetryOn = [FailureKind.Transient, FailureKind.Permanent] },
        new RetryPolicy { Strategy = RetryStrategy.Schedule, Schedule = [5, 60, 7200], MaxDelaySeconds = 7200 });

    [Theory]
    [MemberData(nameof(Policies))]
    public void ToPolicy_OfAPolicy_IsTheSame(RetryPolicy policy)
    {
        var errors = new FieldErrors();
        var back = RetryForm.Of(policy).ToPolicy(errors);
        Assert.False(errors.Any);
        Assert.Equivalent(policy with { DelaySeconds = policy.Strategy == RetryStrategy.Schedule ? back.DelaySeconds : policy.DelaySeconds }, back, strict: true);
    }

    [Fact]
    public void ToPolicy_WhatCannotBeRead_IsAnErrorAtItsField()
    {
        var errors = new FieldErrors();
        new RetryForm { MaxAttempts = "six", Delay = "a while", MaxDelay = "1 h" }.ToPolicy(errors.Under("retry"));
        Assert.Equal(["retry.maxAttempts", "retry.delaySeconds"], errors.All.Select(e => e.Field));
    }

    [Fact]
    public void ToPolicy_FieldsTheStrategyDoesNotShow_DoNotStandInItsWay()
    {
        var errors = new FieldErrors();
        new RetryForm { MaxAttempts = "3", Strategy = RetryStrategy.Schedule, Delay = "nonsense", MaxDelay = "1 h", Schedule = "5 s, 1 min" }.ToPolicy(errors);
        Assert.False(errors.Any);
    }

    [Fact]
    public void ToPolicy_OutOfBounds_IsSaidByTheRulesOfCore()
    {
        var errors = new FieldErrors();
        new RetryForm { MaxAttempts = "1000", Delay = "2 s", MaxDelay = "1 h" }.ToPolicy(errors);
        Assert.Equal("maxAttempts", Assert.Single(errors.All).Field);
    }

    [Fact]
    public void ToPolicy_EmptySchedule_AsksForOne()
    {
        var errors = new FieldErrors();
        new RetryForm { MaxAttempts = "3", Strategy = RetryStrategy.Schedule, MaxDelay = "1 h", Schedule = " , " }.ToPolicy(errors);
        Assert.Equal("schedule", Assert.Single(errors.All).Field);
    }
}
