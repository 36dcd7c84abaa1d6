using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Browsers;
using TriggerConsole.Core.Identity;
using TriggerConsole.Hosting;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Browsers;

/// <summary>What answers tell browsers, and what browsers of other sites are told.</summary>
public sealed class SecurityHeadersTests(SecurityHeadersTests.Server server) : IClassFixture<SecurityHeadersTests.Server>
{
    private const string ViewerEmail = "viewer@example.com";

    private TestApp App => server.App;

    public sealed class Server : IAsyncLifetime
    {
        internal TestApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await TestApp.StartAsync(new() { ["Server:PublicUrl"] = "https://hooks.example.com", ["Server:AllowedOrigins:0"] = "https://board.example.com", ["Server:MaxOpenPagesPerUser"] = "3", ["RateLimiting:SignIn:Permits"] = "100000", ["RateLimiting:Account:Permits"] = "100000", ["RateLimiting:Account:Burst"] = "100000" });

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    [Theory]
    [InlineData("/sign-in", true)]
    [InlineData("/setup", true)]
    [InlineData("/", true)]
    [InlineData("/nowhere", true)]
    [InlineData("/api/callbacks", false)]
    [InlineData("/api/nothing", false)]
    [InlineData("/echo/x?status=500", false)]
    [InlineData("/health/live", false)]
    [InlineData("/metrics", false)]
    [InlineData("/openapi/v1.json", false)]
    [InlineData("/swagger/index.html", true)]
    [InlineData("/js/app.js", false)]
    [InlineData("/_blazor/negotiate", false)]
    [InlineData("/api/events?cursor=zzz", false)]
    public async Task Answer_OfAnyKind_TellsTheBrowser(string path, bool isPage)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Api-Key", TestApp.ApiKey } } };
        using var response = await App.Anonymous.SendAsync(request);

