using System.Net.Http.Headers;
using System.Net.Http.Json;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication;

public sealed class SignInTests(PeopleApp people) : IClassFixture<PeopleApp>
{
    private TestApp App => people.App;

    [Fact]
    public async Task SignIn_RightPassword_BeginsASessionThatTheAccountPageLists()
    {
        var user = await App.InviteAsync();
        using var browser = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);

        var page = await browser.GetAsync("/account");

        Assert.Contains("this one", page, StringComparison.Ordinal);
        Assert.Contains("with password, from 127.0.0.1", page, StringComparison.Ordinal);
        Assert.Equal([("user.sign-in", AuditOutcome.Done)], people.Acts.Of(user.Id).Where(a => a.Action == "user.sign-in"));
        Assert.NotNull((await App.Get<UserQueries>().GetAsync(user.Id, CancellationToken.None))!.LastSignInAt);
    }

    [Fact]
    public async Task SignIn_UnknownAddressAndWrongPassword_LookTheSame()
    {
        var user = await App.InviteAsync();
        using var browser = new FormBrowser(App);

        var wrong = await browser.SignInAsync(user.Email!, "not this one, surely");
        var unknown = await browser.SignInAsync("nobody@example.com", People.Password);

        Assert.Equal("/sign-in?problem=wrong&returnUrl=%2F", wrong);
        Assert.Equal(wrong, unknown);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    public async Task SignIn_ReturnToAnotherSite_LeadsHome(string url)
    {
        var user = await App.InviteAsync();
        using var browser = new FormBrowser(App);

        Assert.Equal("/", await browser.PostAsync("/sign-in", "/account/sign-in", new() { ["email"] = user.Email!, ["password"] = People.Password, ["returnUrl"] = url }));
    }

    [Fact]
    public async Task SignIn_ManyWrongOnesAtOnceFromStrangers_LockNeitherKnownBrowserNorOpenSession()
    {
        var user = await App.InviteAsync();
        using var known = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        using var other = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        other.DropSession();
        using var stranger = new FormBrowser(App);
        for (var i = 0; i < TryCounters.Most; i++) await stranger.SignInAsync(user.Email!, "not this one, surely");

        Assert.StartsWith("/sign-in?problem=wrong", await stranger.SignInAsync(user.Email!, People.Password), StringComparison.Ordinal); // right, and too late
        Assert.Equal("/", await other.SignInAsync(user.Email!, People.Password));
        Assert.Equal(200, await known.StatusAsync("/api/executions"));
        Assert.Contains(("user.lock-out", AuditOutcome.Refused), people.Acts.Of(user.Id));
        Assert.NotNull((await App.Get<UserQueries>().GetAsync(user.Id, CancellationToken.None))!.LockedOutUntil);

        await App.SendAsync(HttpMethod.Post, $"/api/users/{user.Id}/unlock");

        Assert.Equal("/", await stranger.SignInAsync(user.Email!, People.Password));
    }

    [Fact]
    public async Task SignIn_KnownBrowser_HasOnlyItsOwnTries()
    {
        var user = await App.InviteAsync();
        using var browser = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        browser.DropSession();
        for (var i = 0; i < TryCounters.Most; i++) await browser.SignInAsync(user.Email!, "not this one, surely");

        Assert.StartsWith("/sign-in?problem=wrong", await browser.SignInAsync(user.Email!, People.Password), StringComparison.Ordinal);
        browser.DropDevice();
        Assert.Equal("/", await browser.SignInAsync(user.Email!, People.Password));
    }

    [Fact]
    public async Task SignOut_ByForm_EndsTheSessionEvenForACopyOfTheCookie()
    {
        var user = await App.InviteAsync();
        using var browser = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        var place = Assert.Single(await PlacesAsync(user));

        Assert.Equal("/sign-in", await browser.PostAsync("/account", "/account/sign-out"));

        Assert.Empty(await PlacesAsync(user));
        Assert.False(await App.Get<SignedInPlaces>().EndAsync(user, place.Id, CancellationToken.None));
        Assert.Contains(("user.sign-out", AuditOutcome.Done), people.Acts.Of(user.Id));
    }

    [Fact]
    public async Task Session_EndedFromAnotherBrowser_StopsAtTheNextRequest()
    {
        var user = await App.InviteAsync();
        using var one = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        using var other = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        Assert.Equal(200, await other.StatusAsync("/api/executions"));
        var first = (await PlacesAsync(user)).MinBy(p => p.CreatedAt)!;

        Assert.Equal("/account?done=ended", await other.PostAsync("/account", "/account/sessions/end", new() { ["session"] = first.Id.ToString() }));

        Assert.Equal(401, await one.StatusAsync("/api/executions"));
        Assert.Equal(200, await other.StatusAsync("/api/executions"));
    }

    [Fact]
    public async Task Session_OfSomeoneElse_CannotBeEnded()
    {
        var (user, other) = (await App.InviteAsync(), await App.InviteAsync(Role.Administrator));
        using var victim = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        using var browser = await FormBrowser.SignedInAsync(App, other.Email!, People.Password);

        await browser.PostAsync("/account", "/account/sessions/end", new() { ["session"] = Assert.Single(await PlacesAsync(user)).Id.ToString() });

        Assert.Equal(200, await victim.StatusAsync("/api/executions"));
    }

    [Fact]
    public async Task SignOutEverywhere_BrowsersAndTokens_AllEnd()
    {
        var user = await App.InviteAsync();
        using var one = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        using var other = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        var token = await TokenAsync(user);
        Assert.Equal(200, await WithTokenAsync(token));
        Assert.Equal(3, (await PlacesAsync(user)).Count);

        Assert.Equal("/sign-in?done=everywhere", await other.PostAsync("/account", "/account/sessions/end-all"));

        Assert.Equal((401, 401, 401), (await one.StatusAsync("/api/executions"), await other.StatusAsync("/api/executions"), await WithTokenAsync(token)));
    }

    [Fact]
    public async Task Locked_WhileSignedIn_LosesCookieAndTokensAndIsToldAfterTheRightPasswordAlone()
    {
        var user = await App.InviteAsync(Role.Editor);
        using var browser = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        var token = await TokenAsync(user);
        Assert.Equal(200, await WithTokenAsync(token));

        await App.SendAsync(HttpMethod.Post, $"/api/users/{user.Id}/lock");

        Assert.Equal(401, await browser.StatusAsync("/api/executions"));
        Assert.Equal(401, await WithTokenAsync(token));
        Assert.StartsWith("/sign-in?problem=wrong", await browser.SignInAsync(user.Email!, "not this one, surely"), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in?problem=blocked", await browser.SignInAsync(user.Email!, People.Password), StringComparison.Ordinal);
        Assert.Equal(401, (await App.TryAsync(HttpMethod.Post, "/api/auth/token", JsonContent.Create(new { grantType = "password", email = user.Email, password = People.Password }), App.Anonymous)).Status);
    }

    [Fact]
    public async Task Locked_OpenPages_AreToldAtOnce()
    {
        var user = await App.InviteAsync();
        var told = new List<SessionEnd>();
        using var listening = App.Get<SessionEndings>().OnEnded(end => { if (end.User == user.Id) told.Add(end); });

        await App.Get<UserCommands>().LockAsync(user.Id, null, CancellationToken.None);

        Assert.Contains(told, end => end.Concerns(user.Id, Guid.NewGuid()));
    }

    [Fact]
    public async Task FirstPasswordOfSomeoneElse_SignIn_OpensNothingUntilItIsChanged()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        await App.SendAsync(HttpMethod.Post, "/api/users", new { email, role = "Editor", password = People.Password });
        using var browser = new FormBrowser(App);

        Assert.Equal("/account/password", await browser.SignInAsync(email, People.Password));
        Assert.Equal(403, await browser.StatusAsync("/api/executions"));
        Assert.Equal("/account/password", await browser.GetAsync("/callbacks"));
        Assert.Equal(401, (await App.TryAsync(HttpMethod.Post, "/api/auth/token", JsonContent.Create(new { grantType = "password", email, password = People.Password }), App.Anonymous)).Status);

        await browser.PostAsync("/account/password", "/account/change-password", new() { ["current"] = People.Password, ["password"] = "now it is only mine", ["repeated"] = "now it is only mine" });

        Assert.Equal(200, await browser.StatusAsync("/api/executions"));
    }

    [Fact]
    public async Task Forgotten_KnownAndUnknownAddress_AreAnsweredAlikeAndTheLinkWorksOnce()
    {
        var user = await App.InviteAsync();
        using var open = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        using var browser = new FormBrowser(App);
        var answers = new List<string>();
        foreach (var email in (string[])["nobody@example.com", user.Email!, user.Email!]) answers.Add(await browser.PostAsync("/account/forgotten-password", "/account/forgotten", new() { ["email"] = email }));

        Assert.All(answers, answer => Assert.Equal("/account/forgotten-password?sent=true", answer));
        await Eventually.TrueAsync(() => Task.FromResult(people.Mails.Sent.Any(m => m.To == user.Email)), "the mail to come");
        var mail = Assert.Single(people.Mails.Sent, m => m.To == user.Email && m.Subject == "Choose a new password"); // one, however often it is asked for
        Assert.DoesNotContain(people.Mails.Sent, m => m.To == "nobody@example.com");
        var url = new Uri(mail.Body.Split('\n').Single(l => l.StartsWith("http://console.example.com/account/new-password?token=", StringComparison.Ordinal)));
        var token = url.Query[7..];
        Assert.Equal("/sign-in?done=password", await browser.PostAsync(url.PathAndQuery, "/account/choose-password", new() { ["token"] = token, ["password"] = "a wholly new sentence", ["repeated"] = "a wholly new sentence" }));
        Assert.Contains("has been used", await browser.GetAsync(url.PathAndQuery), StringComparison.Ordinal);
        Assert.Equal(401, await open.StatusAsync("/api/executions"));
        Assert.Equal("/", await browser.SignInAsync(user.Email!, "a wholly new sentence"));
    }

    private Task<IReadOnlyList<SignedInPlace>> PlacesAsync(User user) => App.Get<SignedInPlaces>().ListAsync(user.Id, null, CancellationToken.None);

    private async Task<string> TokenAsync(User user)
    {
        var (_, answer) = await App.TryAsync(HttpMethod.Post, "/api/auth/token", JsonContent.Create(new { grantType = "password", email = user.Email, password = People.Password }), App.Anonymous);
        return answer.GetProperty("accessToken").GetString()!;
    }

    private async Task<int> WithTokenAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/executions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await App.Anonymous.SendAsync(request);
        return (int)response.StatusCode;
    }
}
