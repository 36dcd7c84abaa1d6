using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication;

public sealed partial class ChangePasswordTests : IAsyncLifetime
{
    private const string NewPassword = "a much longer sentence";

    private TestApp _app = null!;

    // Every request is looked at, instead of one a minute
    public async Task InitializeAsync() => _app = await TestApp.StartAsync(services: s => s.PostConfigure<SecurityStampValidatorOptions>(o => o.ValidationInterval = TimeSpan.Zero));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Change_RightPassword_KeepsThisSessionAndTakesTheNewOne()
    {
        using var browser = await SignedInAsync(TestApp.Password);

        var answer = await PostAsync(browser, "/account/password", "/account/change-password", new() { ["current"] = TestApp.Password, ["password"] = NewPassword, ["repeated"] = NewPassword });

        Assert.Equal("/account/password?done=true", answer);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/executions")).StatusCode);
        Assert.StartsWith("/sign-in?problem=wrong", await SignInAsync(Browser(), TestApp.Password), StringComparison.Ordinal);
        Assert.Equal("/", await SignInAsync(Browser(), NewPassword));
    }

    [Fact]
    public async Task Change_OtherSession_IsSignedOut()
    {
        using var other = await SignedInAsync(TestApp.Password);
        using var browser = await SignedInAsync(TestApp.Password);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/executions")).StatusCode);

        await PostAsync(browser, "/account/password", "/account/change-password", new() { ["current"] = TestApp.Password, ["password"] = NewPassword, ["repeated"] = NewPassword });

        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/api/executions")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/executions")).StatusCode);
    }

    [Theory]
    [InlineData("not it at all", NewPassword, NewPassword, "problem=wrong")]
    [InlineData(TestApp.Password, NewPassword, "another sentence", "problem=repeated")]
    [InlineData(TestApp.Password, "short", "short", "problem=new")]
    public async Task Change_Refused_SaysWhyAndChangesNothing(string current, string password, string repeated, string problem)
    {
        using var browser = await SignedInAsync(TestApp.Password);
        var answer = await PostAsync(browser, "/account/password", "/account/change-password", new() { ["current"] = current, ["password"] = password, ["repeated"] = repeated });
        Assert.Contains(problem, answer, StringComparison.Ordinal);
        Assert.Equal("/", await SignInAsync(Browser(), TestApp.Password));
    }

    [Fact]
    public async Task Change_WithoutAntiforgeryToken_IsRefused()
    {
        using var browser = await SignedInAsync(TestApp.Password);
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["current"] = TestApp.Password, ["password"] = NewPassword, ["repeated"] = NewPassword });
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/account/change-password", content)).StatusCode);
    }

    [Fact]
    public async Task Page_NotSignedIn_LeadsToSignIn()
    {
        using var browser = Browser();
        Assert.StartsWith("/sign-in", Path(await browser.GetAsync("/account/password")), StringComparison.Ordinal);
    }

    private HttpClient Browser() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = _app.Address };

    private async Task<HttpClient> SignedInAsync(string password)
    {
        var browser = Browser();
        Assert.Equal("/", await SignInAsync(browser, password));
        return browser;
    }

    private static Task<string> SignInAsync(HttpClient browser, string password) => PostAsync(browser, "/sign-in", "/account/sign-in", new() { ["email"] = TestApp.Email, ["password"] = password });

    /// <summary>Fills in the form of a page; gives where it leads to.</summary>
    private static async Task<string> PostAsync(HttpClient browser, string page, string action, Dictionary<string, string> fields)
    {
        var token = AntiforgeryToken().Match(await browser.GetStringAsync(page)).Groups[1].Value;
        fields["__RequestVerificationToken"] = token;
        using var content = new FormUrlEncodedContent(fields);
        return Path(await browser.PostAsync(action, content));
    }

    private static string Path(HttpResponseMessage response) => response.Headers.Location is { IsAbsoluteUri: true } url ? url.PathAndQuery : response.Headers.Location?.OriginalString ?? $"{response.StatusCode}";

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
