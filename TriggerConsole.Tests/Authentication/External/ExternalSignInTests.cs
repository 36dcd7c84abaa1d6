using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication.External;

/// <summary>The whole way to a provider and back, with a browser's cookies, against a provider on this machine.</summary>
public sealed class ExternalSignInTests : IAsyncLifetime
{
    private FakeProvider _provider = null!;
    private TestApp _app = null!;

    public async Task InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _app = await StartAsync();
        await _app.MakeUserAsync(Role.Viewer);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("openid-corp")]
    [InlineData("GitHub")]
    public async Task SignIn_UserWithThatEmail_IsSignedIn(string scheme)
    {
        using var browser = Browser();
        Assert.Equal("/triggers?q=a", await SignInAsync(browser, scheme, "/triggers?q=a"));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/executions")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/api/keys")).StatusCode); // a viewer still
    }

    [Theory]
    [InlineData("openid-corp")]
    [InlineData("GitHub")]
    public async Task SignIn_EmailChangedThere_IsStillTheSameUser(string scheme)
    {
        await SignInAsync(Browser(), scheme);
        _provider.Person = ("42", "administrator@elsewhere.example.com", true);
        Assert.Equal("/", await SignInAsync(Browser(), scheme));
        // And whoever gets that e-mail there later is somebody else
        _provider.Person = ("43", "nobody@example.com", true);
        Assert.Equal("/sign-in?problem=unknown", await SignInAsync(Browser(), scheme));
    }

    [Theory]
    [InlineData("openid-corp")]
    [InlineData("GitHub")]
    public async Task SignIn_EmailNotVerified_OpensNobodysAccount(string scheme)
    {
        _provider.Person = ("42", TestApp.Email, false);
        using var browser = Browser();
        Assert.Equal("/sign-in?problem=unknown", await SignInAsync(browser, scheme));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/executions")).StatusCode);
    }

    [Fact]
    public async Task SignIn_EmailOnlyInTheUserInfo_IsAskedFor()
    {
        _provider.HidesEmail = true;
        Assert.Equal("/", await SignInAsync(Browser(), "openid-corp"));
        _provider.Person = ("44", TestApp.Email, true);
        _provider.OtherSubject = "45";
        Assert.Equal("/sign-in?problem=provider", await SignInAsync(Browser(), "openid-corp"));
    }

    [Theory]
    [InlineData("iss", "https://evil.example.com")]
    [InlineData("aud", "another")]
    [InlineData("nonce", "replayed")]
    [InlineData("exp", 1)]
    public async Task SignIn_WrongIdToken_IsRefused(string claim, object value)
    {
        _provider.Changes = claims => claims[claim] = value;
        using var browser = Browser();
        Assert.Equal("/sign-in?problem=provider", await SignInAsync(browser, "openid-corp"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/executions")).StatusCode);
    }

    [Fact]
    public async Task SignIn_AnswerForAnotherBrowser_IsRefused()
    {
        using var attacker = Browser();
        using var victim = Browser();
        // Login CSRF (RFC 6749 section 10.12): the attacker has his own answer opened in the victim's browser
        var back = await UpToAnswerAsync(attacker, "openid-corp");
        Assert.Equal("/sign-in?problem=provider", PathOf(await victim.GetAsync(back)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await victim.GetAsync("/api/executions")).StatusCode);
        // Nor twice in his own
        Assert.StartsWith("/account/external/done", PathOf(await attacker.GetAsync(back)), StringComparison.Ordinal);
        Assert.Equal("/sign-in?problem=provider", PathOf(await attacker.GetAsync(back)));
    }

    [Theory]
    [InlineData("https://evil.example.com/")]
    [InlineData("//evil.example.com/")]
    [InlineData("/\\evil.example.com")]
    public async Task SignIn_ReturnToAnotherSite_StaysHere(string url) => Assert.Equal("/", await SignInAsync(Browser(), "openid-corp", url));

    [Fact]
    public async Task SignIn_Declined_SaysSo()
    {
        using var browser = Browser();
        var back = await UpToAnswerAsync(browser, "openid-corp");
        var state = new Uri(back).Query.Split('&').Single(p => p.Contains("state=", StringComparison.Ordinal)).TrimStart('?');
        Assert.Equal("/sign-in?problem=declined", PathOf(await browser.GetAsync($"/sign-in/openid/corp?error=access_denied&{state}")));
        Assert.Contains("did not let you in", await browser.GetStringAsync("/sign-in?problem=declined"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_LockedUser_IsRefused()
    {
        await SignInAsync(Browser(), "openid-corp");
        await using (var context = await _app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync())
            await context.Users.Where(u => u.Email == "viewer@example.com").ExecuteUpdateAsync(u => u.SetProperty(x => x.LockedAt, DateTimeOffset.UtcNow));
        Assert.Equal("/sign-in?problem=blocked", await SignInAsync(Browser(), "openid-corp"));
    }

    [Fact]
    public async Task SignIn_NewPerson_GetsTheRoleOfNewUsersOnlyFromTheNamedDomains()
    {
        await using var app = await StartAsync(new() { ["ExternalSignIn:NewUsers:Role"] = "Operator", ["ExternalSignIn:NewUsers:Domains:0"] = "corp.example.com" });
        _provider.Person = ("50", "new@corp.example.com", true);
        using var browser = Browser(app);
        Assert.Equal("/", await SignInAsync(browser, "openid-corp"));
        using var scope = app.Services.CreateScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByEmailAsync("new@corp.example.com");
        Assert.Equal(Role.Operator, user!.Role);
        Assert.Null(user.PasswordHash);
        foreach (var email in (string[])["new@evilcorp.example.com", "new@corp.example.com.evil.example.com", "x@evil.example.com"])
        {
            _provider.Person = ("51", email, true);
            Assert.Equal("/sign-in?problem=unknown", await SignInAsync(Browser(app), "openid-corp"));
        }
    }

    [Fact]
    public async Task SignIn_SecretInTheForm_WhereTheProviderWantsItSo()
    {
        _provider.TakesForm = true;
        await using var app = await StartAsync();
        await app.MakeUserAsync(Role.Viewer);
        Assert.Equal("/", await SignInAsync(Browser(app), "openid-corp"));
        Assert.Contains("client_secret", _provider.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provider_InAForbiddenNetwork_IsNotCalled()
    {
        await using var app = await StartAsync(new() { ["Egress:AllowedNetworks:0"] = "10.0.0.0/8" });
        using var answer = await Browser(app).GetAsync("/account/external/openid-corp");
        Assert.Equal("/sign-in?problem=provider", PathOf(answer));
        Assert.Empty(_provider.Asked);
    }

    [Fact]
    public async Task Page_ShowsAButtonForEachProviderThatIsSetUp()
    {
        var page = await _app.Anonymous.GetStringAsync("/sign-in");
        Assert.Contains("Sign in with Corp", page, StringComparison.Ordinal);
        Assert.Contains("Sign in with GitHub", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Google", page, StringComparison.Ordinal);
        Assert.Equal("/sign-in", PathOf(await _app.Anonymous.GetAsync("/account/external/Google")));
    }

    private async Task<TestApp> StartAsync(Dictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ExternalSignIn:OpenId:0:Name"] = "corp",
            ["ExternalSignIn:OpenId:0:Title"] = "Corp",
            ["ExternalSignIn:OpenId:0:Authority"] = _provider.Address,
            ["ExternalSignIn:OpenId:0:ClientId"] = FakeProvider.ClientId,
            ["ExternalSignIn:OpenId:0:ClientSecret"] = FakeProvider.ClientSecret,
            ["ExternalSignIn:GitHub:Server"] = _provider.Address,
            ["ExternalSignIn:GitHub:ClientId"] = FakeProvider.ClientId,
            ["ExternalSignIn:GitHub:ClientSecret"] = FakeProvider.ClientSecret,
        };
        foreach (var (key, value) in more ?? []) settings[key] = value;
        return await TestApp.StartAsync(settings);
    }

    private HttpClient Browser(TestApp? app = null) => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = (app ?? _app).Address };

    /// <summary>Goes the whole way; gives where it ends.</summary>
    private static async Task<string> SignInAsync(HttpClient browser, string scheme, string? returnUrl = null)
    {
        var answer = await browser.GetAsync(await UpToAnswerAsync(browser, scheme, returnUrl));
        var path = PathOf(answer);
        return path.StartsWith("/account/external/done", StringComparison.Ordinal) ? PathOf(await browser.GetAsync(path)) : path;
    }

    /// <summary>Up to the address that the provider sends the browser back to.</summary>
    private static async Task<string> UpToAnswerAsync(HttpClient browser, string scheme, string? returnUrl = null)
    {
        using var begun = await browser.GetAsync($"/account/external/{scheme}{(returnUrl is null ? "" : $"?returnUrl={Uri.EscapeDataString(returnUrl)}")}");
        using var there = await browser.GetAsync(begun.Headers.Location);
        return there.Headers.Location!.OriginalString;
    }

    private static string PathOf(HttpResponseMessage response) => response.Headers.Location is { IsAbsoluteUri: true } url ? url.PathAndQuery : response.Headers.Location?.OriginalString ?? $"{response.StatusCode}";
}
