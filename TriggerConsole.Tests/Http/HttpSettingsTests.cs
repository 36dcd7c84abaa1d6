using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Tests.Egress;
using Xunit;

namespace TriggerConsole.Tests.Http;

public sealed class HttpSettingsTests
{
    [Fact]
    public void Json_MethodAndUrl_AreEnough()
    {
        var settings = Read("""{"method":"POST","url":"https://crm.example/orders"}""");

        Assert.Equal(30, settings.TimeoutSeconds);
        Assert.Equal("200-299", settings.SuccessStatus);
        Assert.False(settings.FollowRedirects);
        Assert.Null(settings.Body);
        Assert.Equal(HttpAuthType.None, settings.Auth.Type);
    }

    [Fact]
    public void Json_Everything_ReadsAndWritesTheSame()
    {
        const string Json = """
            {"method":"PUT","url":"https://crm.example/{payload.id}","headers":[{"name":"X-A","value":"1"}],"query":[{"name":"q","value":"{payload.q}"}],"body":{"format":"form","template":"a=1","contentType":"x/y"},"auth":{"type":"oauth2","tokenUrl":"https://login.example/t","clientId":"i","clientSecret":null,"scope":"s","audience":"a","clientAuthentication":"body","hasClientSecret":true},"timeoutSeconds":12.5,"followRedirects":true,"successStatus":"200-299,304","httpVersion":"1.1","maxResponseBytes":2048}
            """;

        var settings = Read(Json);

        Assert.Equal(HttpAuthType.OAuth2, settings.Auth.Type);
        Assert.Equal(ClientAuthentication.Body, settings.Auth.ClientAuthentication);
        Assert.Equal(HttpVersionChoice.Http11, settings.HttpVersion);
        var written = SecretFields.ToPublicJson(settings with { Auth = settings.Auth with { ClientSecret = "x" } });
        Assert.Equal(Json.Trim(), written.GetRawText());
    }

    [Theory]
    [InlineData("""{"auth":{"type":"apiKey","in":"query"}}""")]
    [InlineData("""{"auth":{"password":"p","type":"basic"}}""")]
    [InlineData("""{"httpVersion":"2"}""")]
    [InlineData("""{"body":{"format":"json","template":"{}"}}""")]
    public void Json_Choices_AreWords(string json) => Assert.NotNull(Read(json));

    [Theory]
    [InlineData("""{"auth":{"type":"oAuth2"}}""")]
    [InlineData("""{"auth":{"type":1}}""")]
    [InlineData("""{"httpVersion":"3"}""")]
    [InlineData("""{"httpVersion":2}""")]
    [InlineData("""{"body":{"format":"yaml"}}""")]
    [InlineData("""{"uri":"https://x"}""")]
    [InlineData("""{"url":null}""")]
    [InlineData("""{"timeoutSeconds":"5"}""")]
    [InlineData("""{"headers":{"X":"1"}}""")]
    public void Json_Wrong_IsAFault(string json) => Assert.ThrowsAny<JsonException>(() => Read(json));

    [Fact]
    public void Json_WrongChoice_IsExplained()
    {
        var fault = TriggerConsole.Core.Validation.JsonFaults.Describe(Assert.ThrowsAny<JsonException>(() => Read("""{"httpVersion":"3"}""")), "settings");

        Assert.Equal(("settings.httpVersion", "Choose \"auto\", \"1.1\" or \"2\"."), (fault.Field, fault.Message));
    }

    [Fact]
    public async Task Validate_GoodSettings_NoErrors()
    {
        await using var bench = new HttpBench();
        bench.Secrets["S"] = "s";
        bench.Environment["BASE"] = "http://127.0.0.1:1";

        foreach (var settings in new[]
        {
            new HttpTriggerSettings { Url = "http://127.0.0.1/x/{payload.id}?a={payload.b}" },
            new() { Url = "{env:BASE}/orders" },
            new() { Url = "https://127.0.0.1/", HttpVersion = HttpVersionChoice.Http2 },
            new() { Url = "http://127.0.0.1/", Auth = new() { Type = HttpAuthType.Basic, Username = "{secret:S}", Password = "" } },
            new() { Url = "http://127.0.0.1/", Headers = [new() { Name = "X", Value = "1" }, new() { Name = "x", Value = "2" }] },
            new() { Url = "http://does-not-resolve.invalid/" }, // may come to be
        })
            Assert.Empty(await bench.ValidateAsync(settings));
    }

    [Fact]
    public async Task Validate_EveryFault_IsReportedAtOnce()
    {
        await using var bench = new HttpBench();

        var errors = await bench.ValidateAsync(new()
        {
            Method = "post",
            Url = "http://user:pw@127.0.0.1/",
            TimeoutSeconds = 0,
            MaxResponseBytes = 1,
            SuccessStatus = "2xx",
            Headers =
            [
                new() { Name = "", Value = "" },
                new() { Name = "bad name", Value = "" },
                new() { Name = "Content-Length", Value = "5" },
                new() { Name = "host", Value = "x" },
                new() { Name = "Authorization", Value = "x" },
                new() { Name = "X-Ok", Value = "{payloda.x}" },
                new() { Name = "User-Agent", Value = "a" },
                new() { Name = "user-agent", Value = "b" },
            ],
            Query = [new() { Name = "", Value = "x" }],
            Body = new() { Format = HttpBodyFormat.Json, Template = "{\n  \"a\": \"{payload.x\"\n}", ContentType = "nonsense" },
            Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = "ftp://x" },
            HttpVersion = HttpVersionChoice.Http2,
        });

