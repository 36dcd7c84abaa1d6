using TriggerConsole.Core.Audit;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Audit;

public sealed class AuditSealTests
{
    private static readonly byte[] s_key = [1, 2, 3];

    [Fact]
    public void Of_TextMovedFromOneFieldToTheNext_IsAnotherSeal()
    {
        var seals = new[] { Entry("ab", "c"), Entry("a", "bc"), Entry("abc", ""), Entry("abc", null), Entry("", "abc") }.Select(e => Convert.ToHexString(AuditSeal.Of(e, s_key))).ToList();

        Assert.Equal(seals.Count, seals.Distinct().Count());
    }

    [Fact]
    public void Of_KnownEntry_IsTheSealOfEarlierVersions()
    {
        // Kept logs must stay readable: whoever changes the bytes makes a new version of them
        var entry = Entry("name", null);
        (entry.Sequence, entry.KeyId, entry.PreviousHash) = (7, "key", AuditSeal.Nothing);

        Assert.Equal("2b962c004572ea18c3668c2b5bd57664f9210e98d9cf86dcb2d813fc93af8fd0", Convert.ToHexStringLower(AuditSeal.Of(entry, s_key)));
    }

    private static AuditEntry Entry(string subjectName, string? before) => new()
    {
        At = Sample.Now,
        ActorKind = AuditActorKind.User,
        ActorId = "id",
        ActorName = "anna@example.com",
        Action = "callback.change",
        Outcome = AuditOutcome.Done,
        SubjectKind = "callback",
        SubjectId = "1",
        SubjectName = subjectName,
        Before = before,
        Node = "node",
    };
}
