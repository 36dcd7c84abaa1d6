using TriggerConsole.Components.Controls.Records;
using Xunit;

namespace TriggerConsole.Tests.Components.Controls.Records;

public sealed class JsonIndentTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[1,2]}""", "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    2\n  ]\n}")]
    [InlineData("""{ "a" : { } , "b":[ ] }""", "{\n  \"a\": {},\n  \"b\": []\n}")]
    [InlineData("""[{"a":"x,y:{\"z\"}\\"},null]""", "[\n  {\n    \"a\": \"x,y:{\\\"z\\\"}\\\\\"\n  },\n  null\n]")]
    public void Apply_Json_IsIndented(string json, string expected) => Assert.Equal(expected, JsonIndent.Apply(json));

    [Theory]
    [InlineData("""{"n":1.10,"big":12345678901234567890123,"e":1E5,"u":"\u00e9"}""")]
    [InlineData("""{"a":1,"a":2}""")]
    public void Apply_NumbersEscapesAndRepeatedNames_StayAsTheyWereWritten(string json)
        => Assert.Equal(json, string.Concat(JsonIndent.Apply(json).Where(c => c is not ('\n' or ' '))));

    [Theory]
    [InlineData("""{"a":{"b":"cut off in the mid""", "{\n  \"a\": {\n    \"b\": \"cut off in the mid")]
    [InlineData("""{"a":[1,""", "{\n  \"a\": [\n    1,\n    ")]
    [InlineData("""{"a\""", "{\n  \"a\\")]
    public void Apply_CutOff_ShowsWhatIsThere(string json, string expected) => Assert.Equal(expected, JsonIndent.Apply(json));

    [Fact]
    public void Apply_Twice_ChangesNothingMore()
    {
        var once = JsonIndent.Apply("""{"a":[{"b":{}},"}"],"c":null}""");
        Assert.Equal(once, JsonIndent.Apply(once));
    }

    [Fact]
    public void Runs_Names_StandApart()
        => Assert.Equal(["\"a\"", "\"b\""], JsonIndent.Runs("""{"a":"v:1","b":["c"]}""").Where(r => r.IsName).Select(r => r.Text));

    [Theory]
    [InlineData("""  {"a":1}""", true)]
    [InlineData("[1]", true)]
    [InlineData("42", false)]
    [InlineData("", false)]
    public void Fits_ObjectsAndArraysOnly(string text, bool expected) => Assert.Equal(expected, JsonIndent.Fits(text));
}