        Assert.Equal(
            [
                "auth.clientId", "auth.clientSecret", "auth.tokenUrl", "body.contentType", "body.template", "headers[0].name", "headers[1].name", "headers[2].name", "headers[3].name",
                "headers[4].name", "headers[5].value", "headers[7].name", "httpVersion", "maxResponseBytes", "method", "query[0].name", "successStatus", "timeoutSeconds", "url",
            ],
            errors.Select(e => e.Field).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, errors.First(e => e.Field == "body.template").Line);
        Assert.Equal("Content-Length cannot be set. It follows from the body.", errors.First(e => e.Field == "headers[2].name").Message);
        Assert.Equal("The sign-in already sets Authorization. Remove one of the two.", errors.First(e => e.Field == "headers[4].name").Message);
    }

    [Theory]
    [InlineData("Connection")]
    [InlineData("Transfer-Encoding")]
    [InlineData("TE")]
    [InlineData("Upgrade")]
    [InlineData("Expect")]
    [InlineData("Keep-Alive")]
    [InlineData("proxy-connection")]
    [InlineData("triggerconsole-hops")]
    [InlineData("X: y\r\nEvil")]
    [InlineData(":authority")]
    [InlineData("Ü")]
    public async Task Validate_HeaderThatCannotBeSet_IsRefused(string name)
    {
        await using var bench = new HttpBench();

        Assert.Equal("headers[0].name", Assert.Single(await bench.ValidateAsync(new() { Url = "http://127.0.0.1/", Headers = [new() { Name = name, Value = "x" }] })).Field);
    }

    [Theory]
    [InlineData(HttpAuthType.Basic, "auth.username,auth.password")]
    [InlineData(HttpAuthType.Bearer, "auth.token")]
    [InlineData(HttpAuthType.ApiKey, "auth.value,auth.name")]
    [InlineData(HttpAuthType.OAuth2, "auth.clientId,auth.clientSecret,auth.tokenUrl")]
    public async Task Validate_SignInIncomplete_NamesWhatIsMissing(HttpAuthType type, string fields)
    {
        await using var bench = new HttpBench();

        Assert.Equal(fields.Split(','), (await bench.ValidateAsync(new() { Url = "http://127.0.0.1/", Auth = new() { Type = type } })).Select(e => e.Field));
    }

    [Theory]
    [InlineData("")]
    [InlineData("crm.example")]
    [InlineData("ftp://crm.example")]
    [InlineData("http://")]
    [InlineData("http://a..b/")]
    [InlineData("http://{payload.host}/")]
    [InlineData("http://127.0.0.1/#part")]
    [InlineData("http://127.0.0.1:0/")]
    [InlineData("http://127.0.0.1:99999/")]
    [InlineData("http://@127.0.0.1/")]
    public async Task Validate_UrlThatCannotBeCalled_IsRefused(string url)
    {
        await using var bench = new HttpBench();

        Assert.All(await bench.ValidateAsync(new() { Url = url }), e => Assert.Equal("url", e.Field));
        Assert.NotEmpty(await bench.ValidateAsync(new() { Url = url }));
    }

    [Theory]
    [InlineData("http://127.0.0.1/", "a loopback address")]
    [InlineData("http://10.1.2.3/", "a private address")]
    [InlineData("http://169.254.169.254/", "a cloud metadata address")]
    [InlineData("http://[::1]/", "a loopback address")]
    [InlineData("http://[::ffff:127.0.0.1]/", "a loopback address")]
    [InlineData("http://2130706433/", "a loopback address")]
    public async Task Validate_AddressThatIsRefused_NamesClassAndSetting(string url, string says)
    {
        await using var bench = new HttpBench(null, "192.0.2.0/24");

        var error = Assert.Single(await bench.ValidateAsync(new() { Url = url }));

        Assert.Equal("url", error.Field);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("Egress:AllowedNetworks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NameThatResolvesToRefusedAddress_IsRefusedForTokenUrlToo()
    {
        await using var bench = new HttpBench(services => services.AddSingleton<IHostResolver>(new FakeResolver(IPAddress.Parse("192.168.0.1"))));

        var errors = await bench.ValidateAsync(new() { Url = "https://a.example/", Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = "https://b.example/", ClientId = "i", ClientSecret = "s" } });

        Assert.Equal(["url", "auth.tokenUrl"], errors.Select(e => e.Field));
        Assert.StartsWith("a.example has the address 192.168.0.1. 192.168.0.1 is a private address", errors[0].Message, StringComparison.Ordinal);
    }

    private static HttpTriggerSettings Read(string json) => JsonSerializer.Deserialize<HttpTriggerSettings>(json, CoreJson.Options)!;
}
