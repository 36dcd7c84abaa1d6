using System.Text;
using Microsoft.AspNetCore.Http;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Records;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

/// <summary>What is kept of an attempt.</summary>
public sealed class HttpRecordTests
{
    [Fact]
    public async Task Record_OfASuccess_HasEverything()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = async (context, _) =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Answer"] = "yes";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"ok":"ü"}""");
        };
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/in")) with { Headers = [new() { Name = "X-One", Value = "1" }] });

        var request = HttpBench.Request(outcome);
        Assert.Equal(("POST", sink.At("/in"), "1.1"), (request.Method, request.Url, request.HttpVersion));
        Assert.Equal(
            ["Host", "X-One", "Idempotency-Key", "User-Agent", "TriggerConsole-Hops", "Content-Type", "Content-Length"],
            request.Headers.Select(h => h.Name));
        Assert.Equal(new RecordedHeader("Host", $"127.0.0.1:{sink.Port}"), request.Headers[0]);
        Assert.Equal(("""{"id":7,"name":"Ada"}""", "text", 21L, false), (request.Body, request.BodyEncoding, request.BodySize, request.BodyTruncated));

        var response = HttpBench.Response(outcome);
        Assert.Equal((201, "Created", "1.1"), (response.Status!.Value, response.Reason, response.HttpVersion));
        Assert.Contains(new RecordedHeader("X-Answer", "yes"), response.Headers);
        Assert.Equal(("""{"ok":"ü"}""", "text", 11L, false), (response.Body, response.BodyEncoding, response.BodySize, response.BodyTruncated));
        Assert.Null(response.Phase);
        Assert.True(response.Timings.TotalMs >= response.Timings.FirstByteMs && response.Timings.FirstByteMs > 0);
        Assert.Null(response.Timings.DnsMs); // an address needs no look-up
        Assert.NotNull(response.Timings.ConnectMs);
        Assert.Null(response.Timings.TlsMs);
        Assert.Equal(sink.At("/in"), outcome.Target);
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("GET", false)]
    [InlineData("DELETE", false)]
    [InlineData("OPTIONS", false)]
    public async Task Record_WithoutABody_ListsTheHeadersThatWereSent(string method, bool hasLength)
    {
        await using var server = RawServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        await using var bench = new HttpBench();

        var request = HttpBench.Request(await bench.ExecuteAsync(HttpBench.Settings(server.Url, method) with { Body = new() }));

        var sent = Assert.Single(server.Received).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1);
        Assert.Equal(sent, request.Headers.Select(h => $"{h.Name}: {h.Value}"));
        Assert.Equal(hasLength, request.Headers.Contains(new("Content-Length", "0")));
        Assert.Null(request.Body);
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", "5A6FEB", "text", "Zoë")]
    [InlineData("text/plain; charset=windows-1252", "80", "text", "€")]
    [InlineData("text/plain; charset=utf-16", "5A006F00EB00", "text", "Zoë")]
    [InlineData("text/plain", "FFFE5A00EB00", "text", "Zë")]
    [InlineData("text/plain", "EFBBBF5A", "text", "Z")]
    [InlineData("text/plain; charset=klingon", "5A", "text", "Z")]
    [InlineData("text/plain; charset=utf-7", "5A", "text", "Z")]
    [InlineData("text/plain; charset=utf-32", "5A000000", "text", "Z")]
    [InlineData("text/plain; charset=shift_jis", "82A0", "text", "あ")]
    [InlineData("text/plain; charset=iso-2022-jp", "1B244224221B2842", "text", "あ")]
    [InlineData("text/plain; charset=\"UTF-8\"", "C3AB", "text", "ë")]
    [InlineData(null, "C3AB", "text", "ë")]
    [InlineData("not a type", "C3AB", "text", "ë")]
    [InlineData("text/plain", "5AC3", "base64", "WsM=")] // broken UTF-8
    [InlineData("text/plain", "C0AF", "base64", "wK8=")] // overlong
    [InlineData("text/plain; charset=utf-8", "EDA080", "base64", "7aCA")] // surrogate
    [InlineData("application/octet-stream", "414243", "base64", "QUJD")]
    [InlineData("image/png", "414243", "base64", "QUJD")]
    [InlineData("image/svg+xml", "414243", "text", "ABC")]
    [InlineData("text/plain", "410042", "text", "A\0B")]
    public async Task Record_Bodies_AreTextWhereTheyAre(string? contentType, string hex, string encoding, string expected)
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = async (context, _) =>
        {
            if (contentType is not null) context.Response.Headers.ContentType = contentType;
            await context.Response.Body.WriteAsync(Convert.FromHexString(hex));
        };
        await using var bench = new HttpBench();

        var response = HttpBench.Response(await bench.ExecuteAsync(HttpBench.Settings(sink.At("/"))));

        Assert.Equal((encoding, expected), (response.BodyEncoding, response.Body));
        Assert.Equal(hex.Length / 2, response.BodySize);
    }

    [Fact]
    public async Task Record_LongText_IsCutBetweenCharacters()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, _) => context.Response.WriteAsync("x" + new string('€', 20_000));
        await using var bench = new HttpBench();

        var response = HttpBench.Response(await bench.ExecuteAsync(HttpBench.Settings(sink.At("/"))));

        Assert.True(response.BodyTruncated);
        Assert.Equal(60_001, response.BodySize);
        Assert.Equal("text", response.BodyEncoding);
        Assert.Equal("x" + new string('€', 5461), response.Body);
    }

    [Fact]
    public async Task Record_CompressedAnswer_StaysAsItCame()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = async (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.ContentType = "text/plain";
            await using var gzip = new System.IO.Compression.GZipStream(context.Response.Body, System.IO.Compression.CompressionLevel.SmallestSize);
            for (var i = 0; i < 100; i++) await gzip.WriteAsync(new byte[1024 * 1024]); // 100 MB in 100 KB
        };
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")));

        Assert.True(outcome.Succeeded);
        var response = HttpBench.Response(outcome);
        Assert.Equal("base64", response.BodyEncoding);
        Assert.InRange(response.BodySize, 50_000, 1_000_000);
    }

    [Fact]
    public async Task Record_ManyAndLongHeaders_StaysSmall()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, _) =>
        {
            for (var i = 0; i < 300; i++) context.Response.Headers[$"X-{i}"] = new string('v', 100);
            return Task.CompletedTask;
        };
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(
            HttpBench.Settings(sink.At("/")) with { Headers = [new() { Name = "X-Long", Value = "{payload.long}" }] },
            HttpBench.Event($$"""{"long":"{{new string('h', 10_000)}}"}"""));

        var response = HttpBench.Response(outcome);
        Assert.True(response.HeadersTruncated);
        Assert.True(response.Headers.Count <= 100);
        Assert.True(HttpBench.Request(outcome).HeadersTruncated);
        Assert.InRange(outcome.Request!.Length + outcome.Response!.Length, 1, 64 * 1024);
    }

    [Fact]
    public async Task Record_SecretsEverywhere_NoneIsKept()
    {
        const string Canary = "cän\"ary/+ secret&42";
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = async (context, request) =>
        {
            // An echo of everything, in every dress
            context.Response.StatusCode = 400;
            context.Response.ContentType = "application/json";
            context.Response.Headers["X-Echo"] = Uri.EscapeDataString(Canary);
            context.Response.Headers.SetCookie = "session=very-private-cookie; Path=/; HttpOnly";
            context.Response.Headers["X-Auth"] = request.Header("Authorization");
            await context.Response.WriteAsync(System.Text.Json.JsonSerializer.Serialize(new { request.Text, request.Target, request.Headers, plain = Canary }));
        };
        await using var bench = new HttpBench();
        bench.Secrets["CANARY"] = Canary;

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/{secret:CANARY}/x")) with
        {
            Query = [new() { Name = "q", Value = "{secret:CANARY}" }],
            Headers = [new() { Name = "X-One", Value = "is {secret:CANARY}" }, new() { Name = "Cookie", Value = "by-hand=cookie-canary-1" }],
            Body = new() { Format = HttpBodyFormat.Json, Template = """{"s":"{secret:CANARY}","t":"<{secret:CANARY}>"}""" },
            Auth = new() { Type = HttpAuthType.Basic, Username = "user", Password = "basic-canary-2" },
        });

        var everything = HttpBench.EverythingIn(outcome);
        foreach (var canary in Forms(Canary).Concat(["cookie-canary-1", "basic-canary-2", "very-private-cookie", Convert.ToBase64String("user:basic-canary-2"u8)]))
            Assert.DoesNotContain(canary, everything, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(new RecordedHeader("Set-Cookie", "session=••••••; Path=/; HttpOnly"), HttpBench.Response(outcome).Headers);
        Assert.Contains(new RecordedHeader("Authorization", "Basic ••••••"), HttpBench.Request(outcome).Headers);
        Assert.Equal("""{"s":"••••••","t":"<••••••>"}""", HttpBench.Request(outcome).Body);
        Assert.EndsWith("/••••••/x?q=••••••", HttpBench.Request(outcome).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_SecretInAnotherCharset_IsMaskedInBothReadings()
    {
        const string Canary = "CANARYCANARY";
        await using var sink = await HttpSink.StartAsync();
        var body = Array.Empty<byte>();
        sink.Answer = (context, _) =>
        {
            context.Response.ContentType = "text/plain; charset=utf-16";
            return context.Response.Body.WriteAsync(body).AsTask();
        };
        await using var bench = new HttpBench();
        var settings = HttpBench.Settings(sink.At("/")) with { Auth = new() { Type = HttpAuthType.Bearer, Token = Canary } };

        body = Encoding.Unicode.GetBytes($"<{Canary}>");
        Assert.Equal("<••••••>", HttpBench.Response(await bench.ExecuteAsync(settings)).Body);

        body = Encoding.UTF8.GetBytes($"<<{Canary}>>"); // not what it claims to be
        var response = HttpBench.Response(await bench.ExecuteAsync(settings));
        Assert.Equal("base64", response.BodyEncoding);
        Assert.Equal("<<••••••>>", Encoding.UTF8.GetString(Convert.FromBase64String(response.Body!)));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    public async Task Record_SecretAcrossTheEdge_IsNotKeptInPart(string contentType)
    {
        const string Canary = "CANARYCANARY";
        await using var sink = await HttpSink.StartAsync();
        var offset = 0;
        sink.Answer = (context, _) =>
        {
            context.Response.ContentType = contentType;
            return context.Response.WriteAsync(new string('.', RecordWriter.KeptBytes - offset) + Canary + new string('.', 1000));
        };
        await using var bench = new HttpBench();
        bench.Secrets["CANARY"] = Canary;

        for (offset = 0; offset <= 13; offset++)
        {
            var response = HttpBench.Response(await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Headers = [new() { Name = "X-S", Value = "{secret:CANARY}" }] }));
            var body = response.BodyEncoding == "text" ? response.Body! : Encoding.UTF8.GetString(Convert.FromBase64String(response.Body!));
            Assert.DoesNotContain("C", body, StringComparison.Ordinal);
            Assert.True(response.BodyTruncated);
        }
    }

    [Fact]
    public async Task Record_AnswerBreaksOffInsideASecret_IsNotKeptInPart()
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntoken=CANARYCAN");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(server.Url) with { Auth = new() { Type = HttpAuthType.Bearer, Token = "CANARYCANARY" } });

        Assert.Equal("reset", outcome.Code);
        Assert.Equal("token=••••••", HttpBench.Response(outcome).Body);
        Assert.Equal(200, HttpBench.Response(outcome).Status);
        Assert.Equal("read", HttpBench.Response(outcome).Phase);
    }

    [Fact]
    public async Task Record_SecretsInErrorDetail_AreMasked()
    {
        await using var server = RawServer.Answering("HTTP/1.1 302 CANARYCANARY\r\nLocation: /x?token=CANARYCANARY\r\nContent-Length: 0\r\n\r\n");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(server.Url) with { Auth = new() { Type = HttpAuthType.Bearer, Token = "CANARYCANARY" } });

        Assert.Contains("/x?token=••••••", outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", HttpBench.EverythingIn(outcome), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Forms(string secret) =>
    [
        secret,
        Uri.EscapeDataString(secret),
        System.Net.WebUtility.UrlEncode(secret),
        System.Text.Json.JsonEncodedText.Encode(secret).ToString(),
        secret.Replace("\"", "\\\"", StringComparison.Ordinal),
        "ary/+",
        "secret&42",
        "secret%26",
    ];
}
