using System.Net;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication;

public sealed class ChangePasswordTests : IAsyncLifetime
{
    private const string NewPassword = "a much longer sentence";

    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Change_RightPassword_KeepsThisSessionAndTakesTheNewOne()
    {
        using var browser = await FormBrowser.SignedInAsync(_app);

        var answer = await ChangeAsync(browser, TestApp.Password, NewPassword, NewPassword);

        Assert.Equal("/account/password?done=true", answer);
        Assert.Equal(200, await browser.StatusAsync("/api/executions"));
        using var other = new FormBrowser(_app);
        Assert.StartsWith("/sign-in?problem=wrong", await other.SignInAsync(), StringComparison.Ordinal);
        Assert.Equal("/", await other.SignInAsync(password: NewPassword));
    }

    [Theory]
    [InlineData("Admin-Passw0rd!x", "/account/password")]
    [InlineData(TestApp.Password, "/")]
    public async Task FirstAdministrator_ConfiguredWithAPasswordThatOthersWouldTry_HasToChangeItFirst(string password, string leadsTo)
    {
        await using var app = await TestApp.StartAsync(new() { ["TriggerConsole:Admin:Password"] = password });
        using var browser = new FormBrowser(app);

        Assert.Equal(leadsTo, await browser.SignInAsync(password: password));
        Assert.Equal(200, (await app.TryAsync(HttpMethod.Get, "/api/callbacks")).Status); // by the configured key
    }

    [Fact]
    public async Task Change_OtherSession_IsSignedOut()
    {
        using var other = await FormBrowser.SignedInAsync(_app);
        using var browser = await FormBrowser.SignedInAsync(_app);
        Assert.Equal(200, await other.StatusAsync("/api/executions"));

        await ChangeAsync(browser, TestApp.Password, NewPassword, NewPassword);

        Assert.Equal(401, await other.StatusAsync("/api/executions"));
        Assert.Equal(200, await browser.StatusAsync("/api/executions"));
    }

    [Theory]
    [InlineData("not it at all", NewPassword, NewPassword, "problem=wrong")]
    [InlineData(TestApp.Password, NewPassword, "another sentence", "problem=repeated")]
    [InlineData(TestApp.Password, "short", "short", "problem=new&fault=short")]
    [InlineData(TestApp.Password, "password1234", "password1234", "fault=common")]
    [InlineData(TestApp.Password, TestApp.Password, TestApp.Password, "fault=same")]
    public async Task Change_Refused_SaysWhyAndChangesNothing(string current, string password, string repeated, string problem)
    {
        using var browser = await FormBrowser.SignedInAsync(_app);
        var answer = await ChangeAsync(browser, current, password, repeated);
        Assert.Contains(problem, answer, StringComparison.Ordinal);
        using var again = new FormBrowser(_app);
        Assert.Equal("/", await again.SignInAsync());
    }

    [Fact]
    public async Task Change_WithoutAntiforgeryToken_IsRefused()
    {
        using var browser = await FormBrowser.SignedInAsync(_app);
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["current"] = TestApp.Password, ["password"] = NewPassword, ["repeated"] = NewPassword });
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Client.PostAsync("/account/change-password", content)).StatusCode);
    }

    [Fact]
    public async Task Page_NotSignedIn_LeadsToSignIn()
    {
        using var browser = new FormBrowser(_app);
        Assert.StartsWith("/sign-in", await browser.GetAsync("/account/password"), StringComparison.Ordinal);
    }

    private static Task<string> ChangeAsync(FormBrowser browser, string current, string password, string repeated)
        => browser.PostAsync("/account/password", "/account/change-password", new() { ["current"] = current, ["password"] = password, ["repeated"] = repeated });
}
