using TriggerConsole.Core.Templates;
using Xunit;

namespace TriggerConsole.Tests.Templates;

/// <summary>Forms, headers, topics and routing keys.</summary>
public sealed class LineTemplateTests
{
    [Theory]
    [InlineData("a={payload.id}&b=2", "a=7&b=2")]
    [InlineData("a={payload.name}", "a=Ana+%22A%22+M%C3%BCller")]
    [InlineData("a=1\nb=2\r\n\r\n  c=3 \n", "a=1&b=2&c=3")]
    [InlineData("&&a=1&&\n&b=2&", "a=1&b=2")]
    [InlineData("a=1&\n{payload.id}={payload.missing}", "a=1&7=")]
    [InlineData("a=x y\nb= z", "a=x+y&b=+z")]
    [InlineData("a=x {payload.id} y", "a=x+7+y")]
    [InlineData("a=x &b=1", "a=x+&b=1")]
    [InlineData("a=é😀&b=%20+&c[]=1", "a=%C3%A9%F0%9F%98%80&b=%20+&c[]=1")]
    [InlineData("a={{x}}", "a=%7Bx%7D")]
    [InlineData("a={payload.lines}", "a=one%0Atwo")]
    [InlineData("a={payload.missing|x y}", "a=x+y")]
    [InlineData("a={secret:TOKEN}", "a=s3cr3t%2Fpart%3F%26%3D%22%3C%C3%A9")]
    [InlineData("", "")]
    public void Render_Form_EncodesValues(string source, string expected)
        => Assert.Equal(expected, new TemplateBench().Render(TemplateFormat.Form, source));

    [Fact]
    public void Render_FormWithOriginalPayload_EncodesIt()
        => Assert.Equal("p=a%3D1%26b%3D+2", TemplateBench.WithBody("a=1&b= 2", "text/plain").Render(TemplateFormat.Form, "p={original_payload}"));

    [Theory]
    [InlineData("Bearer {secret:TOKEN}", "Bearer s3cr3t/part?&=\"<é")]
    [InlineData("a\tb {payload.name}", "a\tb Ana \"A\" Müller")]
    [InlineData("{payload.user}", """{"id":"u1","first name":"Ana"}""")]
    [InlineData("{{x}}", "{x}")]
    [InlineData("", "")]
    public void Render_Header_InsertsAsItIs(string source, string expected)
        => Assert.Equal(expected, new TemplateBench().Render(TemplateFormat.Header, source));

