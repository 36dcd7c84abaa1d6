using TriggerConsole.Components.Pages.Events;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Triggers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Events;

public sealed class VerdictWordsTests
{
    [Theory]
    [InlineData("no trigger")]
    [InlineData("fired 2", VerdictKind.Fires, VerdictKind.Fires)]
    [InlineData("fired 2, skipped 1: switched off", VerdictKind.Fires, VerdictKind.Disabled, VerdictKind.Fires)]
    [InlineData("skipped 2: sent before", VerdictKind.Duplicate, VerdictKind.Duplicate)]
    [InlineData("skipped 3: switched off, sent before", VerdictKind.Disabled, VerdictKind.Duplicate, VerdictKind.Duplicate)]
    public void Summary_Verdicts_SaysWhatCameOfIt(string words, params VerdictKind[] verdicts)
        => Assert.Equal(words, VerdictWords.Summary([.. verdicts.Select(v => new Verdict(Guid.NewGuid(), TriggerKind.Http, v))]));

    [Fact]
    public void Sentence_EveryKind_IsAWholeSentence()
        => Assert.All(Enum.GetValues<VerdictKind>(), kind => Assert.Matches("^It (fired|was skipped): .+\\.$", VerdictWords.Sentence(new(Guid.NewGuid(), TriggerKind.Http, kind))));

    [Fact]
    public void Sentence_Duplicate_NamesTheKey()
        => Assert.Contains("order-1", VerdictWords.Sentence(new(Guid.NewGuid(), TriggerKind.Http, VerdictKind.Duplicate) { Detail = "Idempotency key order-1 was accepted before." }), StringComparison.Ordinal);
}
