using TriggerConsole.Core.Templates;
using Xunit;

namespace TriggerConsole.Tests.Templates;

public sealed class TemplateMaskingTests
{
    [Theory]
    [InlineData(TemplateFormat.Json, "{\"a\":\"{secret:TOKEN}\",\"b\":\"x {secret:TOKEN}\",\"{secret:TOKEN}\":\"{payload.id}\"}", "{\"a\":\"••••••\",\"b\":\"x ••••••\",\"••••••\":7}")]
    [InlineData(TemplateFormat.Xml, "<a b=\"{secret:TOKEN}\">{secret:TOKEN}<![CDATA[{secret:TOKEN}]]></a>", "<a b=\"••••••\">••••••<![CDATA[••••••]]></a>")]
    [InlineData(TemplateFormat.Text, "{secret:TOKEN} {payload.id}", "•••••• 7")]
    [InlineData(TemplateFormat.Plain, "{secret:TOKEN}", "••••••")]
    [InlineData(TemplateFormat.Form, "a={secret:TOKEN}&b=1", "a=••••••&b=1")]
    [InlineData(TemplateFormat.Url, "https://x.example/{secret:PATH}/y?k={secret:TOKEN}", "https://x.example/••••••/y?k=••••••")]
    [InlineData(TemplateFormat.Header, "Bearer {secret:TOKEN}", "Bearer ••••••")]
    [InlineData(TemplateFormat.Header, "{secret:LINES}", "••••••")]
    [InlineData(TemplateFormat.MqttTopic, "a/{secret:TOKEN}", "a/••••••")]
    [InlineData(TemplateFormat.RoutingKey, "{secret:TOKEN}.a", "••••••.a")]
    public void Render_MaskSecrets_ShowsBulletsInstead(TemplateFormat format, string source, string expected)
    {
        Assert.Equal(expected, new TemplateBench { MaskSecrets = true }.Render(format, source));
        if (!source.Contains("LINES", StringComparison.Ordinal)) Assert.DoesNotContain('•', new TemplateBench().Render(format, source));
    }

    [Fact]
    public void Render_MaskSecrets_ShowsNoDefaultOfASecretEither()
    {
        var bench = new TemplateBench { MaskSecrets = true };
        var template = bench.Compile(TemplateFormat.Text, "{secret:TOKEN|default}");
        bench.Forget("TOKEN");
        Assert.Equal("••••••", bench.Render(template));
    }

    [Fact]
    public void Render_MaskedRoutingKey_IsNotMeasured()
    {
        var source = new string('a', 245) + "{secret:PATH}";
        Assert.Equal("routing_key_too_long", new TemplateBench().Fails(TemplateFormat.RoutingKey, source).Code);
        Assert.EndsWith("••••••", new TemplateBench { MaskSecrets = true }.Render(TemplateFormat.RoutingKey, source), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_OtherOperatorsValues_AreNotMasked()
        => Assert.Equal("crm.example", new TemplateBench { MaskSecrets = true }.Render(TemplateFormat.Text, "{env:CRM_HOST}"));
}
