using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Components.Pages.Triggers.Http;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Forms;

public sealed class EditorStateTests
{
    private readonly EditorState _state = new(new TriggerForm { Settings = new HttpForm { Url = "https://a.example/" }, Name = "A" });

    [Fact]
    public void Touch_Changed_IsDirty_AndBackAgainIsNot()
    {
        Assert.False(_state.IsDirty);
        _state.Form.Name = "B";
        _state.Touch("name");
        Assert.True(_state.IsDirty);
        _state.Form.Name = "A";
        _state.Touch("name");
        Assert.False(_state.IsDirty);
    }

    [Fact]
    public void Touch_TypedSecret_IsAChange()
    {
        ((HttpForm)_state.Form.Settings).Auth.Token.Text = "new";
        _state.Touch("settings.auth.token");
        Assert.True(_state.IsDirty);
    }

    [Fact]
    public void MarkSaved_ThenNothingIsDirty()
    {
        _state.Form.Name = "B";
        _state.Touch("name");
        _state.MarkSaved();
        Assert.False(_state.IsDirty);
        _state.Touch("name");
        Assert.False(_state.IsDirty);
    }

    [Fact]
    public void ErrorsOf_UntouchedField_AreNoReproachYet()
    {
        _state.SetErrors([new("name", "Give a name."), new("settings.url", "Give an address.")]);
        Assert.Empty(_state.ErrorsOf("name"));
        _state.Touch("settings.url");
        _state.SetErrors([new("name", "Give a name."), new("settings.url", "Give an address.")]);
        Assert.Empty(_state.ErrorsOf("name"));
        Assert.Single(_state.ErrorsOf("settings.url"));
    }

    [Fact]
    public void ErrorsOf_FaultOfATemplate_IsShownAtOnce()
    {
        _state.SetErrors([new("settings.body.template", "Not closed.") { Line = 1, Column = 2 }]);
        Assert.Single(_state.ErrorsOf("settings.body.template"));
    }

    [Fact]
    public void ErrorsOf_AfterSomeoneTriedToSave_AreAllShown()
    {
        _state.ShowErrors([new("name", "Give a name.")]);
        Assert.Single(_state.ErrorsOf("name"));
    }

    [Fact]
    public void Touch_WhatWasFoundOfTheOldValue_IsGone()
    {
        _state.ShowErrors([new("name", "Give a name."), new("priority", "Wrong.")]);
        _state.Touch("name");
        Assert.Empty(_state.ErrorsOf("name"));
        Assert.Single(_state.ErrorsOf("priority"));
    }

    [Fact]
    public void ErrorsOf_PartsWithoutAFieldOfTheirOwn_StandAtTheWhole()
    {
        _state.ShowErrors([new("retry.schedule[1]", "Too long."), new("settings.headers[0].name", "Wrong.")]);
        Assert.Single(_state.ErrorsOf("retry.schedule"));
        Assert.Empty(_state.ErrorsOf("settings.headers"));
        Assert.Single(_state.ErrorsOf("settings.headers[0].name"));
    }

    [Fact]
    public void ErrorCountOf_Tab_CountsWhatWaitsBehindIt()
    {
        _state.ShowErrors([new("settings.auth.token", "Give it."), new("settings.auth.name", "Give it."), new("retry.maxAttempts", "Wrong."), new("limits.burst", "Wrong."), new("name", "Give it.")]);
        Assert.Equal([2, 1, 1, 0], new[] { "auth", "retries", "limits", "body" }.Select(_state.ErrorCountOf));
        Assert.Null(_state.TabOf("name"));
    }

    [Fact]
    public void Restore_Draft_IsAChangeOfWhatIsSaved()
    {
        var raised = 0;
        _state.Changed += () => raised++;
        _state.Restore(new TriggerForm { Settings = new HttpForm { Url = "https://b.example/" }, Name = "A" });
        Assert.True(_state.IsDirty);
        Assert.Equal(1, raised);
    }

    [Theory]
    [InlineData("settings.url", "f-settings-url")]
    [InlineData("settings.headers[0].name", "f-settings-headers-0--name")]
    public void IdOf_Field_IsAnId(string field, string id) => Assert.Equal(id, EditorState.IdOf(field));
}
