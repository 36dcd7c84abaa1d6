using Bunit;
using Radzen;
using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

public sealed class AmqpExchangeFormTests : BunitContext
{
    private readonly AmqpExchangeFormState _state = new() { Name = "orders" };
    private Refusal? _answer;

    public AmqpExchangeFormTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
    }

    [Fact]
    public void Type_EachOfTheFour_HasAnExample()
    {
        var form = RenderForm();
        Assert.Equal(4, form.FindAll("#type .option").Count);
        Assert.All(form.FindAll("#type .option"), o => Assert.Contains("For example: ", o.TextContent, StringComparison.Ordinal));
        Assert.Contains("on", form.FindAll("#type .option")[1].ClassName!.Split(' ')); // topic
    }

    [Fact]
    public void Declare_OnlyChecked_AsksForNothingThatWouldNotBeUsed()
    {
        var form = RenderForm();
        Assert.Single(form.FindAll("#durable"));
        form.FindAll("#declare input")[1].Change(true);
        Assert.Empty(form.FindAll("#durable"));
        Assert.False(_state.Declare);
    }

    [Fact]
    public void Submit_Clash_ShowsBothDefinitionsSideBySide()
    {
        var form = SubmitClash(Exchanges.Definition(AmqpExchangeType.Fanout, durable: true, alternate: "lost"));
        var rows = form.FindAll(".clash tbody tr");
        Assert.Equal(["Type", "topic", "fanout (differs)"], rows[0].Children.Select(c => c.TextContent));
        Assert.Equal(["Type", "Alternate exchange"], form.FindAll(".clash tr.differs th").Select(h => h.TextContent));
    }

    [Fact]
    public void TakeOver_AfterAClash_FillsTheFormWithWhatIsThere()
    {
        var form = SubmitClash(Exchanges.Definition(AmqpExchangeType.Fanout, durable: false, alternate: "lost", arguments: """{"x":1}"""));
        form.Find("#take-over").Click();
        Assert.Empty(form.FindAll(".clash"));
        Assert.Equal((AmqpExchangeType.Fanout, false, "lost", "x"), (_state.Type, _state.Durable, _state.AlternateExchange, Assert.Single(_state.Arguments.Rows).Name));
    }

    [Fact]
    public void Submit_ClashThatCannotBeExplained_SaysWhatTheBrokerSaid()
    {
        var form = SubmitClash(actual: null);
        Assert.Contains("inequivalent arg", form.Find(".clash .said").TextContent, StringComparison.Ordinal);
        Assert.Empty(form.FindAll("#take-over"));
    }

    [Fact]
    public void Submit_FaultOfAnArgument_UnfoldsAndShowsItAtItsRow()
    {
        _state.Arguments.Rows.Add(new() { Name = "x-a", Value = "1" });
        _answer = new Refusal.Invalid([new("arguments.x-a", "This number is too large for AMQP.")]);
        var form = RenderForm();
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Contains("too large", form.Find(".pair .error").TextContent, StringComparison.Ordinal));
        form.WaitForAssertion(() => Assert.Equal("arguments-x-a", JSInterop.VerifyInvoke("tc.focusId", calledTimes: 2)[^1].Arguments[0]));
        Assert.Single(form.FindAll("#arguments-x-a"));
    }

    private IRenderedComponent<AmqpExchangeForm> SubmitClash(AmqpExchangeDefinition? actual)
    {
        _answer = new AmqpExchangeClash("The broker has another one: inequivalent arg 'type'.", Exchanges.Definition(AmqpExchangeType.Topic), actual);
        var form = RenderForm();
        form.Find("form").Submit();
        form.WaitForState(() => form.FindAll(".clash").Count == 1);
        return form;
    }

    private IRenderedComponent<AmqpExchangeForm> RenderForm() => Render<AmqpExchangeForm>(p => p
        .Add(f => f.State, _state)
        .Add(f => f.IsNew, true)
        .Add(f => f.Verb, "Make the exchange")
        .Add(f => f.Save, () => Task.FromResult(_answer)));
}
