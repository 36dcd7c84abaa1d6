using TriggerConsole.Components.Pages.Executions;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Tests.Components.Pages.Brokers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Executions;

public sealed class ExecutionStoryTests
{
    private static readonly CircuitView s_open = new("http://crm", CircuitState.Open, Views.Now.AddSeconds(30), "http_503");

    [Fact]
    public void Of_Succeeded_SaysWhichTryAndHowLong()
        => Assert.Equal("Succeeded on the 2nd try in 84 ms.", Sentence(Views.Execution(ExecutionStatus.Succeeded, 2, took: 84)));

    [Fact]
    public void Of_DeadAfterAllTries_SaysCause()
        => Assert.Equal("Dead after 5 tries: the target did not answer within 30 s.",
            Sentence(Views.Execution(ExecutionStatus.DeadLettered, 5, detail: "The target did not answer within 30 s.")));

    [Fact]
    public void Of_DeadThoughTriesWereLeft_SaysThatThisIsNotTriedAgain()
        => Assert.Equal("Dead after 1 try, as this failure is not tried again: HTTP 404.", Sentence(Views.Execution(ExecutionStatus.DeadLettered, 1, code: "http_404")));

    [Fact]
    public void Of_FailedTest_IsNotCalledDead()
        => Assert.Equal("The test failed: localhost refused the connection.", Sentence(Views.Execution(ExecutionStatus.DeadLettered, 1, detail: "localhost refused the connection.", isTest: true)));

    [Fact]
    public void Of_Retrying_TellsWhenTheNextTryIs()
    {
        var story = ExecutionStory.Of(Views.Execution(ExecutionStatus.Retrying, 2, detail: "The call did not finish.", next: Views.Now.AddSeconds(6)), null, Views.Now);
        Assert.Equal(("Try 2 of 5 failed: the call did not finish.", "Next try", Views.Now.AddSeconds(6)), (story.Sentence, story.Until, story.At));
    }

    [Fact]
    public void Of_RetriedMoreOftenThanThePolicySays_CountsOn()
        => Assert.StartsWith("Try 7 of 7 failed", Sentence(Views.Execution(ExecutionStatus.Retrying, 7, maxAttempts: 5, next: Views.Now.AddSeconds(6))), StringComparison.Ordinal);

    [Fact]
    public void Of_DueWhileItsCircuitIsOpen_WaitsForTheProbe()
    {
        var story = ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued, next: Views.Now), s_open, Views.Now);
        Assert.Equal("Waits: the circuit of this target is open, because it failed too often (last: HTTP 503).", story.Sentence);
        Assert.Equal(("A probe goes out", Views.Now.AddSeconds(30)), (story.Until, story.At));
    }

    [Fact]
    public void Of_DueLaterWhileItsCircuitIsOpen_WaitsForItsOwnTime()
        => Assert.Equal("Next try", ExecutionStory.Of(Views.Execution(ExecutionStatus.Retrying, 1, next: Views.Now.AddMinutes(5)), s_open, Views.Now).Until);

    [Fact]
    public void Of_HalfOpenCircuit_SaysThatAProbeIsUnderWay()
        => Assert.Equal("Waits: one execution is finding out whether the target is back.",
            ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued, next: Views.Now), s_open with { State = CircuitState.HalfOpen }, Views.Now).Sentence);

    [Fact]
    public void Of_Scheduled_TellsWhenTheFirstTryIs()
        => Assert.Equal(("Waits for its time.", "First try"), ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued, next: Views.Now.AddHours(1)), null, Views.Now) is var s ? (s.Sentence, s.Until) : default);

    [Fact]
    public void Of_BrokerAway_SaysWhichAndWhyAndWhenItIsTried()
    {
        var broker = Rows.Broker(BrokerState.Waiting, Rows.Refused, next: Views.Now.AddSeconds(8));
        var story = ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued, next: Views.Now), null, Views.Now, broker);
        Assert.Equal(("Waits for the broker Workshop: broker.example refused the connection: nothing listens on port 1883.", "Next try to connect", Views.Now.AddSeconds(8)), (story.Sentence, story.Until, story.At));
        Assert.Equal("Waits: the broker Workshop is switched off.", ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued), null, Views.Now, Rows.Broker(BrokerState.Disabled)).Sentence);
        Assert.Equal("Waits for the broker Workshop: it is connected, but takes no messages for now (it says: low on memory). It goes on as soon as the broker has room again.",
            ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued), null, Views.Now, Rows.Blocked("low on memory")).Sentence);
        Assert.Equal("Waits for the connection to the broker Workshop.", ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued), null, Views.Now, Rows.Broker(BrokerState.Connecting)).Sentence);
    }

    [Fact]
    public void Of_DueLaterWhileItsBrokerIsAway_WaitsForItsOwnTime()
        => Assert.Equal("First try", ExecutionStory.Of(Views.Execution(ExecutionStatus.Queued, next: Views.Now.AddHours(1)), null, Views.Now, Rows.Broker(BrokerState.Waiting, Rows.Refused)).Until);

    [Theory]
    [InlineData(ExecutionStatus.Queued, 0, "Waits for its turn.")]
    [InlineData(ExecutionStatus.Running, 1, "The 2nd try is under way.")]
    [InlineData(ExecutionStatus.Held, 0, "Held: its trigger is paused. It goes on when the trigger is resumed.")]
    [InlineData(ExecutionStatus.Cancelled, 0, "Cancelled before its first try.")]
    [InlineData(ExecutionStatus.Cancelled, 3, "Cancelled after 3 tries.")]
    public void Of_OtherStatuses_SayWhatTheyWaitForOrHowTheyEnded(ExecutionStatus status, int attempts, string expected) => Assert.Equal(expected, Sentence(Views.Execution(status, attempts)));

    [Theory]
    [InlineData("The target failed.", "the target failed.")]
    [InlineData("TLS could not be agreed on.", "TLS could not be agreed on.")]
    [InlineData("crm.example refused.", "crm.example refused.")]
    [InlineData("What came back is no answer.", "what came back is no answer.")]
    [InlineData("One", "One")]
    public void Continue_Sentence_LowersOnlyPlainFirstWords(string sentence, string expected) => Assert.Equal(expected, ExecutionStory.Continue(sentence));

    [Theory]
    [InlineData(1, "1st"), InlineData(2, "2nd"), InlineData(3, "3rd"), InlineData(4, "4th"), InlineData(11, "11th"), InlineData(12, "12th"), InlineData(13, "13th"), InlineData(21, "21st"), InlineData(111, "111th")]
    public void Ordinal_Number_IsEnglish(int number, string expected) => Assert.Equal(expected, ExecutionStory.Ordinal(number));

    private static string Sentence(ExecutionView execution) => ExecutionStory.Of(execution, null, Views.Now).Sentence;
}