    [Theory]
    [InlineData("\"a\\r\\nX-Injected: 1\"", "template_line_break")]
    [InlineData("\"a\\n\"", "template_line_break")]
    [InlineData("\"\\u0000\"", "template_line_break")]
    [InlineData("\"\\u0007\"", "template_control_character")]
    [InlineData("\"é\\u007f\"", "template_control_character")]
    [InlineData("\"é\\u0085\"", "template_control_character")]
    public void Render_HeaderWithControlCharacter_IsRefused(string json, string code)
    {
        var exception = TemplateBench.WithValue(json).Fails(TemplateFormat.Header, "x {payload.v}");
        Assert.Equal(code, exception.Code);
        Assert.Contains("{payload.v}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_HeaderWithSecretOfTwoLines_IsRefusedWithoutShowingIt()
    {
        var exception = new TemplateBench().Fails(TemplateFormat.Header, "{secret:LINES}");
        Assert.Equal("template_line_break", exception.Code);
        Assert.DoesNotContain("two", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("devices/{payload.id}/state", "devices/7/state")]
    [InlineData("{payload.user['first name']}", "Ana")]
    [InlineData("a/{payload.missing|x/y}", "a/x/y")]
    [InlineData("/", "/")]
    public void Render_MqttTopic_InsertsAsItIs(string source, string expected)
        => Assert.Equal(expected, new TemplateBench().Render(TemplateFormat.MqttTopic, source));

    [Theory]
    [InlineData("\"a/+/b\"", "+ or #")]
    [InlineData("\"#\"", "+ or #")]
    [InlineData("\"\\u0000\"", "control character")]
    [InlineData("\"\\u001f\"", "control character")]
    [InlineData("\"\"", "empty")]
    [InlineData("null", "empty")]
    public void Render_BadTopic_IsRefused(string json, string message)
    {
        var exception = TemplateBench.WithValue(json).Fails(TemplateFormat.MqttTopic, "{payload.v}");
        Assert.Equal("template_bad_topic", exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TopicAtItsLimit_Passes()
    {
        var longest = new string('é', 65_534 / 2) + "a";
        Assert.Equal(longest, TemplateBench.WithValue($"\"{longest}\"").Render(TemplateFormat.MqttTopic, "{payload.v}"));
        Assert.Equal("template_bad_topic", TemplateBench.WithValue($"\"{longest}b\"").Fails(TemplateFormat.MqttTopic, "{payload.v}").Code);
    }

    [Fact]
    public void Render_RoutingKeyAtItsLimit_Passes()
    {
        var longest = new string('é', 127) + "a";
        Assert.Equal(longest, TemplateBench.WithValue($"\"{longest}\"").Render(TemplateFormat.RoutingKey, "{payload.v}"));
        Assert.Equal("routing_key_too_long", TemplateBench.WithValue($"\"{longest}\"").Fails(TemplateFormat.RoutingKey, "{payload.v}.x").Code);
        Assert.Equal("", new TemplateBench().Render(TemplateFormat.RoutingKey, "{payload.missing}"));
        Assert.Equal("orders.*.#", new TemplateBench().Render(TemplateFormat.RoutingKey, "orders.*.#"));
    }

    [Theory]
    [InlineData("\"a\\u0000\"")]
    [InlineData("\"a\\r\\nb\"")]
    [InlineData("\"\\u007f\"")]
    [InlineData("\"é\\u0085\"")]
    public void Render_RoutingKeyWithControlCharacter_IsRefused(string json)
        => Assert.Equal("template_bad_routing_key", TemplateBench.WithValue(json).Fails(TemplateFormat.RoutingKey, "{payload.v}").Code);

    [Theory]
    [InlineData(TemplateFormat.Form, "a=100%", 1, 6, "For a percent sign write %25")]
    [InlineData(TemplateFormat.Form, "a=1\nb=%2g", 2, 3, "For a percent sign write %25")]
    [InlineData(TemplateFormat.Form, "a=\u0001", 1, 3, "write %01")]
    [InlineData(TemplateFormat.Header, "a\r", 1, 2, "A header is one line")]
    [InlineData(TemplateFormat.Header, "\u0007", 1, 1, "U+0007 cannot stand in a header")]
    [InlineData(TemplateFormat.Header, "\0", 1, 1, "U+0000 cannot stand in a header")]
    [InlineData(TemplateFormat.Header, "a {payload.x|b\nc}", 1, 3, "In the default of")]
    [InlineData(TemplateFormat.MqttTopic, "", 1, 1, "Write the topic")]
    [InlineData(TemplateFormat.MqttTopic, "a/+/{payload.id}", 1, 3, "+ stands for many topics")]
    [InlineData(TemplateFormat.MqttTopic, "a/{payload.id}/#", 1, 16, "# stands for many topics")]
    [InlineData(TemplateFormat.MqttTopic, "a\0", 1, 2, "U+0000 cannot stand in a topic")]
    [InlineData(TemplateFormat.MqttTopic, "{payload.id|+}", 1, 1, "In the default of {payload.id|+}")]
    [InlineData(TemplateFormat.RoutingKey, "a\0", 1, 2, "U+0000 cannot stand in a routing key")]
    [InlineData(TemplateFormat.RoutingKey, "a.\n{payload.id}", 1, 3, "U+000A cannot stand in a routing key")]
    public void Compile_FaultyLine_SaysWhereAndWhat(TemplateFormat format, string source, int line, int column, string message)
        => new TemplateBench().AssertFault(format, source, line, column, message);

    [Fact]
    public void Compile_LiteralsTooLong_AreFaults()
    {
        var bench = new TemplateBench();
        bench.AssertFault(TemplateFormat.RoutingKey, new string('a', 256) + "{payload.id}", 1, 1, "at most 255 bytes");
        bench.AssertFault(TemplateFormat.MqttTopic, new string('a', 65_536), 1, 1, "at most 65,535 bytes");
        bench.AssertFault(TemplateFormat.Url, "https://x.example/" + new string('a', 65_536), 1, 1, "at most 64 KB");
    }
}
