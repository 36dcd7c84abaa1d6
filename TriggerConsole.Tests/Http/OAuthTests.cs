using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class OAuthTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private HttpSink _tokens = null!; // made in InitializeAsync
    private HttpSink _api = null!;
    private HttpBench _bench = null!;
    private int _issued;

    public async Task InitializeAsync()
    {
        _tokens = await HttpSink.StartAsync();
        _api = await HttpSink.StartAsync();
        _bench = new HttpBench(services => services.AddTime(_time));
        _tokens.Answer = (context, _) => AnswerAsync(context, 200, new { access_token = $"token-{Interlocked.Increment(ref _issued)}", token_type = "Bearer", expires_in = 3600 });
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _tokens.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData(ClientAuthentication.Basic)]
    [InlineData(ClientAuthentication.Body)]
    [InlineData(null)]
    public async Task Token_IsFetchedAndUsed(ClientAuthentication? authentication)
    {
        var settings = Settings();
        var outcome = await _bench.ExecuteAsync(settings with { Auth = settings.Auth with { Scope = "read write", Audience = "https://api", ClientAuthentication = authentication } });

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal("Bearer token-1", _api.Only.Header("Authorization"));
        var call = _tokens.Only;
        Assert.Equal(("POST", "/token?x=1", "application/x-www-form-urlencoded"), (call.Method, call.Target, call.Header("Content-Type")));
        Assert.StartsWith("TriggerConsole/", call.Header("User-Agent"), StringComparison.Ordinal);
        var form = "grant_type=client_credentials&scope=read+write&audience=https%3A%2F%2Fapi";
        if (authentication == ClientAuthentication.Body)
        {
            Assert.Equal(form + "&client_id=client%3Aid&client_secret=s%C3%A9cret+%2F1", call.Text);
            Assert.Null(call.Header("Authorization"));
        }
        else
        {
            Assert.Equal(form, call.Text);
            Assert.Equal("Basic " + Convert.ToBase64String("client%3Aid:s%C3%A9cret+%2F1"u8), call.Header("Authorization"));
        }
    }

    [Fact]
    public async Task Token_IsSharedUntilShortlyBeforeItExpires()
    {
        await _bench.ExecuteAsync(Settings());
        _time.Advance(TimeSpan.FromSeconds(3539));
        await _bench.ExecuteAsync(Settings("/other"));
        Assert.Single(_tokens.Requests);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _bench.ExecuteAsync(Settings());

        Assert.Equal(2, _tokens.Requests.Count);
        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], _api.Requests.Select(r => r.Header("Authorization")));
    }

    [Theory]
    [InlineData("100", 90)] // the last tenth
    [InlineData("\"100\"", 90)]
    [InlineData("null", 270)] // not said: five minutes
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("1e300", 86340)] // no longer than a day
    public async Task Token_Lifetime_IsReadLeniently(string expiresIn, int usableSeconds)
    {
        _tokens.Answer = (context, _) => context.Response.WriteAsync($$"""{"access_token":"t{{++_issued}}","expires_in":{{expiresIn}}}""");
        await _bench.ExecuteAsync(Settings());

        if (usableSeconds > 0)
        {
            _time.Advance(TimeSpan.FromSeconds(usableSeconds) - TimeSpan.FromMilliseconds(1));
            await _bench.ExecuteAsync(Settings());
            Assert.Single(_tokens.Requests);
        }
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await _bench.ExecuteAsync(Settings());
        Assert.Equal(2, _tokens.Requests.Count);
    }

    [Fact]
    public async Task Token_OtherCredentialsOrScope_HaveTheirOwn()
    {
        var settings = Settings();
        foreach (var auth in new[]
        {
            settings.Auth, settings.Auth with { Scope = "a" }, settings.Auth with { Audience = "a" }, settings.Auth with { ClientId = "b" }, settings.Auth with { ClientSecret = "c" },
        })
            await _bench.ExecuteAsync(settings with { Auth = auth });

        Assert.Equal(5, _tokens.Requests.Count);
        Assert.Equal(5, _api.Requests.Select(r => r.Header("Authorization")).Distinct().Count());
    }

    [Fact]
    public async Task Token_ManyWaitForIt_OneCallFetchesIt()
    {
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _tokens.Answer = async (context, _) =>
        {
            arrived.TrySetResult();
            await go.Task;
            await AnswerAsync(context, 200, new { access_token = "one", expires_in = 3600 });
        };

        var running = Enumerable.Range(0, 20).Select(_ => _bench.ExecuteAsync(Settings())).ToList();
        await arrived.Task;
        go.SetResult();
        var outcomes = await Task.WhenAll(running);

        Assert.All(outcomes, o => Assert.True(o.Succeeded, o.Detail));
        Assert.Single(_tokens.Requests);
        Assert.Equal(20, _api.Requests.Count);
    }

    [Fact]
    public async Task Token_OneWaiterGivesUp_TheOthersGetIt()
    {
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _tokens.Answer = async (context, _) =>
        {
            arrived.TrySetResult();
            await go.Task;
            await AnswerAsync(context, 200, new { access_token = "one", expires_in = 3600 });
        };
        using var cancel = new CancellationTokenSource();
        var first = _bench.ExecuteAsync(Settings(), cancellationToken: cancel.Token);
        await arrived.Task;
        var second = _bench.ExecuteAsync(Settings());

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();

        Assert.True((await second).Succeeded);
        Assert.Single(_tokens.Requests);
    }

    [Fact]
    public async Task Token_TargetRefusesIt_IsFetchedAnewOnce()
    {
        _api.Answer = (context, request) =>
        {
            if (request.Header("Authorization") == "Bearer token-1") context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };

        var outcome = await _bench.ExecuteAsync(Settings());

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _api.Requests.Select(r => r.Header("Authorization")));
        Assert.Equal(2, _tokens.Requests.Count);
        Assert.All(_api.Requests, r => Assert.Equal("""{"id":7,"name":"Ada"}""", r.Text));
    }

    [Fact]
    public async Task Token_TargetRefusesTheNewOneToo_IsAuthentication()
    {
        _api.Answer = (context, _) => { context.Response.StatusCode = 401; return Task.CompletedTask; };

        var outcome = await _bench.ExecuteAsync(Settings());

        Assert.Equal((FailureKind.Authentication, "http_401"), (outcome.Failure, outcome.Code));
        Assert.Equal(2, _api.Requests.Count);
        Assert.Equal(2, _tokens.Requests.Count);
    }

    [Fact]
    public async Task Token_TargetRefusesItToManyAtOnce_OneCallRenewsIt()
    {
        await _bench.ExecuteAsync(Settings());
        _api.Answer = (context, request) =>
        {
            if (request.Header("Authorization") == "Bearer token-1") context.Response.StatusCode = 401;
            return Task.CompletedTask;
        };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _bench.ExecuteAsync(Settings())));

        Assert.All(outcomes, o => Assert.True(o.Succeeded, o.Detail));
        Assert.Equal(2, _tokens.Requests.Count);
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client","error_description":"no such client"}""", FailureKind.Authentication, "oauth_refused", "(invalid_client: no such client)")]
    [InlineData(400, """{"error":"invalid_scope"}""", FailureKind.Configuration, "oauth_refused", "(invalid_scope)")]
    [InlineData(400, """{"error":"temporarily_unavailable"}""", FailureKind.Unavailable, "oauth_refused", "(temporarily_unavailable)")]
    [InlineData(400, "nonsense", FailureKind.Configuration, "oauth_http_400", "answered 400")]
    [InlineData(404, "", FailureKind.Configuration, "oauth_http_404", "answered 404")]
    [InlineData(429, "", FailureKind.RateLimited, "oauth_http_429", "answered 429")]
    [InlineData(503, "", FailureKind.Unavailable, "oauth_http_503", "answered 503")]
    [InlineData(500, """{"error":"server_error"}""", FailureKind.Transient, "oauth_http_500", "(server_error)")]
    [InlineData(302, "", FailureKind.Configuration, "oauth_http_302", "answered 302")]
    [InlineData(200, "<html>", FailureKind.Transient, "oauth_bad_answer", "without an access_token")]
    [InlineData(200, "{}", FailureKind.Transient, "oauth_bad_answer", "without an access_token")]
    [InlineData(200, """{"access_token":""}""", FailureKind.Transient, "oauth_bad_answer", "without an access_token")]
    [InlineData(200, """{"access_token":"a\r\nX: y"}""", FailureKind.Transient, "oauth_bad_answer", "without an access_token")]
    [InlineData(200, """{"access_token":"a","token_type":"mac"}""", FailureKind.Configuration, "oauth_bad_answer", "tokens of type mac")]
    [InlineData(200, """["a"]""", FailureKind.Transient, "oauth_bad_answer", "without an access_token")]
    public async Task TokenCall_Fails_IsNamedAndTheTargetIsNotCalled(int status, string answer, FailureKind kind, string code, string says)
    {
        _tokens.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "7";
            return context.Response.WriteAsync(answer);
        };

        var outcome = await _bench.ExecuteAsync(Settings());

        Assert.Equal((kind, code), (outcome.Failure, outcome.Code));
        Assert.Contains(says, outcome.Detail, StringComparison.Ordinal);
        Assert.Equal("token", HttpBench.Response(outcome).Phase);
        Assert.Empty(_api.Requests);
        if (status is 429 or 503) Assert.Equal(TimeSpan.FromSeconds(7), outcome.RetryAfter);
    }

    [Fact]
    public async Task TokenCall_AnswerIsHuge_IsTooLarge()
    {
        _tokens.Answer = (context, _) => context.Response.Body.WriteAsync(new byte[10_000_000]).AsTask();

        Assert.Equal("oauth_too_large", (await _bench.ExecuteAsync(Settings())).Code);
    }

    [Fact]
    public async Task TokenCall_CannotConnect_IsNamedByItsCause()
    {
        await _tokens.DisposeAsync();

        var outcome = await _bench.ExecuteAsync(Settings());

        Assert.Equal((FailureKind.Unavailable, "oauth_connect_refused"), (outcome.Failure, outcome.Code));
    }

    [Fact]
    public async Task TokenCall_RefusedAddress_IsBlocked()
    {
        var settings = Settings();
        var outcome = await _bench.ExecuteAsync(settings with { Auth = settings.Auth with { TokenUrl = "http://169.254.169.254/token" } });

        Assert.Equal((FailureKind.Configuration, "oauth_blocked_by_egress_policy"), (outcome.Failure, outcome.Code));
    }

    [Fact]
    public async Task TokenCall_Hangs_TimesOutInThatPhase()
    {
        var arrived = new TaskCompletionSource();
        _tokens.Answer = async (context, _) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        };
        var running = _bench.ExecuteAsync(Settings() with { TimeoutSeconds = 2 });
        await arrived.Task;

        _time.Advance(TimeSpan.FromSeconds(2));
        var outcome = await running;

        Assert.Equal((FailureKind.Timeout, "timeout"), (outcome.Failure, outcome.Code));
        Assert.Equal("The call did not finish within 2 s; it was still waiting for an OAuth token.", outcome.Detail);
        _time.Advance(OAuthTokenRequest.Limit);
    }

    [Fact]
    public async Task TokenCall_Refused_IsNotRepeatedForAMoment()
    {
        _tokens.Answer = (context, _) => AnswerAsync(context, 401, new { error = "invalid_client" });

        for (var i = 0; i < 5; i++) Assert.Equal("oauth_refused", (await _bench.ExecuteAsync(Settings())).Code);
        Assert.Single(_tokens.Requests);

        _time.Advance(OAuthTokens.RefusalHold);
        await _bench.ExecuteAsync(Settings());
        Assert.Equal(2, _tokens.Requests.Count);
    }

    [Fact]
    public async Task Records_HoldNeitherTokenNorSecret()
    {
        _tokens.Answer = (context, _) => AnswerAsync(context, 200, new { access_token = "canary.jwt/token+1==", expires_in = 3600 });
        _api.Answer = (context, request) =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync(request.Header("Authorization") + " sécret /1 canary.jwt%2Ftoken%2B1%3D%3D");
        };

        var outcome = await _bench.ExecuteAsync(Settings());

        Assert.Equal("Bearer •••••• •••••• ••••••", HttpBench.Response(outcome).Body);
        Assert.Contains(new RecordedHeader("Authorization", "Bearer ••••••"), HttpBench.Request(outcome).Headers);
        Assert.DoesNotContain("canary", HttpBench.EverythingIn(outcome), StringComparison.Ordinal);
        Assert.DoesNotContain("cret", HttpBench.EverythingIn(outcome), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenCall_ErrorEchoesTheSecret_IsMasked()
    {
        _tokens.Answer = (context, request) => AnswerAsync(context, 401, new { error = "invalid_client", error_description = $"sécret /1 {request.Header("Authorization")}" });

        var outcome = await _bench.ExecuteAsync(Settings());

        Assert.Contains("invalid_client: •••••• Basic ••••••", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ClientAndToken_Printed_ShowNoSecret()
    {
        var client = new OAuthClient(new("https://login.example/token"), "id", "canary", null, null, ClientAuthentication.Basic);

        Assert.Equal("id at login.example", client.ToString());
        Assert.DoesNotContain("canary", new OAuthToken("canary", default).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", new OAuthResult(new("canary", default), null).ToString(), StringComparison.Ordinal);
    }

    private HttpTriggerSettings Settings(string path = "/") => HttpBench.Settings(_api.At(path)) with
    {
        Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = _tokens.At("/token?x=1"), ClientId = "client:id", ClientSecret = "sécret /1" },
    };

    private static Task AnswerAsync(HttpContext context, int status, object answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(answer))).AsTask();
    }
}
