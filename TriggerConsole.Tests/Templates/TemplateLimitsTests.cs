using System.Buffers;
using System.Diagnostics;
using System.Text;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Templates;

public sealed class TemplateLimitsTests
{
    public static TheoryData<TemplateFormat> Formats => [.. Enum.GetValues<TemplateFormat>()];

    [Fact]
    public void Compile_SourceAtItsLimit_Passes()
    {
        var bench = new TemplateBench();
        bench.Compile(TemplateFormat.Text, new string('é', TemplateLimits.MaxSourceBytes / 2));
        bench.AssertFault(TemplateFormat.Text, new string('é', TemplateLimits.MaxSourceBytes / 2) + "a", 1, 1, "at most 256 KB");
    }

    [Fact]
    public void Compile_PlaceholdersAtTheirLimit_Passes()
    {
        var bench = new TemplateBench();
        var most = string.Concat(Enumerable.Repeat("{attempt}\n", 1000));
        Assert.Equal(string.Concat(Enumerable.Repeat("2\n", 1000)), bench.Render(TemplateFormat.Text, most));
        bench.AssertFault(TemplateFormat.Text, most + "{attempt}{attempt}", 1001, 1, "at most 1,000 placeholders");
        bench.AssertFault(TemplateFormat.Json, "[" + string.Join(",\n", Enumerable.Repeat("\"{attempt}\"", 1001)) + "]", 1001, 2, "at most 1,000 placeholders");
    }

    [Fact]
    public void Compile_PathAtItsLimit_Passes()
    {
        var bench = new TemplateBench();
        var deepest = "{payload" + string.Concat(Enumerable.Repeat(".a", 64));
        Assert.Equal("", bench.Render(TemplateFormat.Text, deepest + "}"));
        bench.AssertFault(TemplateFormat.Text, deepest + ".a}", 1, deepest.Length + 1, "at most 64 steps");
    }

    [Fact]
    public void Compile_ManyFaults_AreReportedUpToALimit()
        => Assert.Equal(TemplateLimits.MaxFaults, new TemplateBench().Faults(TemplateFormat.Text, string.Concat(Enumerable.Repeat("{x} ", 500))).Count);

    [Theory]
    [InlineData(TemplateFormat.Text, "{payload.v}{payload.v}", 0)]
    [InlineData(TemplateFormat.Json, "\"{payload.v}{payload.v}\"", 2)]
    [InlineData(TemplateFormat.Xml, "<a>{payload.v}{payload.v}</a>", 7)]
    [InlineData(TemplateFormat.Form, "{payload.v}={payload.v}", 1)]
    public void Render_OutputAtItsLimit_Passes(TemplateFormat format, string source, int literals)
    {
        const int Half = TemplateLimits.MaxOutputBytes / 2;
        var length = Half - (literals + 1) / 2;
        Assert.Equal(2 * length + literals, TemplateBench.WithValue($"\"{new string('a', length)}\"").Render(format, source).Length);
        Assert.Equal("template_too_long", TemplateBench.WithValue($"\"{new string('a', Half + 1 - literals / 2)}\"").Fails(format, source).Code);
    }

    [Fact]
    public void Render_EscapingPastTheLimit_IsRefused()
    {
        var body = Encoding.UTF8.GetBytes(new string('\u0001', 4 * 1024 * 1024));
        var bench = new TemplateBench { Body = body, ContentType = "text/plain" };
        Assert.Equal("template_too_long", bench.Fails(TemplateFormat.Json, "\"{original_payload}\"").Code);
        Assert.Equal(body.Length, bench.Render(TemplateFormat.Text, "{original_payload}").Length);
    }

    [Fact]
    public void Render_HugePayload_IsRefusedInEveryForm()
    {
        var bench = new TemplateBench { Body = new byte[TemplateLimits.MaxOutputBytes + 1], ContentType = null };
        bench.Body[0] = 0xFF;
        foreach (var source in new[] { "{original_payload}", "x{original_payload}" })
            Assert.Equal("template_too_long", bench.Fails(TemplateFormat.Text, source).Code);
        Assert.Equal("x", bench.Render(TemplateFormat.Text, "x{payload.v}"));
    }

    [Fact]
    public void Render_WhatIsAlreadyInTheWriter_DoesNotCount()
    {
        var bench = TemplateBench.WithValue($"\"{new string('a', 9 * 1024 * 1024)}\"");
        var template = bench.Compile(TemplateFormat.Text, "{payload.v}");
        var output = new ArrayBufferWriter<byte>();
        template.Render(bench.Scope(), output);
        template.Render(bench.Scope(), output);
        Assert.Equal(18 * 1024 * 1024, output.WrittenCount);
    }

    /// <summary>Sources made to take long: each part looks at the rest, none may do so for each character.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Compile_HostileSources_EndSoon(TemplateFormat format)
    {
        var bench = new TemplateBench();
        string[] units = ["{ ", "{a", "{{", "}", "{payload.", "{payload['", "\"", "[", "{\"a\":", "<", "<a ", "<!--{payload.x ", "<a b='{", "&", "&#", "<![CDATA[", "]]", "%", "\\", "\\u", "{payload.x|", "{env:X", "https://{", "\n", "é", "'"];
        var watch = Stopwatch.StartNew();
        foreach (var unit in units)
            foreach (var prefix in new[] { "", "\"", "<a>", "https://x.example/", "[" })
                Template.Compile(prefix + string.Concat(Enumerable.Repeat(unit, (TemplateLimits.MaxSourceBytes - 32) / Encoding.UTF8.GetByteCount(unit))), format, bench.Rules, new FieldErrors(), "f");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{format}: {watch.Elapsed} for {units.Length * 5} sources.");
    }

    /// <summary>Whatever is typed, it is compiled or refused with faults that lie within it.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Compile_AnySource_NeverThrows(TemplateFormat format)
    {
        string[] starts = ["", "", "https://x.example/", "{\"a\":\"", "<a>", "<a b=\"", "{env:CRM_BASE}/", "{payload.", "{header:", "a=", "<![CDATA["];
        string[] ends = ["", "\"}", "</a>", "\"/>", "}", "']}", "]]>"];
        var bench = new TemplateBench();
        Hostile.Repeat(3000, random =>
        {
            var source = starts[random.Next(starts.Length)] + Hostile.Text(random) + ends[random.Next(ends.Length)];
            var errors = new FieldErrors();
            var template = Template.Compile(source, format, bench.Rules, errors, "f");
            Assert.Equal(template is null, errors.Any);
            var lines = source.Count(c => c == '\n') + source.Count(c => c == '\r') + 1;
            Assert.All(errors.All, e =>
            {
                Assert.InRange(e.Line!.Value, 1, lines);
                Assert.InRange(e.Column!.Value, 1, source.Length + 1);
            });
        });
    }
}
