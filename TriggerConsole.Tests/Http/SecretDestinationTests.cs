using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

/// <summary>A named secret goes to the hosts it is for, and nowhere else: not by the address, not by sign-in, not by the way round a token endpoint.</summary>
public sealed class SecretDestinationTests
{
    public static TheoryData<string, HttpTriggerSettings> Places => new()
    {
        { "header", new() { Url = "", Headers = [new() { Name = "X-Key", Value = "a{secret:KEY}" }] } },
        { "query", new() { Url = "", Method = "GET", Query = [new() { Name = "k", Value = "{secret:KEY}" }] } },
        { "address", new() { Url = "/{secret:KEY}" } },
        { "body", new() { Url = "", Body = new() { Format = HttpBodyFormat.Json, Template = """{"k":"{secret:KEY}"}""" } } },
        { "basic", new() { Url = "", Auth = new() { Type = HttpAuthType.Basic, Username = "ada", Password = "{secret:KEY}" } } },
        { "bearer", new() { Url = "", Auth = new() { Type = HttpAuthType.Bearer, Token = "{secret:KEY}" } } },
        { "key", new() { Url = "", Auth = new() { Type = HttpAuthType.ApiKey, In = ApiKeyPlace.Query, Name = "k", Value = "{secret:KEY}" } } },
        { "oauth", new() { Url = "", Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = "/token", ClientId = "c", ClientSecret = "{secret:KEY}" } } },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Execute_SecretIsForAnotherHost_FailsBeforeAByteIsSent(string place, HttpTriggerSettings settings)
    {
        await using var bench = new HttpBench();
        await using var sink = await HttpSink.StartAsync();
        bench.Secrets["KEY"] = "canary-host-7711";
        settings = settings with { Url = sink.At("/in" + settings.Url), Auth = settings.Auth with { TokenUrl = settings.Auth.TokenUrl is null ? null : sink.At("/token") } };

        bench.Secrets.Allowed = "127.0.0.1";
        var allowed = await bench.ExecuteAsync(settings);
        var before = sink.Requests.Count;
        bench.Secrets.Allowed = "crm.example";
        var refused = await bench.ExecuteAsync(settings);

        Assert.True(before > 0, $"{place}: {allowed.Detail}");
        Assert.Equal((FailureKind.Configuration, "secret_not_for_host"), (refused.Failure, refused.Code));
        Assert.Contains("The secret KEY is not for the host 127.0.0.1", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(before, sink.Requests.Count);
        Assert.DoesNotContain("canary", HttpBench.EverythingIn(refused), StringComparison.Ordinal);
        Assert.NotEmpty(await bench.ValidateAsync(settings));
    }

    [Fact]
    public async Task Validate_SecretIsForAnotherHost_NamesTheFieldOfTheAddress()
    {
        await using var bench = new HttpBench();
        bench.Secrets["KEY"] = "x";
        bench.Secrets.Allowed = "crm.example";
        var settings = HttpBench.Settings("http://127.0.0.1:9/") with { Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = "http://127.0.0.1:9/t", ClientId = "c", ClientSecret = "{secret:KEY}" } };

        Assert.Equal(["auth.tokenUrl"], (await bench.ValidateAsync(settings)).Select(e => e.Field));
        Assert.Equal(["url"], (await bench.ValidateAsync(settings with { Auth = new() { Type = HttpAuthType.Bearer, Token = "{secret:KEY}" } })).Select(e => e.Field));
    }

    [Fact]
    public async Task Destination_OfOAuth_IsTargetAndTokenEndpoint()
    {
        await using var bench = new HttpBench();
        HttpTriggerSettings With(string url, string token) => HttpBench.Settings(url) with { Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = token, ClientId = "c", ClientSecret = "s" } };
        var at = bench.Kind.DestinationOf(With("https://crm.example/a", "https://login.example/t"));

        Assert.Equal(at, bench.Kind.DestinationOf(With("https://crm.example/b", "https://login.example/other")));
        foreach (var (url, token) in new[] { ("https://crm.example/", "https://evil.example/t"), ("https://crm.example/", "http://login.example/t"), ("https://crm.example/", "https://login.example:8443/t"), ("http://crm.example/", "https://login.example/t"), ("https://crm.example:444/", "https://login.example/t"), ("https://evil.example/", "https://login.example/t") })
            Assert.NotEqual(at, bench.Kind.DestinationOf(With(url, token)));
    }
}
