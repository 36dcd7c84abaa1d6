using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Templates;
using Xunit;

namespace TriggerConsole.Tests.Templates;

public sealed class JsonTemplateTests
{
    [Theory]
    [InlineData("\"{payload.id}\"", "7")]
    [InlineData("\"{payload.price}\"", "1.50")]
    [InlineData("\"{payload.paid}\"", "true")]
    [InlineData("\"{payload.nothing}\"", "null")]
    [InlineData("\"{payload.missing}\"", "null")]
    [InlineData("\"{payload.name}\"", "\"Ana \\\"A\\\" Müller\"")]
    [InlineData("\"{payload.user}\"", """{"id": "u1", "first name": "Ana"}""")]
    [InlineData("\"{attempt}\"", "2")]
    [InlineData("\"{event_type}\"", "\"order.created\"")]
    [InlineData("\"{user_id}\"", "null")]
    [InlineData("\"{header:X-Name}\"", "\"é\\\"<\"")]
    [InlineData("\"{secret:TOKEN}\"", "\"s3cr3t/part?&=\\\"<é\"")]
    [InlineData("\"{secret:LINES}\"", "\"one\\r\\ntwo\"")]
    [InlineData("\"no. {payload.id}\"", "\"no. 7\"")]
    [InlineData("\"{payload.id}{payload.paid}\"", "\"7true\"")]
    [InlineData("\"<{payload.nothing}{payload.missing}>\"", "\"<>\"")]
    [InlineData("\"hi {payload.name}\"", "\"hi Ana \\\"A\\\" Müller\"")]
    [InlineData("\"hi {payload.user}\"", "\"hi {\\\"id\\\":\\\"u1\\\",\\\"first name\\\":\\\"Ana\\\"}\"")]
    [InlineData("{\"k {payload.id}\": \"{payload.id}\", \"{payload.name}\": 1}", "{\"k 7\": 7, \"Ana \\\"A\\\" Müller\": 1}")]
    [InlineData("{\"a\" : [ \"{{x}}\" , 1.0e+5 , true, \"\\u0041\\/\\n\" ] }", "{\"a\" : [ \"{x}\" , 1.0e+5 , true, \"\\u0041\\/\\n\" ] }")]
    [InlineData("\"{payload['first' ]}\"", null)]
    [InlineData("\"{payload.user[\\\"first name\\\"]}\"", "\"Ana\"")]
    [InlineData("\"{payload.user['first\\u0020name']}\"", "\"Ana\"")]
    [InlineData("\"\\u007bpayload.id\\u007D\"", "7")]
    [InlineData("\"\\\\{payload.id}\\\"\"", "\"\\\\7\\\"\"")]
    [InlineData("  7  ", "  7  ")]
    public void Render_Json_KeepsTypesAndEscapes(string source, string? expected)
    {
        if (expected is null) Assert.NotEmpty(new TemplateBench().Faults(TemplateFormat.Json, source));
        else Assert.Equal(expected, new TemplateBench().Render(TemplateFormat.Json, source));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-1.5e3", "-1.5e3")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("[]", "[]")]
    [InlineData("none", "\"none\"")]
    [InlineData("", "\"\"")]
    [InlineData("0041", "\"0041\"")]
    [InlineData(" 1", "\" 1\"")]
    [InlineData("\\\"0\\\"", "\"0\"")]
    [InlineData("é\\n", "\"é\\n\"")]
    public void Render_DefaultOfAWholeString_IsTypedWhenItIsJson(string standIn, string expected)
    {
        var bench = new TemplateBench();
        Assert.Equal(expected, bench.Render(TemplateFormat.Json, $$"""  "{payload.missing|{{standIn}}}"  """).Trim());
    }

    [Fact]
    public void Render_DefaultInALongerString_IsText()
        => Assert.Equal("\"n: 0, \\\"x\\\"\"", new TemplateBench().Render(TemplateFormat.Json, "\"n: {payload.missing|0}, {payload.missing|\\\"x\\\"}\""));

    [Fact]
    public void Render_VariablesOfTheApi_KeepTheirTypes()
        => Assert.Equal("""["eu",3,[1, 2],null,null]""", new TemplateBench { FromApi = true }.Render(TemplateFormat.Json, """["{var:region}","{var:count}","{var:list}","{var:none}","{var:gone}"]"""));

    [Theory]
    [InlineData("{\"a\": [1, 2]}", "application/json", "{\"a\": [1, 2]}")]
    [InlineData(" \uFEFF", "application/json", "\" \uFEFF\"")]
    [InlineData("\uFEFF[1]", "application/json", "[1]")]
    [InlineData("  5 ", "application/json", "5")]
    [InlineData("{broken", "application/json", "\"{broken\"")]
    [InlineData("a=1&b=2", "application/x-www-form-urlencoded", "\"a=1&b=2\"")]
    [InlineData("<a>\"</a>", "text/xml", "\"<a>\\\"</a>\"")]
    [InlineData("", "application/json", "null")]
    public void Render_OriginalPayload_IsTheValueOrItsText(string body, string contentType, string expected)
        => Assert.Equal(expected, TemplateBench.WithBody(body, contentType).Render(TemplateFormat.Json, "\"{original_payload}\""));

    [Fact]
    public void Render_OriginalPayloadThatIsNoText_IsBase64()
        => Assert.Equal("\"/wD+\"", new TemplateBench { Body = [0xFF, 0x00, 0xFE] }.Render(TemplateFormat.Json, "\"{original_payload}\""));

    [Theory]
    [InlineData("", 1, 1, "The document is empty")]
    [InlineData(" \n ", 1, 1, "The document is empty")]
    [InlineData("{\"a\": {payload.n}}", 1, 7, "A placeholder stands in quotes: \"{payload.n}\"")]
    [InlineData("[{header:X-Id}]", 1, 2, "A placeholder stands in quotes: \"{header:X-Id}\"")]
    [InlineData("{payload.n}", 1, 1, "A placeholder stands in quotes")]
    [InlineData("{uuid|x}", 1, 1, "A placeholder stands in quotes")]
    [InlineData("{{payload.k}: 1}", 1, 2, "A placeholder stands in quotes")]
    [InlineData("{\"a\": {paylod.n}}", 1, 7, "Did you mean {payload.n}?")]
    [InlineData("{\"a\": {foo}}", 1, 7, "There is no placeholder “foo”")]
    [InlineData("{a: 1}", 1, 2, "Names stand in double quotes in JSON: \"a\"")]
    [InlineData("{payload: 1}", 1, 2, "Names stand in double quotes in JSON: \"payload\"")]
    [InlineData("{header: 1}", 1, 2, "Names stand in double quotes in JSON: \"header\"")]
    [InlineData("{\"a\": 1,}", 1, 8, "Take away this comma")]
    [InlineData("[1,\n]", 1, 3, "Take away this comma")]
    [InlineData("[1 2]", 1, 4, "Before this a comma is missing")]
    [InlineData("{\"a\": 1 \"b\": 2}", 1, 9, "Before this a comma is missing")]
    [InlineData("[,1]", 1, 2, "Before this comma a value is missing")]
    [InlineData("[1,,2]", 1, 4, "Before this comma a value is missing")]
    [InlineData("{\"a\" 1}", 1, 6, "stands a colon")]
    [InlineData("{\"a\"}", 1, 5, "The name before has no value")]
    [InlineData("{\"a\":}", 1, 6, "The name before has no value")]
    [InlineData("{1: 2}", 1, 2, "Names stand in double quotes")]
    [InlineData("{{\"a\": 1}}", 1, 2, "only inside strings are literal ones doubled")]
    [InlineData("{[1]}", 1, 2, "Here a name in double quotes is expected")]
    [InlineData("{} {}", 1, 4, "The document ends before this")]
    [InlineData("{},", 1, 3, "The document ends before this comma")]
    [InlineData("]", 1, 1, "closes nothing")]
    [InlineData("[1}", 1, 3, "Here ] is expected")]
    [InlineData("{\"a\": [1}", 1, 9, "Here ] is expected")]
    [InlineData("{\"a\": {\n\"b\": 1}", 1, 1, "This { is never closed")]
    [InlineData("[\n  [1]", 1, 1, "This [ is never closed")]
    [InlineData("\"a\": 1", 1, 4, "This colon follows no name")]
    [InlineData("{\"a\":1,\n \"a\":2}", 2, 2, "This name stands twice")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", 1, 8, "This name stands twice")]
    [InlineData("'a'", 1, 1, "double quotes in JSON, not in single")]
    [InlineData("[1, // one\n 2]", 1, 5, "JSON has no comments")]
    [InlineData("[1, /* one\n */ 2]", 1, 5, "JSON has no comments")]
    [InlineData("[01]", 1, 2, "“01” is no JSON number")]
    [InlineData("[1.]", 1, 2, "is no JSON number")]
    [InlineData("[.5]", 1, 2, "is no JSON number")]
    [InlineData("[+1]", 1, 2, "is no JSON number")]
    [InlineData("[1e]", 1, 2, "is no JSON number")]
    [InlineData("[0x10]", 1, 2, "is no JSON number")]
    [InlineData("[NaN]", 1, 2, "“NaN” cannot stand here")]
    [InlineData("[True]", 1, 2, "written true, false and null")]
    [InlineData("[hello]", 1, 2, "text stands in double quotes")]
    [InlineData("[#]", 1, 2, "The character “#” cannot stand here")]
    [InlineData("\u200B[1]", 1, 1, "U+200B")]
    [InlineData("[\"a\nb\"]", 1, 2, "not closed on its line")]
    [InlineData("\"a", 1, 1, "not closed on its line")]
    [InlineData("\"a\\", 1, 1, "not closed on its line")]
    [InlineData("[1: 2]", 1, 3, "This colon follows no name")]
    [InlineData("{true: 2}", 1, 2, "Names stand in double quotes")]
    [InlineData("\"a\tb\"", 1, 3, "or \\t")]
    [InlineData("\"\\x41\"", 1, 2, "A backslash is written")]
    [InlineData("\"a\\u12g4\"", 1, 3, "four hexadecimal digits")]
    [InlineData("\"x\\ud800\"", 1, 3, "half a character")]
    public void Compile_FaultyJson_SaysWhereAndWhat(string source, int line, int column, string message)
    {
        var fault = new TemplateBench().Faults(TemplateFormat.Json, source)[0];
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (fault.Line, fault.Column));
    }

    [Theory]
    [InlineData("{\r\n  \"a\": \"{nope}\"\r\n}", 2, 9)]
    [InlineData("{\"a\": \"\\\"\\u00e9 {nope}\"}", 1, 17)]
    [InlineData("\"\\\\\\\"{payload[\\\"a\\\"}\"", 1, 20)]
    [InlineData("\"é😀{nope}\"", 1, 5)]
    public void Compile_FaultInAString_IsFoundBehindEscapes(string source, int line, int column)
    {
        var fault = Assert.Single(new TemplateBench().Faults(TemplateFormat.Json, source));
        Assert.Equal((line, column), (fault.Line, fault.Column));
    }

    [Fact]
    public void Compile_ManyFaults_AreAllReportedAtOnce()
    {
        var faults = new TemplateBench().FaultLines(TemplateFormat.Json, """
            {
              "a": {payload.n},
              'b': 1,
              "c": "{nope} }",
              "d": 01,
              "d": "{secret:NOPE}",
            }
            """);
        Assert.Equal(["2:8", "3:3", "4:9", "4:16", "5:8", "6:3", "6:9", "6:23"], faults.Select(f => f.Split(' ')[0]));
    }

    [Fact]
    public void Compile_AfterTheStructureIsLost_StringsAreStillRead()
        => Assert.Equal(["1:2", "1:6"], new TemplateBench().FaultLines(TemplateFormat.Json, "{]: \"{nope}\"}").Select(f => f.Split(' ')[0]));

    [Fact]
    public void Compile_NestingAtTheLimit_Passes()
    {
        var bench = new TemplateBench();
        var deepest = new string('[', 64) + "\"{payload.id}\"" + new string(']', 64);
        Assert.Equal(new string('[', 64) + "7" + new string(']', 64), bench.Render(TemplateFormat.Json, deepest));
        bench.AssertFault(TemplateFormat.Json, "[" + deepest + "]", 1, 65, "deeper than 64");
    }

    [Fact]
    public void Compile_HugeNesting_IsAFaultAndNoStackOverflow()
        => new TemplateBench().AssertFault(TemplateFormat.Json, string.Concat(Enumerable.Repeat("{\"a\":[", 20_000)), 1, 6 * 32 + 1, "deeper than 64");

    [Fact]
    public void Compile_LoneSurrogateAsTyped_BecomesReplacementCharacter()
    {
        using var document = JsonDocument.Parse(new TemplateBench().Render(TemplateFormat.Json, "\"a\uD800b {payload.id}\""));
        Assert.Equal("a\uFFFDb 7", document.RootElement.GetString());
    }

    /// <summary>Whatever System.Text.Json takes or refuses, the compiler takes or refuses too.</summary>
    [Fact]
    public void Compile_RandomJson_AgreesWithSystemTextJson()
    {
        string[] tokens = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"\\n\"", "\"\\q\"", "1", "-0", "00", "1.5e-3", "1.", "true", "null", "nul", " ", "\n", "\t", "\"", "\\", "é", "//", "'"];
        var bench = new TemplateBench();
        var accepted = 0;
        Hostile.Repeat(20_000, random =>
        {
            var source = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => tokens[random.Next(tokens.Length)]));
            if (HasBraceInText(source)) return;
            var errors = new Core.Validation.FieldErrors();
            var isTaken = Template.Compile(source, TemplateFormat.Json, bench.Rules, errors, "f") is not null;
            Assert.True(isTaken == !errors.Any, $"Refused without a fault, or taken with one: {source}");
            Assert.True(isTaken == IsJson(source), $"Taken: {isTaken}: {source}");
            if (isTaken) accepted++;
        });
        Assert.True(accepted > 500, $"Only {accepted} documents were well-formed: the test says too little.");
    }

    // There they are placeholders to us, and nothing to others
    private static bool HasBraceInText(string source)
        => source.Split('"').Where((_, i) => i % 2 == 1).Any(text => text.AsSpan().ContainsAny('{', '}'));

    private static bool IsJson(string source)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(source), new() { AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
