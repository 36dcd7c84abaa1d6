using System.Text;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

public sealed class HttpAuthTests
{
    [Fact]
    public async Task Basic_UserAndPassword_ArriveInBase64OfUtf8()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Auth = new() { Type = HttpAuthType.Basic, Username = "{payload.name}", Password = "pässword:1" } });

        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("Ada:pässword:1")), sink.Only.Header("Authorization"));
    }

    [Fact]
    public async Task Bearer_TokenOfNamedSecret_Arrives()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();
        bench.Secrets["CRM"] = "canary-token";

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Auth = new() { Type = HttpAuthType.Bearer, Token = "{secret:CRM}" } });

        Assert.Equal("Bearer canary-token", sink.Only.Header("Authorization"));
        Assert.Contains(new RecordedHeader("Authorization", "Bearer ••••••"), HttpBench.Request(outcome).Headers);
    }

    [Fact]
    public async Task ApiKey_InHeader_Arrives()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Auth = new() { Type = HttpAuthType.ApiKey, Name = "X-Secret-Thing", Value = "k" } });

        Assert.Equal("k", sink.Only.Header("X-Secret-Thing"));
        Assert.Contains(new RecordedHeader("X-Secret-Thing", "••••••"), HttpBench.Request(outcome).Headers);
    }

    [Fact]
    public async Task ApiKey_InQuery_ArrivesEncodedAndIsMasked()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/p?a=1")) with { Auth = new() { Type = HttpAuthType.ApiKey, In = ApiKeyPlace.Query, Name = "api key", Value = "k/e y=1" } });

        Assert.Equal("/p?a=1&api%20key=k%2Fe%20y%3D1", sink.Only.Target);
        Assert.EndsWith("/p?a=1&api%20key=••••••", HttpBench.Request(outcome).Url, StringComparison.Ordinal);
        Assert.EndsWith("/p?a=1&api%20key=••••••", outcome.Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, FailureKind.Authentication)]
    [InlineData(403, FailureKind.Authentication)]
    public async Task Execute_CredentialsRefused_IsAuthentication(int status, FailureKind kind)
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, _) => { context.Response.StatusCode = status; return Task.CompletedTask; };
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Auth = new() { Type = HttpAuthType.Bearer, Token = "t" } });

        Assert.Equal(kind, outcome.Failure);
        Assert.Single(sink.Requests);
    }
}
