using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Templates;

public sealed class UrlTemplateTests
{
    private const TemplateFormat Url = TemplateFormat.Url;

    [Theory]
    [InlineData("https://api.example/orders/{payload.id}", "https://api.example/orders/7")]
    [InlineData("HTTP://api.example:8080", "HTTP://api.example:8080")]
    [InlineData("https://api.example?q={payload.name}", "https://api.example?q=Ana%20%22A%22%20M%C3%BCller")]
    [InlineData("https://api.example/{header:X-Name}/x?{query:q}=1", "https://api.example/%C3%A9%22%3C/x?a%20b%26c=1")]
    [InlineData("https://api.example/a?x={payload.missing}&y={payload.nothing|none}", "https://api.example/a?x=&y=none")]
    [InlineData("https://api.example/{payload.missing|none}", "https://api.example/none")]
    [InlineData("https://api.example/{payload.missing|}", "https://api.example/")]
    [InlineData("https://api.example/{payload.empty|none}", "https://api.example/none")]
    [InlineData("https://api.example/{payload.items}", "https://api.example/%5B%7B%22sku%22%3A%22A-1%22%7D%2C%7B%22sku%22%3A%22B-2%22%7D%5D")]
    [InlineData("https://api.example/v{payload.id}.{payload.id}/x", "https://api.example/v7.7/x")]
    [InlineData("https://hooks.example/services/{secret:PATH}", "https://hooks.example/services/T000/B000/xyz")]
    [InlineData("https://api.example/?key={secret:TOKEN}", "https://api.example/?key=s3cr3t%2Fpart%3F%26%3D%22%3C%C3%A9")]
    [InlineData("https://api.example/{secret:TOKEN}", "https://api.example/s3cr3t/part%3F%26%3D%22%3C%C3%A9")]
    [InlineData(" https://api.example/a b/é?q=ü|x&r=%20/? \n", "https://api.example/a%20b/%C3%A9?q=%C3%BC%7Cx&r=%20/?")]
    [InlineData("https://api.example/{{x}}/{payload.id}", "https://api.example/%7Bx%7D/7")]
    [InlineData("https://bücher.example/", "https://bücher.example/")]
    [InlineData("http://[::1]:5000/{payload.id}", "http://[::1]:5000/7")]
    [InlineData("https://user:pw@api.example/", "https://user:pw@api.example/")]
    [InlineData("https://{env:CRM_HOST}/x", "https://crm.example/x")]
    [InlineData("https://{env:UNSET|local.example}:{env:UNSET|8443}/x", "https://local.example:8443/x")]
    [InlineData("https://api.{env:CRM_HOST}:81?x={payload.id}", "https://api.crm.example:81?x=7")]
    [InlineData("{env:CRM_BASE}", "https://crm.example:8443/api/")]
    [InlineData("{env:CRM_BASE}/orders/{payload.id}", "https://crm.example:8443/api/orders/7")]
    [InlineData("{env:CRM_BASE}?a={payload.id}", "https://crm.example:8443/api/?a=7")]
    [InlineData("{env:CRM_QUERY}", "https://crm.example/api?key=1")]
    [InlineData("https://api.example/{env:CRM_HOST}/...", "https://api.example/crm.example/...")]
    public void Render_Url_EncodesValues(string source, string expected)
        => Assert.Equal(expected, new TemplateBench().Render(Url, source));

