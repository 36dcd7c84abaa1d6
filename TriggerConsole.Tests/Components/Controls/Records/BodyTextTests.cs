using TriggerConsole.Components.Controls.Records;
using Xunit;

namespace TriggerConsole.Tests.Components.Controls.Records;

public sealed class BodyTextTests
{
    [Theory]
    [InlineData("""{"a":1}""", "application/json")]
    [InlineData("""{"a":1}""", "application/vnd.crm+json; charset=utf-8")]
    [InlineData("""{"a":1}""", "text/plain")]
    [InlineData("""{"a":1}""", null)]
    public void Of_Json_IsArranged(string body, string? contentType)
    {
        var text = BodyText.Of(body, isBase64: false, isTruncated: false, contentType);
        Assert.Equal("JSON", text.Kind);
        Assert.Equal("{\n  \"a\": 1\n}", Joined(text));
        Assert.Equal(body, text.Raw);
    }

    [Fact]
    public void Of_JsonCutOff_IsArrangedWhenTheContentTypeSaysSo()
    {
        Assert.NotNull(BodyText.Of("""{"a":""", false, isTruncated: true, "application/json").Pretty);
        Assert.Null(BodyText.Of("""{"a":""", false, isTruncated: true, "text/plain").Pretty);
    }

    [Fact]
    public void Of_NoJsonInSpiteOfItsName_IsShownAsItIs()
    {
        var text = BodyText.Of("{oops}", false, false, "application/json");
        Assert.Null(text.Pretty);
        Assert.Equal("{oops}", text.Raw);
    }

    [Fact]
    public void Of_Xml_IsArranged()
    {
        var text = BodyText.Of("""<?xml version="1.0"?><a><b>1</b></a>""", false, false, "application/xml");
        Assert.Equal("XML", text.Kind);
        Assert.Contains("  <b>1</b>", Joined(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_XmlWithEntities_IsNotExpanded()
        => Assert.Null(BodyText.Of("""<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>""", false, false, "application/xml").Pretty);

    [Fact]
    public void Of_Form_ShowsDecodedPairs()
        => Assert.Equal("name = Ana María\nsum = 1+1", Joined(BodyText.Of("name=Ana+Mar%C3%ADa&sum=1%2B1", false, false, "application/x-www-form-urlencoded")));

    [Fact]
    public void Of_Base64_IsDumped()
    {
        var text = BodyText.Of(Convert.ToBase64String([0x00, 0xFF, (byte)'A']), isBase64: true, false, "application/octet-stream");
        Assert.True(text.IsBinary);
        Assert.StartsWith("0000  00 ff 41 ", text.Raw, StringComparison.Ordinal);
        Assert.EndsWith("..A", text.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ManyBytes_HaveALineForSixteen()
        => Assert.Equal(3, HexDump.Of(new byte[33]).Split('\n').Length);

    private static string Joined(BodyText text) => string.Concat(text.Pretty!.Select(r => r.Text));
}
