using System.Text.Json;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Controls.Templates;

public sealed class TemplateHelpTests
{
    private const string Payload = """{"id":7,"first name":"Ana","o'clock":1,"a-b_c":2,"größe":3,"tags":["x","y"],"empty":[],"deep":{"er":{"x":null}},"bad{name}":1,"quo\"te":1}""";

    [Fact]
    public void Paths_OfAPayload_AreThoseThatLeadToItsValues()
        => Assert.Equal(
            [(".id", "7"), ("['first name']", "\"Ana\""), ("['o''clock']", "1"), (".a-b_c", "2"), (".größe", "3"), (".tags", "list of 2"), (".tags[0]", "\"x\""), (".empty", "list of 0"), (".deep", "object"), (".deep.er", "object"), (".deep.er.x", "null")],
            PayloadPaths.Of(Parse(Payload)));

    [Fact]
    public void Paths_HostilePayload_AreBounded()
    {
        var wide = "{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"n{i}\":1")) + "}";
        Assert.True(PayloadPaths.Of(Parse(wide)).Count <= 200);
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 60);
        Assert.True(PayloadPaths.Of(Parse(deep)).Count <= 10);
        Assert.Equal([".b"], PayloadPaths.Of(Parse("""{"\ud800":1,"b":"\ud800"}""")).Select(p => p.Path));
    }

    [Fact]
    public void Choices_Everything_CanBeUsedAsItIsOffered()
    {
        var help = new TemplateHelp();
        help.Set(Parse(Payload), [new("X-Shop", "7")], [new("page", "2")], ["CRM_TOKEN"], ["CRM_HOST"]);
        var rules = new TemplateRules(new(new Dictionary<string, string?> { ["CRM_HOST"] = "crm" }), new OneSecret());
        foreach (var choice in help.Choices)
        {
            var errors = new FieldErrors();
            Template.Compile($"\"{choice.Insert}\"", TemplateFormat.Json, rules, errors, "");
            Assert.True(!errors.Any, $"{choice.Insert}: {string.Join(' ', errors.All.Select(e => e.Message))}");
            if (choice.Select is { } part) Assert.Contains(part, choice.Insert, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Choices_ValuesOfThePayload_ComeFirst()
    {
        var help = new TemplateHelp();
        help.Set(Parse("""{"id":7}"""), [], [], [], []);
        Assert.Equal("{payload.id}", help.Choices[0].Insert);
        Assert.Contains(help.Choices, c => c.Insert == "{original_payload}");
    }

    [Fact]
    public void Choices_EveryPlaceholder_IsOffered()
    {
        var help = new TemplateHelp();
        help.Set(Parse("{\"id\":7}"), [], [], ["S"], ["E"]);
        foreach (var variable in TemplateVariables.All)
            Assert.Contains(help.Choices, c => c.Insert.StartsWith("{" + variable.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Choices_NoPayload_OffersTheShapeOfAPath()
        => Assert.Contains(new TemplateHelp().Choices, c => c is { Insert: "{payload.field}", Select: "field" });

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private sealed class OneSecret : ISecretValues
    {
        public bool Exists(string name) => name == "CRM_TOKEN";

        public string? Find(string name) => null;
    }
}