    [Theory]
    [InlineData("\".\"")]
    [InlineData("\"..\"")]
    public void Render_ValueThatIsDots_CannotChangeThePath(string json)
    {
        var bench = TemplateBench.WithValue(json);
        foreach (var path in new[] { "{payload.v}", "a/{payload.v}", "{payload.v}/a", "{payload.v}?x=1" })
        {
            Assert.Equal("template_bad_path", bench.Fails(Url, "https://api.example/" + path).Code);
            Assert.Contains("/x.", bench.Render(Url, "https://api.example/" + path.Replace("{", "x{", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
        Assert.Equal("template_bad_path", TemplateBench.WithValue("\".\"").Fails(Url, "https://api.example/{payload.v}{payload.v}/x").Code);
        Assert.Equal("template_bad_path", TemplateBench.WithValue("\".\"").Fails(Url, "https://api.example/%2e{payload.v}").Code);
        Assert.Equal("https://api.example/.../x?..", TemplateBench.WithValue("\"..\"").Render(Url, "https://api.example/.{payload.v}/x?{payload.v}"));
    }

    [Theory]
    [InlineData("https://api.example/users/{payload.missing}")]
    [InlineData("https://api.example/users/{payload.nothing}")]
    [InlineData("https://api.example/users/{payload.empty}")]
    [InlineData("https://api.example/users/{user_id}/x")]
    [InlineData("https://{env:UNSET}/users")]
    [InlineData("{env:UNSET}/users")]
    public void Render_MissingValueInThePath_IsAnError(string source)
    {
        var exception = new TemplateBench().Fails(Url, source);
        Assert.Equal("template_value_missing", exception.Code);
        Assert.Contains(source[source.IndexOf('{')..(source.IndexOf('}') + 1)], exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AddressTooLong_IsAnError()
        => Assert.Equal("template_too_long", TemplateBench.WithValue($"\"{new string('a', 70_000)}\"").Fails(Url, "https://api.example/?q={payload.v}").Code);

    [Theory]
    [InlineData("", 1, 1, "Write the address to call")]
    [InlineData("  ", 1, 1, "Write the address to call")]
    [InlineData("api.example/orders", 1, 1, "begins with http:// or https://")]
    [InlineData("/orders/{payload.id}", 1, 1, "begins with http:// or https://")]
    [InlineData("//api.example/", 1, 1, "begins with http:// or https://")]
    [InlineData(" ftp://api.example/", 1, 2, "Only http and https addresses can be called, not ftp")]
    [InlineData("file:///etc/passwd", 1, 1, "Only http and https")]
    [InlineData("https://", 1, 9, "the host is missing")]
    [InlineData("https:///x", 1, 9, "the host is missing")]
    [InlineData("https://api.example:port/", 1, 9, "is no host name")]
    [InlineData("https://api.example:99999/", 1, 9, "is no host name")]
    [InlineData("https://api example/", 1, 12, "cannot stand in a host name")]
    [InlineData("https://a{{b/", 1, 10, "A brace cannot stand in a host name")]
    [InlineData("https://{payload.host}/x", 1, 9, "{payload.host} cannot stand here: scheme, user name, host and port are fixed")]
    [InlineData("https://api.example:{payload.port}/x", 1, 21, "cannot stand here")]
    [InlineData("https://{secret:TOKEN}@api.example/x", 1, 9, "cannot stand here")]
    [InlineData("https://api.example{header:X-Path}", 1, 20, "cannot stand here")]
    [InlineData("{payload.url}", 1, 1, "cannot stand here")]
    [InlineData("{original_payload}", 1, 1, "cannot stand here")]
    [InlineData("{env:CRM_BASE}{payload.id}", 1, 15, "cannot stand here")]
    [InlineData("{env:CRM_BASE}v1{payload.id}", 1, 17, "cannot stand here")]
    [InlineData("{env:CRM_HOST}://x/", 1, 1, "Write the scheme itself")]
    [InlineData("{payload.scheme}://x/", 1, 1, "Write the scheme itself")]
    [InlineData("{env:CRM_FTP}/x", 1, 1, "does not begin with http:// or https://")]
    [InlineData("https://{env:CRM_BASE}/x", 1, 9, "holds a character that cannot stand there")]
    [InlineData("{env:CRM_SPACE}", 1, 1, "holds a character that cannot stand there")]
    [InlineData("{env:CRM_QUERY}/orders", 1, 1, "holds a character that cannot stand there")]
    [InlineData("https://{env:UNSET|a/b}/", 1, 9, "holds a character that cannot stand there")]
    [InlineData("https://{env:UNSET|a:b}/", 1, 9, "does not begin with http:// or https://")]
    [InlineData("https://api.example/x#top", 1, 22, "The part after #")]
    [InlineData("https://api.example/x?a#{payload.id}", 1, 24, "The part after #")]
    [InlineData("https://api.example\\x", 1, 20, "A backslash cannot stand in an address")]
    [InlineData("https://api.example/a\\..\\b", 1, 22, "A backslash")]
    [InlineData("https://api.example/a\nb", 1, 22, "line break or control character")]
    [InlineData("https://api.example/100%", 1, 24, "For a percent sign write %25")]
    [InlineData("https://api.example/%2{payload.id}", 1, 21, "For a percent sign write %25")]
    [InlineData("https://api.example/a/../b", 1, 23, "Write the path without . and ..")]
    [InlineData("https://api.example/%2E%2e", 1, 21, "Write the path without . and ..")]
    [InlineData("https://api.example/{payload.id}/./x", 1, 34, "Write the path without . and ..")]
    public void Compile_FaultyUrl_SaysWhereAndWhat(string source, int line, int column, string message)
    {
        var fault = new TemplateBench().Faults(Url, source)[0];
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (fault.Line, fault.Column));
    }

    [Fact]
    public void Compile_SeveralFaults_AreAllReported()
        => Assert.Equal(["1:9", "1:25", "1:28", "1:33", "1:34"], new TemplateBench().FaultLines(Url, "https://{payload.host}/x\\y?{z}=1%#a").Select(f => f.Split(' ')[0]));

    [Fact]
    public void Render_BaseThatChangedMeanwhile_IsJudgedAgain()
    {
        var rules = new TemplateBench().Rules;
        var template = Template.Compile("{env:CRM_BASE}/x", Url, rules, new FieldErrors(), "url");
        foreach (var value in new[] { "ftp://crm.example", "crm.example", "https://", "javascript:alert(1)", "//crm.example", "https://crm.example/a/..", "https://crm.example/?a", "https://crm.example/ a", "https://crm.example\\" })
        {
            var changed = new TemplateRules(new(new Dictionary<string, string?> { ["CRM_BASE"] = value }), rules.Secrets);
            var exception = Assert.Throws<TemplateException>(() => template!.RenderText(new(new TemplateBench().Scope().Attempt, changed)));
            Assert.Contains(exception.Code, new[] { "template_bad_url", "template_bad_path" });
            Assert.DoesNotContain("crm.example", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://user:pw@API.example/x/{payload.id}", "https://api.example:443")]
    [InlineData("http://[::1]:5000/{payload.id}", "http://[::1]:5000")]
    [InlineData("https://bücher.example?{payload.id}", "https://xn--bcher-kva.example:443")]
    [InlineData("{env:CRM_BASE}/x/{env:UNSET|y}/{payload.id}", "https://crm.example:8443")]
    [InlineData("https://{env:UNSET}/x", null)]
    public void UrlOrigin_TellsWhereItLeads(string source, string? expected)
    {
        var bench = new TemplateBench();
        Assert.Equal(expected, bench.Compile(Url, source).UrlOrigin(bench.Rules.Environment));
    }

    [Fact]
    public void UrlOrigin_OtherFormats_HaveNone()
        => Assert.Null(new TemplateBench().Compile(TemplateFormat.Text, "https://x.example/").UrlOrigin(TemplateEnvironment.Empty));
}
