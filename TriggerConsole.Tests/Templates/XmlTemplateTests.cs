using TriggerConsole.Core.Templates;
using Xunit;

namespace TriggerConsole.Tests.Templates;

public sealed class XmlTemplateTests
{
    [Theory]
    [InlineData("<a>{payload.id}</a>", "<a>7</a>")]
    [InlineData("<a>{payload.missing}</a>", "<a></a>")]
    [InlineData("<a>{payload.missing|a<b}</a>", null)]
    [InlineData("<a>{payload.missing|a&lt;b&amp;}</a>", "<a>a&lt;b&amp;</a>")]
    [InlineData("<a>{{x}} {{{payload.id}}}</a>", "<a>{x} {7}</a>")]
    [InlineData("<a n=\"{payload.name}\" l='{payload.lines}'/>", "<a n=\"Ana &quot;A&quot; Müller\" l='one&#10;two'/>")]
    [InlineData("<a>{payload.lines}</a>", "<a>one\ntwo</a>")]
    [InlineData("<a>{secret:LINES}</a>", "<a>one&#13;\ntwo</a>")]
    [InlineData("<a>{secret:TOKEN}</a>", "<a>s3cr3t/part?&amp;=\"&lt;é</a>")]
    [InlineData("<a><![CDATA[{secret:TOKEN} & {{}}]]></a>", "<a><![CDATA[s3cr3t/part?&=\"<é & {}]]></a>")]
    [InlineData("<a><![CDATA[x]{payload.id}]]></a>", "<a><![CDATA[x]]]><![CDATA[7]]></a>")]
    [InlineData("<a>{payload['a&quot;b']}</a>", "<a>2</a>")]
    [InlineData("<a b=\"{payload[&quot;it's&quot;]}\"/>", "<a b=\"1\"/>")]
    [InlineData("<a b='{payload[\"it&#39;s\"]}{payload[\"it&#x27;s\"]}'/>", "<a b='11'/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- {not one} --><a>é&#233;&lt;{payload.id}</a>\n", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- {not one} --><a>é&#233;&lt;7</a>\n")]
    [InlineData("<s:a xmlns:s=\"urn:x\"><s:b>{payload.paid}</s:b></s:a>", "<s:a xmlns:s=\"urn:x\"><s:b>true</s:b></s:a>")]
    [InlineData("<a>{original_payload}</a>", null)]
    [InlineData("<a  b = \"{payload.id}\" c='>'\n/>", "<a  b = \"7\" c='>'\n/>")]
    public void Render_Xml_EscapesValuesAndKeepsTheRest(string source, string? expected)
    {
        var bench = new TemplateBench();
        if (expected is not null) Assert.Equal(expected, bench.Render(TemplateFormat.Xml, source));
        else if (source.Contains("original_payload", StringComparison.Ordinal)) Assert.Equal($"<a>{TemplateBench.SampleJson}</a>", bench.Render(TemplateFormat.Xml, source));
        else Assert.NotEmpty(bench.Faults(TemplateFormat.Xml, source));
    }

    [Theory]
    [InlineData("\\u0001", "\uFFFD")]
    [InlineData("a\\uFFFEb\\uFFFF\\uFFFD", "a\uFFFDb\uFFFD\uFFFD")]
    [InlineData("\\ud800x", "\uFFFDx")]
    [InlineData("\\ud83d\\ude00\\u007f\\u0085", "😀\u007F\u0085")]
    public void Render_CharactersXmlForbids_BecomeReplacementCharacters(string json, string expected)
    {
        var bench = TemplateBench.WithValue($"\"{json}\"");
        Assert.Equal($"<a b=\"{expected}\">{expected}<![CDATA[{expected}]]></a>", bench.Render(TemplateFormat.Xml, "<a b=\"{payload.v}\">{payload.v}<![CDATA[{payload.v}]]></a>"));
    }

    [Theory]
    [InlineData("", 1, 1, "The document is empty")]
    [InlineData("<{payload.id}/>", 1, 2, "A placeholder cannot stand in the name")]
    [InlineData("<a {payload.id}=\"1\"/>", 1, 4, "A placeholder cannot stand in the name")]
    [InlineData("<a>\n<!-- {payload.id} --></a>", 2, 6, "A placeholder cannot stand in a comment")]
    [InlineData("<a><?php {secret:TOKEN} ?></a>", 1, 10, "A placeholder cannot stand in a processing instruction")]
    [InlineData("<a xmlns=\"{payload.id}\"/>", 1, 11, "A placeholder cannot stand in xmlns")]
    [InlineData("<a xmlns:p = '{payload.id}'/>", 1, 15, "A placeholder cannot stand in xmlns:p")]
    [InlineData("<a xml:space=\"{payload.id}\"/>", 1, 15, "A placeholder cannot stand in xml:space")]
    [InlineData("{payload.id}<a/>", 1, 1, "outside of the root element")]
    [InlineData("<a/>{payload.id}", 1, 5, "outside of the root element")]
    [InlineData("<!DOCTYPE a><a/>", 1, 1, "document type")]
    [InlineData("<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", 2, 1, "document type")]
    [InlineData("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", 1, 1, "sent as UTF-8, but says ISO-8859-1")]
    [InlineData("<a>\n  <b></c>\n</a>", 2, 8, "not well-formed XML")]
    [InlineData("<a>&nope;</a>", 1, 5, "not well-formed XML")]
    [InlineData("<a>a & b</a>", 1, 7, "not well-formed XML")]
    [InlineData("<a", 1, 3, "not well-formed XML")]
    [InlineData("<a>{nope}</a>", 1, 4, "There is no placeholder “nope”")]
    [InlineData("<a>&amp;&#65;{nope}</a>", 1, 14, "There is no placeholder “nope”")]
    [InlineData("<a>\r\n<b c=\"é {payload['a&quot;}\"/></a>", 2, 18, "The name is not closed")]
    [InlineData("<a><![CDATA[{nope}]]></a>", 1, 13, "There is no placeholder “nope”")]
    [InlineData("<a b='}'/>", 1, 7, "This } closes nothing")]
    public void Compile_FaultyXml_SaysWhereAndWhat(string source, int line, int column, string message)
        => new TemplateBench().AssertFault(TemplateFormat.Xml, source, line, column, message);

    [Fact]
    public void Compile_WellFormednessFault_SaysItsPlaceOnce()
        => Assert.DoesNotContain("Line", new TemplateBench().Faults(TemplateFormat.Xml, "<a>\n<b></c></a>")[0].Message, StringComparison.Ordinal);

    [Fact]
    public void Compile_FaultsInPlaceholdersAndStructure_AreBothReported()
        => Assert.Equal(["1:4", "1:15"], new TemplateBench().FaultLines(TemplateFormat.Xml, "<a>{no}  <b></a>").Select(f => f.Split(' ')[0]));
}
