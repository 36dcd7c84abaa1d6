using System.IO.Compression;
using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

/// <summary>Values that strangers choose, in every place of a call that can take one: they stay values.</summary>
public sealed class HttpInjectionTests
{
    /// <summary>What would begin a new header, request, parameter or placeholder somewhere.</summary>
    public static TheoryData<string> Values =>
    [
        "x\r\nX-Injected: 1", "x\nX-Injected: 1", "x\rX-Injected: 1", "x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n", "x\r\n X-Injected: 1", "x\r\n\tX-Injected: 1", "x\0X-Injected: 1", "x\u0085X-Injected: 1", "x\u2028X-Injected: 1", "x\u560d\u560aX-Injected: 1", "x\u000b\u000cX-Injected: 1",
        "%0d%0aX-Injected: 1", "%E5%98%8D%E5%98%8AX-Injected: 1", "\\r\\nX-Injected: 1", "{secret:TOKEN}", "{{secret:TOKEN}}", "{payload.v}", "{original_payload}", "{env:PATH}", "{header:Authorization}", "{{{{{{secret:TOKEN}}}}}}", "}{secret:TOKEN}{", "{payload.v|{secret:TOKEN}}", "${jndi:ldap://x}", "#{7*7}", "{{7*7}}", "<%= 7*7 %>", "@(7*7)",
        "\",\"injected\":\"1", "\\\",\\\"injected\\\":\\\"1", "</a><injected/><a>", "]]><injected/>", "&injected=1", "#injected", "?injected=1", "/../../injected", "..%2f..%2finjected", "@evil.example/", "\\evil.example", "//evil.example/", "://evil.example:1/", ";injected", "%00", "%", "+", "=", "\ud83d\ude00", "=cmd|'/c calc'!A1", "+1+1", "@SUM(1)",
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Execute_AnyValueAnywhere_StaysThere(string value)
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();
        bench.Secrets["TOKEN"] = "canary-secret-value";
        var payload = JsonSerializer.Serialize(new { v = value });
        HttpTriggerSettings Settings(HttpBodyFormat format, string template) => HttpBench.Settings(sink.At("/path/{payload.v}/end?a={payload.v}#f")) with
        {
            Query = [new() { Name = "q", Value = "{payload.v}" }],
            Body = new() { Format = format, Template = template },
        };

        foreach (var settings in new[]
        {
            Settings(HttpBodyFormat.Json, """{"a":"{payload.v}","b":"x{payload.v}","c":"{original_payload}"}"""),
            Settings(HttpBodyFormat.Xml, """<a b="{payload.v}">{payload.v}</a>"""),
            Settings(HttpBodyFormat.Form, "a={payload.v}&b=1"),
            Settings(HttpBodyFormat.Text, "{payload.v}"),
            HttpBench.Settings(sink.At("/")) with { Headers = [new() { Name = "X-Value", Value = "{payload.v}" }] },
        })
        {
            var before = sink.Requests.Count;
            var outcome = await bench.ExecuteAsync(settings, HttpBench.Event(payload));
            Assert.True(outcome.Succeeded || outcome.Code!.StartsWith("template_", StringComparison.Ordinal) || outcome.Code == "bad_url", $"{outcome.Code}: {outcome.Detail}");
            Assert.DoesNotContain("canary-secret-value", HttpBench.EverythingIn(outcome), StringComparison.Ordinal);
            if (!outcome.Succeeded) continue;
            Assert.Equal(before + 1, sink.Requests.Count);
            var request = sink.Last;
            Assert.Null(request.Header("X-Injected"));
            Assert.DoesNotContain("canary-secret-value", request.Target + request.Text + string.Join('\n', request.Headers.Values), StringComparison.Ordinal);
            if (settings.Body is null) Assert.Equal(value.Trim(' ', '\t'), request.Header("X-Value"));
            else AssertStayed(request, settings.Body.Format, value);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Execute_AnswerIsACompressedBomb_IsKeptAsItCame(string encoding)
    {
        var zeros = new byte[1 << 20];
        using var packed = new MemoryStream();
        using (var stream = encoding switch { "br" => new BrotliStream(packed, CompressionLevel.Fastest, true), "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, true), _ => (Stream)new GZipStream(packed, CompressionLevel.Fastest, true) })
            for (var i = 0; i < 100; i++) stream.Write(zeros);
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, _) =>
        {
            context.Response.Headers.ContentEncoding = encoding;
            return context.Response.Body.WriteAsync(packed.ToArray()).AsTask();
        };
        await using var bench = new HttpBench();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { MaxResponseBytes = 1 << 20 });

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Null(sink.Only.Header("Accept-Encoding")); // not even asked for
        Assert.True(outcome.Response!.Length < packed.Length * 2 + 100_000, $"{outcome.Response.Length:N0}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 50 << 20);
    }

    /// <summary>Each insertion of the whole payload into itself would double it: values are inserted once, and the sum is bounded.</summary>
    [Fact]
    public async Task Execute_TemplateThatMultipliesAPayload_IsBounded()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();
        var settings = HttpBench.Settings(sink.At("/")) with { Body = new() { Format = HttpBodyFormat.Text, Template = string.Concat(Enumerable.Repeat("{original_payload}", 1000)) } };
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var outcome = await bench.ExecuteAsync(settings, HttpBench.Event(JsonSerializer.Serialize(new string('x', 1_000_000))));

        Assert.Equal("template_too_long", outcome.Code);
        Assert.Empty(sink.Requests);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
    }

    private static void AssertStayed(SinkRequest request, HttpBodyFormat format, string value)
    {
        Assert.StartsWith("/path/", request.Target, StringComparison.Ordinal);
        Assert.Equal(2, request.Target.Split('?')[1].Count(c => c == '='));
        Assert.DoesNotContain('#', request.Target);
        switch (format)
        {
            case HttpBodyFormat.Json:
                using (var json = JsonDocument.Parse(request.Body))
                {
                    Assert.Equal(3, json.RootElement.EnumerateObject().Count());
                    Assert.Equal(value, json.RootElement.GetProperty("a").GetString());
                    Assert.Equal("x" + value, json.RootElement.GetProperty("b").GetString());
                }
                break;
            case HttpBodyFormat.Xml:
                Assert.Empty(System.Xml.Linq.XDocument.Parse(request.Text).Root!.Elements());
                break;
            case HttpBodyFormat.Form:
                Assert.Equal(1, request.Text.Count(c => c == '&'));
                break;
            default:
                Assert.Equal(value, Encoding.UTF8.GetString(request.Body));
                break;
        }
    }
}
