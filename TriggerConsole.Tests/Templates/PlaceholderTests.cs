using System.Buffers;
using System.Text;
using TriggerConsole.Core.Templates;
using Xunit;

namespace TriggerConsole.Tests.Templates;

/// <summary>Names, paths, defaults and values, seen through the plainest format.</summary>
public sealed class PlaceholderTests
{
    [Theory]
    [InlineData("{timestamp}", "2026-01-31T08:15:30.250Z")]
    [InlineData("{callback_id}", "00000001-0000-0000-0000-000000000000")]
    [InlineData("{event_id}", "00000002-0000-0000-0000-000000000000")]
    [InlineData("{execution_id}", "00000003-0000-0000-0000-000000000000")]
    [InlineData("{trigger_id}", "00000004-0000-0000-0000-000000000000")]
    [InlineData("{event_type}", "order.created")]
    [InlineData("{attempt}", "2")]
    [InlineData("{user_id}", "")]
    [InlineData("{header:user-agent}", "curl/8.5.0")]
    [InlineData("{header:X-Name}", "é\"<")]
    [InlineData("{header:X-Missing}", "")]
    [InlineData("{query:page}", "2")]
    [InlineData("{query:q}", "a b&c")]
    [InlineData("{query:Page}", "")]
    [InlineData("{env:CRM_HOST}", "crm.example")]
    [InlineData("{env:UNSET}", "")]
    [InlineData("{secret:TOKEN}", "s3cr3t/part?&=\"<é")]
    [InlineData("{secret:token}", "s3cr3t/part?&=\"<é")]
    [InlineData("{var:region}", "")]
    [InlineData("{payload.id}", "7")]
    [InlineData("{payload.name}", "Ana \"A\" Müller")]
    [InlineData("{payload.paid}", "true")]
    [InlineData("{payload.price}", "1.50")]
    [InlineData("{payload.nothing}", "")]
    [InlineData("{payload.missing}", "")]
    [InlineData("{payload.id.deeper}", "")]
    [InlineData("{payload.items}", """[{"sku":"A-1"},{"sku":"B-2"}]""")]
    [InlineData("{payload.user}", """{"id":"u1","first name":"Ana"}""")]
    [InlineData("{payload.items[1].sku}", "B-2")]
    [InlineData("{payload.items[2].sku}", "")]
    [InlineData("{payload[0]}", "")]
    [InlineData("{payload.items.sku}", "")]
    [InlineData("{payload.user[0]}", "")]
    [InlineData("{payload.user['first name']}", "Ana")]
    [InlineData("{payload['user'][\"id\"]}", "u1")]
    [InlineData("{payload['it''s']}", "1")]
    [InlineData("{payload[\"it's\"]}", "1")]
    [InlineData("{payload[\"a\"\"b\"]}", "2")]
    [InlineData("{payload['a}{|b']}", "")]
    [InlineData("{payload.größe}", "XL")]
    [InlineData("{payload.ID}", "")]
    [InlineData("{payload.lines}", "one\ntwo")]
    public void Render_EachPlaceholder_GivesItsValue(string source, string expected)
        => Assert.Equal(expected, new TemplateBench().Render(TemplateFormat.Text, source));

    [Theory]
    [InlineData("{user_id}", "ana@example.com")]
    [InlineData("{callback_id}", "")]
    [InlineData("{trigger_id|none}", "none")]
    [InlineData("{event_type|unknown}", "unknown")]
    [InlineData("{var:region}", "eu")]
    [InlineData("{var:count}", "3")]
    [InlineData("{var:list}", "[1,2]")]
    [InlineData("{var:none|x}", "x")]
    public void Render_EventFromApi_GivesItsValues(string source, string expected)
        => Assert.Equal(expected, new TemplateBench { FromApi = true }.Render(TemplateFormat.Text, source));

