using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

public sealed class HttpStatusTests
{
    [Theory]
    [InlineData(200, null)]
    [InlineData(299, null)]
    [InlineData(300, FailureKind.Permanent)]
    [InlineData(304, FailureKind.Permanent)]
    [InlineData(400, FailureKind.Permanent)]
    [InlineData(401, FailureKind.Authentication)]
    [InlineData(403, FailureKind.Authentication)]
    [InlineData(404, FailureKind.Permanent)]
    [InlineData(407, FailureKind.Authentication)]
    [InlineData(408, FailureKind.Timeout)]
    [InlineData(409, FailureKind.Permanent)]
    [InlineData(410, FailureKind.Permanent)]
    [InlineData(422, FailureKind.Permanent)]
    [InlineData(425, FailureKind.Transient)]
    [InlineData(429, FailureKind.RateLimited)]
    [InlineData(500, FailureKind.Transient)]
    [InlineData(501, FailureKind.Permanent)]
    [InlineData(502, FailureKind.Unavailable)]
    [InlineData(503, FailureKind.Unavailable)]
    [InlineData(504, FailureKind.Unavailable)]
    [InlineData(505, FailureKind.Permanent)]
    [InlineData(599, FailureKind.Transient)]
    [InlineData(999, FailureKind.Permanent)]
    public async Task Execute_EachStatus_HasItsCodeAndKind(int status, FailureKind? expected)
    {
        await using var server = RawServer.Answering($"HTTP/1.1 {status} Some Words\r\nContent-Length: 3\r\n\r\nwhy");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(server.Url));

        Assert.Equal($"http_{status}", outcome.Code);
        Assert.Equal(expected, outcome.Failure);
        Assert.Equal(expected is null, outcome.Succeeded);
        Assert.Equal(status, HttpBench.Response(outcome).Status);
        if (expected is not null) Assert.Contains($"{status} Some Words", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200-299,304", 304, true)]
    [InlineData("200, 409", 409, true)]
    [InlineData("200,409", 202, false)]
    [InlineData("500", 500, true)]
    [InlineData("100-599", 302, true)]
    public async Task Execute_SuccessStatus_Decides(string success, int status, bool succeeded)
    {
        await using var server = RawServer.Answering($"HTTP/1.1 {status} X\r\n\r\n");
        await using var bench = new HttpBench();

        Assert.Equal(succeeded, (await bench.ExecuteAsync(HttpBench.Settings(server.Url) with { SuccessStatus = success })).Succeeded);
    }

    [Theory]
    [InlineData("429 X", "Retry-After: 120", 120.0)]
    [InlineData("503 X", "Retry-After: Fri, 02 Jan 2026 03:05:05 GMT", 60.0)]
    [InlineData("503 X", "Retry-After: Friday, 02-Jan-26 03:05:05 GMT", 60.0)]
    [InlineData("302 X", "Location: /x\r\nRetry-After: 5", 5.0)]
    [InlineData("503 X", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", 0.0)]
    [InlineData("503 X", "Retry-After: soon", null)]
    [InlineData("503 X", "Retry-After: -5", null)]
    [InlineData("503 X", "Retry-After: 99999999999999999999", null)]
    [InlineData("500 X", "Retry-After: 120", null)]
    [InlineData("200 X", "Retry-After: 120", null)]
    public async Task Execute_RetryAfter_IsRead(string status, string header, double? seconds)
    {
        await using var server = RawServer.Answering($"HTTP/1.1 {status}\r\n{header}\r\nContent-Length: 0\r\n\r\n");
        await using var bench = new HttpBench(services => services.AddTime(new ManualTimeProvider(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))));

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(server.Url));

        Assert.Equal(seconds, outcome.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public void StatusRanges_Parse_AcceptsAndRefuses()
    {
        foreach (var good in new[] { "200", "200-299", " 200 - 299 , 304 ", "100-599" }) Assert.NotNull(StatusRanges.Parse(good, out _));
        foreach (var bad in new[] { "", "20", "2xx", "200-", "-299", "299-200", "200;299", "200,,299", "99", "600", "200-299-300", "+200", new string('2', 300) })
        {
            Assert.Null(StatusRanges.Parse(bad, out var why));
            Assert.NotEqual("", why);
        }
    }
}
