using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Templates.Compilation;
using Xunit;

namespace TriggerConsole.Tests.Templates;

public sealed class TemplateVariablesTests
{
    [Fact]
    public void All_AndTheCompiler_KnowTheSameNames()
        => Assert.Equal(PlaceholderNames.All.Order(), TemplateVariables.All.Select(v => v.Name).Order());

    [Fact]
    public void Patterns_Compile()
    {
        var bench = new TemplateBench();
        foreach (var variable in TemplateVariables.All)
        {
            var pattern = variable.Pattern.Replace("{env:NAME}", "{env:CRM_HOST}", StringComparison.Ordinal).Replace("{secret:NAME}", "{secret:TOKEN}", StringComparison.Ordinal);
            Assert.StartsWith("{" + variable.Name, pattern, StringComparison.Ordinal);
            bench.Compile(TemplateFormat.Text, "x" + pattern);
        }
    }

    [Fact]
    public void Descriptions_AreOneSentence()
        => Assert.All(TemplateVariables.All, v =>
        {
            Assert.EndsWith(".", v.Description, StringComparison.Ordinal);
            Assert.DoesNotContain(". ", v.Description, StringComparison.Ordinal);
            Assert.NotEmpty(v.Example);
        });
}
