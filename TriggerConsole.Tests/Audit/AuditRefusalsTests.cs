using TriggerConsole.Core.Audit;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Audit;

public sealed class AuditRefusalsTests
{
    private static readonly AuditAct s_act = new("access.refuse", AuditOutcome.Refused, "route", null, "GET /api/keys");
    private readonly AuditRefusals _refusals = new();

    [Fact]
    public void Note_IdenticalInAMinute_IsWrittenOnceAndCounted()
    {
        Assert.NotNull(_refusals.Note(s_act, From("10.0.0.1"), Sample.Now));
        for (var i = 0; i < 999; i++) Assert.Null(_refusals.Note(s_act, From("10.0.0.1"), Sample.Now));
        Assert.NotNull(_refusals.Note(s_act, From("10.0.0.2"), Sample.Now));

        Assert.Empty(_refusals.TakeEnded(Sample.Now));
        var ended = Assert.Single(_refusals.TakeEnded(Sample.Now.AddMinutes(1)));

        Assert.Equal(("10.0.0.1", 999), (ended.Actor.Address, ended.Count));
        Assert.NotNull(_refusals.Note(s_act, From("10.0.0.1"), Sample.Now.AddMinutes(1)));
    }

    [Fact]
    public void Note_OneAddressWithEverOtherRequests_WritesABoundedNumber()
    {
        var written = Enumerable.Range(0, 5000).Count(i => _refusals.Note(s_act with { SubjectName = $"{i}" }, From("10.0.0.1"), Sample.Now) is not null);

        Assert.Equal(AuditRefusals.MostOfAddress + 1, written);
        Assert.NotNull(_refusals.Note(s_act, From("10.0.0.2"), Sample.Now)); // others are still told apart
        Assert.Equal(5000 - written, _refusals.TakeEnded(DateTimeOffset.MaxValue).Sum(e => e.Count));
    }

    [Fact]
    public void Note_ManyAddresses_WritesABoundedNumber()
    {
        var written = Enumerable.Range(0, 20_000).Count(i => _refusals.Note(s_act, From($"2001:db8::{i:x}"), Sample.Now) is not null);

        Assert.Equal(AuditRefusals.MostInAll + 1, written);
        Assert.Equal(20_000 - written, Assert.Single(_refusals.TakeEnded(DateTimeOffset.MaxValue)).Count);
    }

    private static AuditActor From(string address) => new(AuditActorKind.Nobody, null, "", address);
}
