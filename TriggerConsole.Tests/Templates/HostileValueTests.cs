using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Web;
using System.Xml;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Templates;
using Xunit;

namespace TriggerConsole.Tests.Templates;

/// <summary>Whatever a value holds, the output keeps the structure of its template, and the value reads back.</summary>
public sealed class HostileValueTests
{
    private const int Times = 3000;

    [Fact]
    public void Json_AnyValue_StaysAValue()
    {
        var template = new TemplateBench().Compile(TemplateFormat.Json, """{"typed":"{payload.v}","text":"<{payload.v}>","{payload.v}":1,"whole":"{original_payload}","twice":"{payload.v}{payload.v}"}""");
        Hostile.Repeat(Times, random =>
        {
            var value = Hostile.Text(random);
            using var document = JsonDocument.Parse(TemplateBench.WithValue(Hostile.ToJson(value, random)).Render(template));

            var names = document.RootElement.EnumerateObject().Select(p => JsonText.Unescape(JsonMarshal.GetRawUtf8PropertyName(p))).ToList();
            Assert.Equal(["typed", "text", Hostile.WellFormed(value), "whole", "twice"], names);
            Assert.Equal(Hostile.WellFormed(value), TextOf("typed"));
            Assert.Equal($"<{Hostile.WellFormed(value)}>", TextOf("text"));
            Assert.Equal(Hostile.WellFormed(value + value), Hostile.WellFormed(TextOf("twice")!));
            Assert.Equal(Hostile.WellFormed(value), JsonText.TextOf(document.RootElement.GetProperty("whole").GetProperty("v")));

            string? TextOf(string name) => JsonText.TextOf(document.RootElement.EnumerateObject().ElementAt(names.IndexOf(name)).Value);
        });
    }

    [Fact]
    public void Json_AnyBytesAsPayload_StayAValue()
    {
        var template = new TemplateBench().Compile(TemplateFormat.Json, """{"a":"{original_payload}","b":"x{original_payload}","c":"{payload.v|none}"}""");
        string[] types = ["application/json", "text/plain", "text/xml", "application/x-www-form-urlencoded", "", "application/octet-stream"];
        Hostile.Repeat(Times, random =>
        {
            var body = random.Next(3) == 0 ? RandomBytes(random) : Encoding.UTF8.GetBytes(Hostile.Text(random));
            var bench = new TemplateBench { Body = body, ContentType = types[random.Next(types.Length)] };
            using var document = JsonDocument.Parse(bench.Render(template));
            Assert.Equal(["a", "b", "c"], document.RootElement.EnumerateObject().Select(p => p.Name));
        });
    }

    [Fact]
    public void Xml_AnyValue_StaysText()
    {
        var template = new TemplateBench().Compile(TemplateFormat.Xml, """
            <r a="{payload.v}" b='x{payload.v}'><t>{payload.v}</t><c><![CDATA[]]{payload.v}>]{payload.v}{payload.v}]]]></c></r>
            """);
        Hostile.Repeat(Times, random =>
        {
            var value = Hostile.Text(random);
            var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            document.LoadXml(TemplateBench.WithValue(Hostile.ToJson(value, random)).Render(template));

            var expected = XmlText(value);
            var root = document.DocumentElement!;
            Assert.Equal(expected, root.GetAttribute("a"));
            Assert.Equal("x" + expected, root.GetAttribute("b"));
            Assert.Equal(["t", "c"], root.ChildNodes.OfType<XmlElement>().Select(e => e.Name));
            Assert.Equal(expected, root["t"]!.InnerText);
            Assert.Equal($"]]{expected}>]{expected}{expected}]", root["c"]!.InnerText);
            Assert.Empty(root["t"]!.ChildNodes.OfType<XmlElement>());
        });
    }

