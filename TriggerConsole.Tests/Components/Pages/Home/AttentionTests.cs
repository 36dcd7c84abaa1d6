using TriggerConsole.Components.Pages.Home;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Home;

public sealed class AttentionTests
{
    private static readonly Guid s_id = Guid.Parse("01a1fe27-2495-7000-bb9a-0e314e647b53");

    [Fact]
    public void Of_AllIsWell_IsEmpty() => Assert.Empty(Attention.Of(new()));

    [Fact]
    public void Of_Everything_WhatFailsComesFirst()
    {
        var items = Attention.Of(new()
        {
            Holding = [new(s_id, "CRM", 3)],
            Refusing = [new(new(s_id, 4, "token_wrong", Sample.Now), "Orders", true)],
            DeadLetters = 2,
            Circuits = [Circuit(CircuitState.Open, "CRM")],
            IsDatabaseDown = true,
        });
        Assert.Equal(["database", "circuit http://crm:80", "dead", $"refused {s_id}", $"held {s_id}"], items.Select(i => i.Key));
        Assert.Equal([true, true, true, false, false], items.Select(i => i.IsBad));
    }

    [Fact]
    public void Of_NoWorkers_SaysWhatWaitsAndWhatToStart()
    {
        var one = Assert.Single(Attention.Of(new() { HasNoWorkers = true }));
        Assert.True(one.IsBad);
        Assert.Contains("Node:Role is All or Worker", one.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OpenCircuit_NamesTriggersAndCauseAndLeadsToWhatFails()
    {
        var one = Assert.Single(Attention.Of(new() { Circuits = [Circuit(CircuitState.Open, "CRM")] }));
        Assert.Equal("It failed too often, last with HTTP 503. CRM waits without using up tries.", one.Text);
        Assert.Equal(Sample.Now.AddSeconds(5), one.NextTry);
        Assert.Equal($"/executions?trigger={s_id}", one.Step.Url);

        var three = Assert.Single(Attention.Of(new() { Circuits = [Circuit(CircuitState.HalfOpen, "A", "B", "C")] }));
        Assert.Contains("A and 2 more triggers wait", three.Text, StringComparison.Ordinal);
        Assert.Null(three.NextTry);
        Assert.Equal("/executions?status=Retrying", three.Step.Url);
    }

    [Theory]
    [InlineData(1, "1 execution waits for Workshop")]
    [InlineData(12, "12 executions wait for Workshop")]
    public void Of_BrokerAwayWhileExecutionsWait_SaysHowManyAndWhy(int waiting, string title)
    {
        var item = Assert.Single(Attention.Of(new() { Brokers = [Away(waiting)] }));
        Assert.Equal((true, title, "broker.example refused the connection. Nothing is lost, and no tries are used up."), (item.IsBad, item.Title, item.Text));
        Assert.Equal(("/brokers/mqtt/1", Sample.Now), (item.Step.Url, item.NextTry));
    }

    [Fact]
    public void Of_BrokerAwayWhileNothingWaits_OnlyWaitsForSomeone()
    {
        var item = Assert.Single(Attention.Of(new() { Brokers = [Away(0)] }));
        Assert.Equal((false, "Workshop is not connected"), (item.IsBad, item.Title));
        Assert.Equal(HomeMood.Attention, HomeSentence.MoodOf(new() { Brokers = [Away(0)] }, []));
        Assert.Equal(HomeMood.Bad, HomeSentence.MoodOf(new() { Brokers = [Away(3)] }, []));
        Assert.StartsWith("The broker Workshop is not connected.", HomeSentence.Of(new() { Brokers = [Away(3)] }, [], 3), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_BrokerSwitchedOffWhileExecutionsWait_SaysWhatHelps()
        => Assert.StartsWith("The broker is switched off.", Assert.Single(Attention.Of(new() { Brokers = [Away(2) with { IsOff = true }] })).Text, StringComparison.Ordinal);

    [Fact]
    public void Of_BrokerBlocked_IsNotCalledDisconnected()
    {
        var blocked = Away(0) with { IsBlocked = true, Why = "It is connected, but takes no messages for now." };
        Assert.Equal("Workshop takes no messages", Assert.Single(Attention.Of(new() { Brokers = [blocked] })).Title);
        Assert.StartsWith("The broker Workshop takes no messages for now.", HomeSentence.Of(new() { Brokers = [blocked] }, [], 3), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, "1 dead letter", "none in the last 24 hours.")]
    [InlineData(3, 2, "3 dead letters", "2 in the last 24 hours.")]
    [InlineData(10_000, 10_000, "10,000 or more dead letters", "10,000 or more in the last 24 hours.")]
    public void Of_DeadLetters_SaysHowManyAreNew(int count, int today, string title, string end)
    {
        var item = Assert.Single(Attention.Of(new() { DeadLetters = count, DeadLettersToday = today }));
        Assert.Equal(title, item.Title);
        Assert.EndsWith(end, item.Text, StringComparison.Ordinal);
        Assert.Equal("/dead-letters", item.Step.Url);
    }

    [Fact]
    public void Of_Refusals_OffersWhatHelps()
    {
        var wrong = Assert.Single(Refusing(new(s_id, 4, "token_wrong", Sample.Now), "Orders", enabled: true));
        Assert.Equal(("Orders refused 4 requests", "In the last hour, mostly: wrong token."), (wrong.Title, wrong.Text));
        Assert.Equal($"/callbacks/{s_id}?tab=refused", wrong.Step.Url);

        var off = Assert.Single(Refusing(new(s_id, 1, "disabled", Sample.Now), "Orders", enabled: false));
        Assert.Equal("Orders is switched off and refused 1 request", off.Title);
        Assert.Equal(new("Switch it on", AttentionStepKind.SwitchOn, Id: s_id), off.Step);

        // It has been switched on since: the button would do nothing
        Assert.Equal(AttentionStepKind.Go, Assert.Single(Refusing(new(s_id, 1, "disabled", Sample.Now), "Orders", enabled: true)).Step.Kind);

        Assert.Equal("/callbacks?unknown=1", Assert.Single(Refusing(new(null, 9, "unknown_callback", Sample.Now), null, enabled: false)).Step.Url);
    }

    [Fact]
    public void Of_PausedTriggerThatHolds_OffersToResume()
        => Assert.Equal(new("Resume", AttentionStepKind.Resume, Id: s_id), Assert.Single(Attention.Of(new() { Holding = [new(s_id, "CRM", 1)] })).Step);

    private static IReadOnlyList<AttentionItem> Refusing(TriggerConsole.Core.Callbacks.RefusalSummary refusals, string? name, bool enabled)
        => Attention.Of(new() { Refusing = [new(refusals, name, enabled)] });

    private static OpenCircuit Circuit(CircuitState state, params string[] triggers)
        => new(new("http://crm:80", state, Sample.Now.AddSeconds(5), "http_503"), [.. triggers.Select(name => (s_id, name))]);

    private static AwayBroker Away(int waiting) => new(s_id, "Workshop", "/brokers/mqtt/1", false, "broker.example refused the connection.", Sample.Now, waiting);
}