    [Theory]
    [InlineData("{payload.missing|none}", "none")]
    [InlineData("{payload.nothing|none}", "none")]
    [InlineData("{payload.missing|}", "")]
    [InlineData("{payload.missing| a | b }", " a | b ")]
    [InlineData("{payload.empty|none}", "")]
    [InlineData("{payload.id|none}", "7")]
    [InlineData("{header:X-Missing|{{}", null)]
    [InlineData("{user_id|system}", "system")]
    [InlineData("{env:UNSET|local}", "local")]
    [InlineData("{query:none|\"x\"}", "\"x\"")]
    [InlineData("{timestamp|never}", "2026-01-31T08:15:30.250Z")]
    public void Render_Default_StandsInForMissingAndNullOnly(string source, string? expected)
    {
        if (expected is null) Assert.Single(new TemplateBench().Faults(TemplateFormat.Text, source));
        else Assert.Equal(expected, new TemplateBench().Render(TemplateFormat.Text, source));
    }

    [Fact]
    public void Render_Uuid_IsANewVersion4EachTime()
    {
        var bench = new TemplateBench();
        var template = bench.Compile(TemplateFormat.Text, "{uuid} {uuid}");

        var ids = string.Join(' ', bench.Render(template), bench.Render(template)).Split(' ').Select(Guid.Parse).ToList();

        Assert.Equal(4, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(4, id.Version));
    }

    [Theory]
    [InlineData("{{payload.id}}", "{payload.id}")]
    [InlineData("{{{payload.id}}}", "{7}")]
    [InlineData("{{}}", "{}")]
    [InlineData("{{{{", "{{")]
    [InlineData("a{{b}}c", "a{b}c")]
    public void Render_DoubledBraces_AreLiteral(string source, string expected)
        => Assert.Equal(expected, new TemplateBench().Render(TemplateFormat.Text, source));

    [Fact]
    public void Render_PlaceholderInAValue_IsNotExpanded()
    {
        var bench = TemplateBench.WithValue("\"{secret:TOKEN} {{ }} {payload.v}\"");

        foreach (var format in new[] { TemplateFormat.Text, TemplateFormat.Plain, TemplateFormat.Header, TemplateFormat.RoutingKey })
            Assert.Equal("{secret:TOKEN} {{ }} {payload.v}", bench.Render(format, "{payload.v}"));
        Assert.Equal("""{"v":"{secret:TOKEN} {{ }} {payload.v}"}""", bench.Render(TemplateFormat.Json, "\"{original_payload}\""));
    }

    [Theory]
    [InlineData("{timestmap}", 1, "Did you mean {timestamp}?")]
    [InlineData("{Timestamp}", 1, "Did you mean {timestamp}?")]
    [InlineData("{paylod.user.id}", 1, "Did you mean {payload.user.id}?")]
    [InlineData("{user.id}", 1, "Did you mean {payload.user.id}?")]
    [InlineData("{user}", 1, "Did you mean {user_id}?")]
    [InlineData("{body}", 1, "Did you mean {original_payload}?")]
    [InlineData("{body.items[0]}", 1, "Did you mean {payload.items[0]}?")]
    [InlineData("{headers.X-Id}", 1, "Did you mean {header:X-Id}?")]
    [InlineData("{Secret:TOKEN}", 1, "Did you mean {secret:TOKEN}?")]
    [InlineData("{now|x}", 1, "Did you mean {timestamp|x}?")]
    [InlineData("{orderNumber}", 1, "There is no placeholder “orderNumber”. A field of the payload is written {payload.orderNumber}")]
    [InlineData("{}", 1, "a name is missing")]
    [InlineData("{ payload.id }", 1, "without spaces: {payload.id}")]
    [InlineData("{payload.id }", 12, "without spaces")]
    [InlineData("{payload.id", 1, "never closed")]
    [InlineData("{\"a\": 1", 1, "write {{")]
    [InlineData("a } b", 3, "write }}")]
    [InlineData("{payload.id}}", 13, "write }}")]
    [InlineData("{payload.}", 10, "After the dot a name is missing")]
    [InlineData("{payload..a}", 10, "After the dot a name is missing")]
    [InlineData("{payload.a b}", 11, "without spaces")]
    [InlineData("{payload.a/b}", 11, "“/” cannot stand in a path")]
    [InlineData("{payload:a}", 9, "takes no name after a colon")]
    [InlineData("{payload[]}", 10, "a number from 0")]
    [InlineData("{payload[-1]}", 10, "a number from 0")]
    [InlineData("{payload[x]}", 10, "a number from 0")]
    [InlineData("{payload[0}", 11, "Close the number with ]")]
    [InlineData("{payload[99999999999]}", 10, "No list is that long")]
    [InlineData("{payload['a}", 10, "The name is not closed")]
    [InlineData("{payload['a'b]}", 13, "Close the name with ]")]
    [InlineData("{timestamp.x}", 11, "has no fields")]
    [InlineData("{timestamp:x}", 11, "takes no name after a colon")]
    [InlineData("{header}", 8, "needs a name after a colon: {header:NAME}")]
    [InlineData("{header:}", 9, "a name is missing")]
    [InlineData("{header: X-Id}", 9, "Take the space away: {header:X-Id}")]
    [InlineData("{header:X Id}", 1, "is no header name")]
    [InlineData("{payload.id|a{b}", 14, "A default cannot hold braces")]
    [InlineData("{payload.a{b}", 11, "not closed")]
    [InlineData("{secret:NOPE}", 1, "There is no secret named “NOPE”")]
    [InlineData("{secret:NOPE|x}", 1, "There is no secret named “NOPE”")]
    [InlineData("{env:HOME}", 1, "Templates:AllowedEnvironment")]
    [InlineData("{env:CRM_HSOT}", 1, "Did you mean {env:CRM_HOST}?")]
    public void Compile_FaultyPlaceholder_SaysWhereAndWhat(string source, int column, string message)
    {
        var bench = new TemplateBench();
        bench.AssertFault(TemplateFormat.Text, source, 1, column, message);
        bench.AssertFault(TemplateFormat.Text, "é\r\n\n  " + source, 3, column + 2, message);
    }

