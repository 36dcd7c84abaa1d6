using TriggerConsole.Components.Pages.Home;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Statistics;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Home;

public sealed class HomeSentenceTests
{
    private static readonly OpenCircuit s_circuit = new(new("http://crm:80", CircuitState.Open, Sample.Now, "timeout"), []);

    [Fact]
    public void Of_AllAnswer_SaysSoWithFigures()
        => Check(HomeMood.Attention, "All targets answer. 1,204 executions in the last hour, 3 dead letters.", new() { DeadLetters = 3 }, [Trigger("CRM", 1204, 10)], 1204);

    [Fact]
    public void Of_NothingIsWrong_IsGood()
        => Check(HomeMood.Good, "All targets answer. 1 execution in the last hour, no dead letters.", new(), [Trigger("CRM", 1, 0)], 1);

    [Fact]
    public void Of_NothingHasRun_ClaimsNothingOfTargets()
        => Check(HomeMood.Good, "Nothing has run in the last hour. No dead letters.", new(), [], 0);

    [Fact]
    public void Of_NothingHasRunButDeadLettersWait_SaysSo()
        => Check(HomeMood.Attention, "Nothing has run in the last hour. 1 dead letter.", new() { DeadLetters = 1 }, [], 0);

    [Fact]
    public void Of_OpenCircuits_CountsThem()
    {
        Check(HomeMood.Bad, "1 target fails and is left alone. 5 executions in the last hour, no dead letters.", new() { Circuits = [s_circuit] }, [Trigger("CRM", 5, 5)], 5);
        Check(HomeMood.Bad, "2 targets fail and are left alone. 5 executions in the last hour, no dead letters.", new() { Circuits = [s_circuit, s_circuit] }, [Trigger("CRM", 5, 5)], 5);
    }

    [Fact]
    public void Of_EveryAttemptFailed_NamesTheTrigger()
    {
        Check(HomeMood.Bad, "Every attempt of Billing failed in the last hour. 3 executions in the last hour, no dead letters.", new(), [Trigger("CRM", 2, 1), Trigger("Billing", 2, 2)], 3);
        Check(HomeMood.Bad, "Every attempt of 2 triggers failed in the last hour. 3 executions in the last hour, no dead letters.", new(), [Trigger("CRM", 2, 2), Trigger("Billing", 2, 2)], 3);
    }

    [Fact]
    public void Of_DatabaseTakesNothing_SaysThatFirst()
        => Check(HomeMood.Bad, "The database takes no writes. 5 executions in the last hour, no dead letters.", new() { IsDatabaseDown = true, Circuits = [s_circuit] }, [Trigger("CRM", 5, 5)], 5);

    private static void Check(HomeMood mood, string sentence, AttentionFacts facts, IReadOnlyList<TriggerStatistic> lastHour, int accepted)
    {
        Assert.Equal(sentence, HomeSentence.Of(facts, lastHour, accepted));
        Assert.Equal(mood, HomeSentence.MoodOf(facts, lastHour));
    }

    private static TriggerStatistic Trigger(string name, int attempts, int failed) => new(Guid.NewGuid(), name, attempts, attempts - failed, 0, failed, attempts, 1, 1);
}