        Assert.Equal(!isPage ? SecurityHeaders.DataPolicy : path.StartsWith("/swagger", StringComparison.Ordinal) ? SecurityHeaders.SwaggerPolicy : SecurityHeaders.PagePolicy, Of(response, "Content-Security-Policy"));
        Assert.Equal("nosniff", Of(response, "X-Content-Type-Options"));
        Assert.Equal("DENY", Of(response, "X-Frame-Options"));
        Assert.Equal("same-origin", Of(response, "Referrer-Policy"));
        Assert.Equal("same-origin", Of(response, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Of(response, "Cross-Origin-Resource-Policy"));
        Assert.Contains("camera=()", Of(response, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.Equal("max-age=31536000", Of(response, "Strict-Transport-Security"));
        if (!path.EndsWith(".js", StringComparison.Ordinal)) Assert.Contains("no-store", Of(response, "Cache-Control"), StringComparison.Ordinal);
        Assert.Null(Of(response, "Server"));
        Assert.Null(Of(response, "X-Powered-By"));
    }

    [Fact]
    public void PagePolicy_ScriptsAndFrames_AreClosed()
    {
        var directives = SecurityHeaders.PagePolicy.Split("; ").Select(d => d.Split(' ', 2)).ToDictionary(d => d[0], d => d[1]);

        Assert.Equal("'self'", directives["script-src"]);
        Assert.Equal("'self'", directives["style-src"]);
        Assert.Equal("'none'", directives["frame-ancestors"]);
        Assert.Equal("'none'", directives["default-src"]);
        Assert.DoesNotContain("unsafe-eval", SecurityHeaders.PagePolicy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", SecurityHeaders.PagePolicy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FormTargets_OfProviders_AreAddedToThePolicyOfPages()
    {
        var browsers = new BrowserOptions { FormTargets = { "https://github.com", "https://accounts.example" } };
        var headers = new SecurityHeaders(Microsoft.Extensions.Options.Options.Create(new ServerOptions()), Microsoft.Extensions.Options.Options.Create(browsers));
        var feature = new Starting();
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>(feature);
        context.Response.ContentType = "text/html";

        await headers.InvokeAsync(context, _ => Task.CompletedTask);
        await feature.Start!();

        Assert.Contains("form-action 'self' https://accounts.example https://github.com; base-uri", context.Response.Headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
    }

    private sealed class Starting : Microsoft.AspNetCore.Http.Features.HttpResponseFeature
    {
        public Func<Task>? Start { get; private set; }

        public override void OnStarting(Func<object, Task> callback, object state) => Start = () => callback(state);
    }

    [Fact]
    public async Task SignIn_OverHttps_SetsCookiesForThisHostAlone()
    {
        using var client = Browser(out var cookies);

        await SignInAsync(client, TestApp.Email, TestApp.Password);

        var set = cookies.Where(c => !c.Contains("theme", StringComparison.Ordinal)).ToList();
        Assert.Contains(set, c => c.StartsWith("__Host-triggerconsole=", StringComparison.Ordinal));
        Assert.Contains(set, c => c.StartsWith("__Host-triggerconsole-forms=", StringComparison.Ordinal) && c.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase));
        Assert.All(set, cookie =>
        {
            Assert.StartsWith(SecureCookies.HostPrefix, cookie, StringComparison.Ordinal);
            foreach (var word in new[] { "; path=/", "; secure", "; httponly", "; samesite=" }) Assert.Contains(word, cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        });
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/callbacks")).StatusCode);
    }

    [Fact]
    public async Task SignIn_WithACookieThatANeighbourSet_IsNobody()
    {
        using var client = Browser(out var cookies);
        await SignInAsync(client, TestApp.Email, TestApp.Password);
        var value = cookies.Last(c => c.StartsWith("__Host-triggerconsole=", StringComparison.Ordinal)).Split(';')[0]["__Host-".Length..];

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/callbacks") { Headers = { { "Cookie", value } } };
        using var response = await App.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void FormPosts_AllOfThem_CheckTheAntiforgeryToken()
    {
        var posts = App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>() is not { } methods || methods.HttpMethods.Contains("POST"))
            .Where(e => !IsForPrograms("/" + e.RoutePattern.RawText?.TrimStart('/')))
            .ToList();

        Assert.Contains(posts, e => e.RoutePattern.RawText == "/account/sign-in");
        var open = posts.Where(e => e.Metadata.GetMetadata<IAntiforgeryMetadata>() is not { RequiresValidation: true }).Select(e => e.RoutePattern.RawText).ToList();
        Assert.True(open.Count == 0, string.Join('\n', open));

        // Ingress and echo take no cookie; the API and the connections of pages have CrossSiteGuard
        static bool IsForPrograms(string path) => path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/hubs", StringComparison.Ordinal) || path.StartsWith("/_blazor", StringComparison.Ordinal) || path.StartsWith("/echo", StringComparison.Ordinal) || path.StartsWith("/.well-known", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/account/sign-in")]
    [InlineData("/account/sign-out")]
    [InlineData("/account/change-password")]
    [InlineData("/account/setup")]
    public async Task FormPost_WithoutToken_IsRefused(string path)
    {
        using var client = Browser(out _);
        await SignInAsync(client, TestApp.Email, TestApp.Password);

        using var response = await client.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = TestApp.Email, ["password"] = TestApp.Password }));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/callbacks", "Origin", "https://evil.example", 403)]
    [InlineData("POST", "/api/callbacks", "Origin", "null", 403)]
    [InlineData("POST", "/api/callbacks", "Origin", "https://hooks.example.com.evil.example", 403)]
    [InlineData("POST", "/api/callbacks", "Origin", "https://board.example.com", 403)]
    [InlineData("POST", "/api/callbacks", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "/api/callbacks", "Sec-Fetch-Site", "same-site", 403)]
    [InlineData("DELETE", "/api/callbacks/01a1fe0d-6a6b-7000-b03c-d4e53a89a96f", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "/API/callbacks", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "/%61pi/callbacks", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1", "Origin", "https://board.example.com", 403)]
    [InlineData("GET", "/_blazor?id=x", "Origin", "https://evil.example", 403)]
    [InlineData("GET", "/hubs/live?id=x", "Origin", "https://evil.example", 403)]
    [InlineData("POST", "/hubs/live/negotiate", "Origin", "https://sub.hooks.example.com", 403)]
    [InlineData("POST", "/api/callbacks", "Origin", "https://hooks.example.com", 201)]
    [InlineData("POST", "/api/callbacks", "Sec-Fetch-Site", "same-origin", 201)]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1", "Origin", "https://hooks.example.com", 200)]
    [InlineData("POST", "/hubs/live/negotiate?negotiateVersion=1", "Sec-Fetch-Site", "same-origin", 200)]
    public async Task CookieOfAReader_FromAnotherSite_IsNotTaken(string method, string path, string header, string value, int expected)
    {
        using var client = Browser(out _);
        await SignInAsync(client, TestApp.Email, TestApp.Password);
        using var request = new HttpRequestMessage(new(method), path) { Headers = { { header, value } } };
        if (method == "POST") request.Content = path.Contains("callbacks", StringComparison.Ordinal) ? JsonContent.Create(new { name = "Made" }) : null;

        using var response = await client.SendAsync(request);

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", null)]
    [InlineData("null", null)]
    [InlineData("http://board.example.com", null)]
    [InlineData("https://board.example.com.evil.example", null)]
    [InlineData("https://board.example.com", "https://board.example.com")]
    public async Task Cors_OfOtherOrigins_IsClosed(string origin, string? allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/callbacks") { Headers = { { "Origin", origin } } };
        using var response = await App.Client.SendAsync(request);

        Assert.Equal(allowed, Of(response, "Access-Control-Allow-Origin"));
        Assert.Null(Of(response, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/_blazor?id=x")]
    [InlineData("POST", "/hubs/live/negotiate?negotiateVersion=1")]
    public async Task Connection_OfNobody_IsRefused(string method, string path)
    {
        using var response = await App.Anonymous.SendAsync(new(new(method), path));

        Assert.True((int)response.StatusCode is 302 or 401, $"{response.StatusCode}");
    }

    [Fact]
    public async Task Page_OfAnotherRole_Is403AndSaysSo()
    {
        using (var scope = App.Services.CreateScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            if (await users.FindByEmailAsync(ViewerEmail) is null)
            {
                var made = await users.CreateAsync(new() { Id = Guid.CreateVersion7(), UserName = ViewerEmail, Email = ViewerEmail, EmailConfirmed = true, Role = Role.Viewer, CreatedAt = DateTimeOffset.UnixEpoch }, TestApp.Password);
                Assert.True(made.Succeeded, string.Join(' ', made.Errors.Select(e => e.Description)));
            }
        }
        using var client = Browser(out _);
        await SignInAsync(client, ViewerEmail, TestApp.Password);

        using var response = await client.GetAsync("/jobs");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("Your role does not allow this", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(SecurityHeaders.PagePolicy, Of(response, "Content-Security-Policy"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/callbacks")).StatusCode);
    }

    [Fact]
    public async Task EventBody_ThatIsMarkup_IsADownloadAndNoDocument()
    {
        var callback = await App.CreateCallbackAsync($"{App.Address}echo/x");
        using var fired = await App.FireAsync(callback, new StringContent("<script>alert(1)</script>", null, "text/html"));
        var id = (await fired.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("eventId").GetGuid();

        using var response = await App.Client.GetAsync($"/api/events/{id}/body");

        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("nosniff", Of(response, "X-Content-Type-Options"));
        Assert.Equal(SecurityHeaders.DataPolicy, Of(response, "Content-Security-Policy"));
    }

    [Fact]
    public void OpenPages_OverTheLimits_AreRefusedAndComeBack()
    {
        var limit = new OpenPageLimit(Microsoft.Extensions.Options.Options.Create(new ServerOptions { MaxOpenPages = 4, MaxOpenPagesPerUser = 3 }));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(limit.TryEnter("ada")));
        Assert.False(limit.TryEnter("ada"));
        Assert.True(limit.TryEnter("bob"));
        Assert.False(limit.TryEnter("cy")); // in all
        limit.Leave("ada");
        Assert.True(limit.TryEnter("cy"));
        limit.Leave("cy");
        Assert.True(limit.TryEnter("ada"));
        Assert.Equal(4, limit.Open);
    }

    [Fact]
    public async Task Connections_OverTheLimitOfOneUser_Are429()
    {
        using var client = Browser(out _);
        await SignInAsync(client, TestApp.Email, TestApp.Password);
        var limit = App.Get<OpenPageLimit>();
        var user = await UserIdAsync();
        while (limit.TryEnter(user)) { }
        try
        {
            using var response = await client.GetAsync("/_blazor?id=x");
            Assert.Equal((HttpStatusCode)429, response.StatusCode);
            Assert.Equal("30", Of(response, "Retry-After"));
        }
        finally { for (var i = 0; i < 3; i++) limit.Leave(user); }
    }

    [Fact]
    public void Options_Faults_NameTheirKeys()
    {
        var options = new ServerOptions { PublicUrl = "hooks.example.com", HstsMaxAge = TimeSpan.FromDays(-1), MaxOpenPages = 0, MaxOpenPagesPerUser = 0 };
        foreach (var origin in new[] { "*", "https://*.example.com", "https://a.example/path", "ftp://a.example", "https://good.example" }) options.AllowedOrigins.Add(origin);

        var faults = new ServerOptionsRules().Validate(null, options).Failures!.Select(f => f.Split(' ')[0]);

        Assert.Equal(["Server:PublicUrl", "Server:AllowedOrigins:0", "Server:AllowedOrigins:1", "Server:AllowedOrigins:2", "Server:AllowedOrigins:3", "Server:HstsMaxAge", "Server:MaxOpenPages", "Server:MaxOpenPagesPerUser"], faults);
    }

    private async Task<string> UserIdAsync()
    {
        using var scope = App.Services.CreateScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByEmailAsync(TestApp.Email))!.Id.ToString();
    }

    private static string? Of(HttpResponseMessage response, string name)
        => response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    private HttpClient Browser(out List<string> cookies)
    {
        var jar = new Jar();
        cookies = jar.Set;
        return new HttpClient(jar) { BaseAddress = App.Address };
    }

    private static async Task SignInAsync(HttpClient client, string email, string password)
    {
        var page = await client.GetStringAsync("/sign-in");
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        using var response = await client.PostAsync("/account/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = email, ["password"] = password, ["__RequestVerificationToken"] = token }));
        Assert.Equal("/", response.Headers.Location?.ToString());
    }

    /// <summary>Keeps cookies as they are set, secure ones too: a browser behind the proxy sees https.</summary>
    private sealed class Jar() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        private readonly Dictionary<string, string> _kept = [];

        public List<string> Set { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_kept.Count > 0) request.Headers.Add("Cookie", string.Join("; ", _kept.Select(c => $"{c.Key}={c.Value}")));
            var response = await base.SendAsync(request, cancellationToken);
            if (!response.Headers.TryGetValues("Set-Cookie", out var cookies)) return response;
            foreach (var cookie in cookies)
            {
                Set.Add(cookie);
                var pair = cookie.Split(';')[0].Split('=', 2);
                _kept[pair[0]] = pair[1];
            }
            return response;
        }
    }
}
