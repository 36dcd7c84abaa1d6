using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Core.Templates;
using Xunit;

namespace TriggerConsole.Tests.Components.Controls.Templates;

public sealed class TemplateFaultsTests
{
    private static readonly TemplateRules s_rules = new(TemplateEnvironment.Empty, new NoSecrets());

    [Theory]
    [InlineData("""{"a":"{nope}"}""", TemplateFormat.Json, "{nope}")]
    [InlineData("x {payload.a b} y", TemplateFormat.Text, " ")]
    [InlineData("ab {payload", TemplateFormat.Text, "{payload")]
    [InlineData("{secret:NO} x", TemplateFormat.Text, "{secret:NO}")]
    [InlineData("a\nb {oops}\nc", TemplateFormat.Text, "{oops}")]
    public void RangeOf_Fault_UnderlinesWhatItPointsAt(string source, TemplateFormat format, string underlined)
    {
        var fault = TemplateFaults.Of(source, format, s_rules)[0];
        var range = TemplateFaults.RangeOf(source, fault);
        Assert.Equal(underlined, source[range.Start..range.End]);
    }

    [Fact]
    public void RangeOf_FaultAtTheEnd_UnderlinesTheLastCharacter()
    {
        const string Source = """{"a":1""";
        var range = TemplateFaults.RangeOf(Source, TemplateFaults.Of(Source, TemplateFormat.Json, s_rules)[0]);
        Assert.InRange(range.Start, 0, Source.Length - 1);
        Assert.InRange(range.End, range.Start + 1, Source.Length);
    }

    [Fact]
    public void RangeOf_AnyFaultOfAnyBeginning_LiesInTheText()
    {
        const string Source = "{\"a\": \"{payload.x[0]['q']|d}\",\r\n \"b\": {header:X}, \"c\": \"\\u00e9}\"}";
        for (var length = 1; length <= Source.Length; length++)
        {
            var source = Source[..length];
            foreach (var format in Enum.GetValues<TemplateFormat>())
                foreach (var fault in TemplateFaults.Of(source, format, s_rules))
                {
                    var range = TemplateFaults.RangeOf(source, fault);
                    Assert.True(range.Start >= 0 && range.Start < range.End && range.End <= source.Length, $"{format}: {source} {range}");
                }
        }
    }

    [Fact]
    public void Of_Empty_IsNoFault() => Assert.Empty(TemplateFaults.Of("", TemplateFormat.Json, s_rules));

    private sealed class NoSecrets : ISecretValues
    {
        public bool Exists(string name) => false;

        public string? Find(string name) => null;
    }
}