    [Fact]
    public void Compile_SeveralFaults_AreAllReportedInOrder()
        => Assert.Equal(
            ["1:1", "2:3", "3:4", "3:9", "3:24"],
            new TemplateBench().FaultLines(TemplateFormat.Text, "{a}\r\n  {secret:NOPE}\rxy {pa} } {payload.id} {b").Select(l => l.Split(' ')[0]));

    [Fact]
    public void Compile_FaultInOneFormat_IsFoundInAll()
    {
        var bench = new TemplateBench();
        foreach (var (format, before, after) in new[]
        {
            (TemplateFormat.Json, "\"", "\""), (TemplateFormat.Xml, "<a>", "</a>"), (TemplateFormat.Text, "", ""), (TemplateFormat.Form, "a=", ""),
            (TemplateFormat.Url, "https://x.example/", ""), (TemplateFormat.Header, "", ""), (TemplateFormat.Plain, "", ""), (TemplateFormat.MqttTopic, "a/", ""), (TemplateFormat.RoutingKey, "", ""),
        })
            bench.AssertFault(format, before + "{secret:NOPE}" + after, 1, before.Length + 1, "no secret named");
    }

    [Fact]
    public void SecretNames_SeveralUses_NamesEachOnce()
        => Assert.Equal(["PATH", "TOKEN"], new TemplateBench().Compile(TemplateFormat.Text, "{secret:TOKEN}{secret:token}{secret:PATH}{payload.a}").SecretNames.Order());

    [Theory]
    [InlineData(TemplateFormat.Text, "plain {{x}}", true)]
    [InlineData(TemplateFormat.Text, "", true)]
    [InlineData(TemplateFormat.Json, "{\"a\": 1}", true)]
    [InlineData(TemplateFormat.Header, "Bearer {secret:TOKEN}", false)]
    [InlineData(TemplateFormat.Text, "{uuid}", false)]
    [InlineData(TemplateFormat.Text, "{original_payload}", false)]
    public void IsConstant_OnlyWithoutPlaceholders(TemplateFormat format, string source, bool expected)
        => Assert.Equal(expected, new TemplateBench().Compile(format, source).IsConstant);

