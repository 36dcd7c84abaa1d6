using TriggerConsole.Components.Pages.Executions;
using TriggerConsole.Core.Executions;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Executions;

public sealed class ExecutionChoicesTests
{
    [Theory]
    [InlineData(ExecutionStatus.Queued, false, true)]
    [InlineData(ExecutionStatus.Running, false, true)]
    [InlineData(ExecutionStatus.Retrying, true, true)]
    [InlineData(ExecutionStatus.Held, false, true)]
    [InlineData(ExecutionStatus.Succeeded, false, false)]
    [InlineData(ExecutionStatus.DeadLettered, true, false)]
    [InlineData(ExecutionStatus.Cancelled, true, false)]
    public void Of_EachStatus_OffersWhatTheCommandsTake(ExecutionStatus status, bool retry, bool cancel)
        => Assert.Equal(new ExecutionChoices(retry, true, cancel, null), ExecutionChoices.Of(Views.Execution(status), hasTrigger: true));

    [Fact]
    public void Of_TriggerDeleted_OffersNothingAndSaysWhy()
    {
        var choices = ExecutionChoices.Of(Views.Execution(ExecutionStatus.DeadLettered), hasTrigger: false);
        Assert.Equal((false, false, false), (choices.Retry, choices.Replay, choices.Cancel));
        Assert.Contains("has been deleted", choices.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TestOfUnsavedSettings_PointsToTheEditor()
        => Assert.Contains("from the editor", ExecutionChoices.Of(Views.Execution(ExecutionStatus.DeadLettered, isTest: true) with { TriggerId = null }, hasTrigger: false).WhyNot, StringComparison.Ordinal);
}