    [Fact]
    public void Url_AnyValue_StaysInItsPart()
    {
        var template = new TemplateBench().Compile(TemplateFormat.Url, "https://user@api.example:8443/v1/{payload.v}/x{payload.v}/end?a={payload.v}&{payload.v}=2&c=3");
        var refused = 0;
        Hostile.Repeat(Times, random =>
        {
            var value = Hostile.WellFormed(Hostile.Text(random));
            var bench = TemplateBench.WithValue(Hostile.ToJson(value, random));
            string url;
            try
            {
                url = bench.Render(template);
            }
            catch (TemplateException exception)
            {
                refused++;
                Assert.True(value is "." or ".." or "" || value.Length > 1000, $"Refused without need: {exception.Code}");
                return;
            }
            Assert.DoesNotContain(url, c => c is <= ' ' or '\\' or '#' or '"' or '<' or '>' or '{' or '}' or > '~');
            var uri = new Uri(url);      // what an HTTP client makes of it
            Assert.Equal(("https", "user", "api.example", 8443, ""), (uri.Scheme, uri.UserInfo, uri.Host, uri.Port, uri.Fragment));
            var segments = uri.AbsolutePath.Split('/');
            Assert.Equal(5, segments.Length);
            Assert.Equal(("v1", value, "x" + value, "end"), (segments[1], Uri.UnescapeDataString(segments[2]), Uri.UnescapeDataString(segments[3]), segments[4]));
            var query = uri.Query[1..].Split('&').Select(p => p.Split('=')).ToList();
            Assert.Equal(3, query.Count);
            Assert.All(query, pair => Assert.Equal(2, pair.Length));
            Assert.Equal((value, value, "3"), (HttpUtility.UrlDecode(query[0][1]), HttpUtility.UrlDecode(query[1][0]), query[2][1]));
        });
        Assert.InRange(refused, 1, Times / 4);
    }

    [Fact]
    public void Form_AnyValue_StaysInItsField()
    {
        var template = new TemplateBench().Compile(TemplateFormat.Form, "a={payload.v}\nb=1&{payload.v}=c");
        Hostile.Repeat(Times, random =>
        {
            var value = Hostile.WellFormed(Hostile.Text(random));
            var form = TemplateBench.WithValue(Hostile.ToJson(value, random)).Render(template);
            Assert.DoesNotContain(form, c => c is <= ' ' or > '~');
            var pairs = form.Split('&').Select(p => p.Split('=')).ToList();
            Assert.Equal(3, pairs.Count);
            Assert.Equal(("a", value, value, "c"), (pairs[0][0], HttpUtility.UrlDecode(pairs[0][1]), HttpUtility.UrlDecode(pairs[2][0]), pairs[2][1]));
        });
    }

    [Fact]
    public void Header_AnyValue_IsOneLineOrRefused()
    {
        var template = new TemplateBench().Compile(TemplateFormat.Header, "x {payload.v}");
        var refused = 0;
        Hostile.Repeat(Times, random =>
        {
            var value = Hostile.WellFormed(Hostile.Text(random));
            var bench = TemplateBench.WithValue(Hostile.ToJson(value, random));
            var hasControl = value.Any(c => c != '\t' && char.IsControl(c));
            try
            {
                Assert.Equal("x " + value, bench.Render(template));
                Assert.False(hasControl);
            }
            catch (TemplateException exception)
            {
                refused++;
                Assert.True(hasControl);
                Assert.Equal(value.AsSpan().ContainsAny("\r\n\0") ? "template_line_break" : "template_control_character", exception.Code);
            }
        });
        Assert.InRange(refused, Times / 20, Times * 19 / 20);
    }

    [Fact]
    public void MqttTopic_AnyValue_HasNoWildcardOrIsRefused()
    {
        var template = new TemplateBench().Compile(TemplateFormat.MqttTopic, "{payload.v}");
        Hostile.Repeat(Times, random =>
        {
            var value = Hostile.WellFormed(Hostile.Text(random));
            var bench = TemplateBench.WithValue(Hostile.ToJson(value, random));
            var isBad = value.Length == 0 || value.Any(c => c is '+' or '#' || char.IsControl(c)) || Encoding.UTF8.GetByteCount(value) > 65_535;
            try
            {
                Assert.Equal(value, bench.Render(template));
                Assert.False(isBad);
            }
            catch (TemplateException exception)
            {
                Assert.True(isBad);
                Assert.Equal("template_bad_topic", exception.Code);
            }
        });
    }

    [Fact]
    public void Text_AnyValue_IsInsertedOnceAndUnchanged()
    {
        var template = new TemplateBench().Compile(TemplateFormat.Text, "<{payload.v}>{secret:TOKEN}");
        Hostile.Repeat(Times, random =>
        {
            var value = Hostile.Text(random);
            Assert.Equal($"<{Hostile.WellFormed(value)}>s3cr3t/part?&=\"<é", TemplateBench.WithValue(Hostile.ToJson(value, random)).Render(template));
        });
    }

    private static string XmlText(string value)
        => string.Concat(Hostile.WellFormed(value).Select(c => char.IsSurrogate(c) || XmlConvert.IsXmlChar(c) ? c : '\uFFFD'));

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        return bytes;
    }
}