    [Theory]
    [InlineData(TemplateFormat.Json)]
    [InlineData(TemplateFormat.Xml)]
    [InlineData(TemplateFormat.Text)]
    [InlineData(TemplateFormat.Form)]
    public void Render_Passthrough_KeepsEveryByte(TemplateFormat format)
    {
        byte[] body = [0xEF, 0xBB, 0xBF, 0xFF, 0x00, (byte)'{', (byte)'\r', (byte)'\n', 0xC3];
        var bench = new TemplateBench { Body = body };
        var output = new ArrayBufferWriter<byte>();

        foreach (var source in new[] { "{original_payload}", "{payload}" })
        {
            var template = bench.Compile(format, source);
            Assert.True(template.IsPassthrough);
            output.ResetWrittenCount();
            template.Render(bench.Scope(), output);
            Assert.Equal(body, output.WrittenSpan.ToArray());
        }
    }

    [Theory]
    [InlineData(TemplateFormat.Text, " {original_payload}", false)]
    [InlineData(TemplateFormat.Xml, " {original_payload}\n", true)]
    [InlineData(TemplateFormat.Json, "\n{original_payload} ", true)]
    [InlineData(TemplateFormat.Json, "\"{original_payload}\"", false)]
    [InlineData(TemplateFormat.Text, "{original_payload|x}", false)]
    [InlineData(TemplateFormat.Header, "{original_payload}", false)]
    [InlineData(TemplateFormat.Plain, "{original_payload}", false)]
    public void IsPassthrough_OnlyForTheWholeBody(TemplateFormat format, string source, bool expected)
        => Assert.Equal(expected, new TemplateBench().Compile(format, source).IsPassthrough);

    [Fact]
    public void Render_OriginalPayloadAsText_IsAsSent()
    {
        Assert.Equal($"<{TemplateBench.SampleJson}>", new TemplateBench().Render(TemplateFormat.Text, "<{original_payload}>"));
        Assert.Equal("<hello>", TemplateBench.WithBody("\uFEFFhello", "text/plain").Render(TemplateFormat.Text, "<{payload}>"));
        Assert.Equal("<a=1&b=2>", TemplateBench.WithBody("a=1&b=2", "application/x-www-form-urlencoded").Render(TemplateFormat.Text, "<{payload}>"));
        Assert.Equal("</w8=>", new TemplateBench { Body = [0xFF, 0x0F] }.Render(TemplateFormat.Text, "<{payload}>"));
        Assert.Equal("<none>", new TemplateBench { Body = [] }.Render(TemplateFormat.Text, "<{payload|none}>"));
    }

    [Fact]
    public void Render_OriginalPayloadOnOneLine_IsCompact()
        => Assert.Equal("""{"a":[1,"x y"],"b":"c\n"}""", TemplateBench.WithBody("{ \"a\": [1,\n \"x y\"],\r\n\t\"b\" : \"c\\n\" }", "application/json").Render(TemplateFormat.Header, "{original_payload}"));

    [Fact]
    public void Render_SecretDeletedMeanwhile_IsMissing()
    {
        var bench = new TemplateBench();
        var template = bench.Compile(TemplateFormat.Text, "<{secret:TOKEN|gone}>");
        bench.Forget("TOKEN");
        Assert.Equal("<gone>", bench.Render(template));
    }

    [Fact]
    public void Render_FromManyThreads_GivesEachTheSame()
    {
        var bench = new TemplateBench();
        var template = bench.Compile(TemplateFormat.Json, """{"a":"{payload.name}","b":"{header:X-Name} {query:q} {secret:TOKEN}","p":"{original_payload}"}""");
        var expected = bench.Render(template);
        for (var round = 0; round < 20; round++)
        {
            var scope = bench.Scope();
            var all = new string[8];
            Parallel.For(0, all.Length, i => all[i] = template.RenderText(scope));
            Assert.All(all, text => Assert.Equal(expected, text));
        }
    }

    [Fact]
    public void Render_IntoAWriter_EqualsRenderText()
    {
        var bench = new TemplateBench();
        foreach (var (format, source) in new[] { (TemplateFormat.Text, "a{payload.name}"), (TemplateFormat.Url, "https://x.example/{payload.id}"), (TemplateFormat.MqttTopic, "a/{payload.id}"), (TemplateFormat.Text, "constant é") })
        {
            var template = bench.Compile(format, source);
            var output = new ArrayBufferWriter<byte>();
            template.Render(bench.Scope(), output);
            Assert.Equal(template.RenderText(bench.Scope()), Encoding.UTF8.GetString(output.WrittenSpan));
        }
    }
}
