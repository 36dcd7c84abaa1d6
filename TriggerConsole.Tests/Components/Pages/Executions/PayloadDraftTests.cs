using System.Text;
using TriggerConsole.Components.Pages.Executions;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Executions;

public sealed class PayloadDraftTests
{
    [Fact]
    public void Of_CompactJson_IsArranged()
    {
        var draft = PayloadDraft.Of("{\"a\":1.50}"u8.ToArray());
        Assert.Equal((DraftKind.Json, "{\n  \"a\": 1.50\n}", false), (draft.Kind, draft.Text, draft.IsChanged));
    }

    [Fact]
    public void Of_JsonOnSeveralLines_StaysAsItIs() => Assert.Equal("{\n\"a\":1}", PayloadDraft.Of("{\n\"a\":1}"u8.ToArray()).Text);

    [Fact]
    public void Of_Text_IsNotChecked()
    {
        var draft = PayloadDraft.Of("a=1&b=2"u8.ToArray());
        draft.Change("{");
        Assert.Equal((DraftKind.Text, (string?)null), (draft.Kind, draft.Problem));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 1 })]
    [InlineData(new byte[] { 65, 0, 66 })]
    public void Of_Binary_CannotBeEditedAndSaysSo(byte[] body)
    {
        var draft = PayloadDraft.Of(body);
        Assert.False(draft.IsEditable);
        Assert.Contains("binary", draft.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TooLarge_CannotBeEditedAndSaysSo() => Assert.Contains("too large to edit here", PayloadDraft.Of(new byte[PayloadDraft.MostBytes + 1]).WhyNot, StringComparison.Ordinal);

    [Fact]
    public void Change_BrokenJson_NamesLineAndCharacter()
    {
        var draft = PayloadDraft.Of("{}"u8.ToArray());
        draft.Change("{\n \"ä\": x}");
        // The reader counts bytes; ä is two of them
        Assert.Equal("This is not valid JSON: see line 2, character 7.", draft.Problem);
    }

    [Fact]
    public void Change_Mended_HasNoProblem()
    {
        var draft = PayloadDraft.Of("{}"u8.ToArray());
        draft.Change("{");
        draft.Change("{\"a\":2}");
        Assert.Equal(((string?)null, true, "{\"a\":2}"), (draft.Problem, draft.IsChanged, Encoding.UTF8.GetString(draft.Bytes)));
    }

    [Fact]
    public void Change_Empty_IsAProblemOfJson()
    {
        var draft = PayloadDraft.Of("{}"u8.ToArray());
        draft.Change(" ");
        Assert.Contains("empty", draft.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_Nested65Deep_IsRefusedAsEventsWould()
    {
        var draft = PayloadDraft.Of("{}"u8.ToArray());
        draft.Change(new string('[', 65) + new string(']', 65));
        Assert.NotNull(draft.Problem);
    }

    [Fact]
    public void Arrange_ValidJson_Indents()
    {
        var draft = PayloadDraft.Of("{}"u8.ToArray());
        draft.Change("[1,2]");
        draft.Arrange();
        Assert.Equal("[\n  1,\n  2\n]", draft.Text);
    }
}
