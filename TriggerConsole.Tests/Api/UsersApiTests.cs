using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Core.Identity;
using TriggerConsole.Tests.Authentication;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

public sealed class UsersApiTests(PeopleApp people) : IClassFixture<PeopleApp>
{
    private TestApp App => people.App;

    [Fact]
    public async Task Create_Invited_ShowsTheLinkOnceOrMailsIt()
    {
        var shown = await App.SendAsync(HttpMethod.Post, "/api/users", new { email = Email(), name = "Anna", role = "Operator" });
        var mailedTo = Email();
        var mailed = await App.SendAsync(HttpMethod.Post, "/api/users", new { email = mailedTo, sendMail = true });

        Assert.StartsWith("http://console.example.com/account/new-password?token=tcl_", shown.GetProperty("link").GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal("Operator", shown.GetProperty("user").GetProperty("role").GetString());
        Assert.True(shown.GetProperty("user").GetProperty("isInvited").GetBoolean());
        Assert.Equal((JsonValueKind.Null, true), (mailed.GetProperty("link").GetProperty("url").ValueKind, mailed.GetProperty("link").GetProperty("isMailed").GetBoolean()));
        Assert.Single(people.Mails.Sent, m => m.To == mailedTo);
        var again = await App.SendAsync(HttpMethod.Get, $"/api/users/{shown.GetProperty("user").GetProperty("id")}");
        Assert.DoesNotContain("tcl_", again.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hash", again.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task List_SearchedAndFiltered_CountsAndPages()
    {
        var mark = Guid.NewGuid().ToString("N");
        for (var i = 0; i < 3; i++) await App.SendAsync(HttpMethod.Post, "/api/users", new { email = $"{i}-{mark}@example.com", role = i == 0 ? "Editor" : "Viewer" });

        var all = await App.SendAsync(HttpMethod.Get, $"/api/users?q={mark.ToUpperInvariant()}&pageSize=2");
        var editors = await App.SendAsync(HttpMethod.Get, $"/api/users?q={mark}&role=Editor");

        Assert.Equal((3, 2), (all.GetProperty("total").GetInt32(), all.GetProperty("items").GetArrayLength()));
        Assert.Equal($"0-{mark}@example.com", Assert.Single(editors.GetProperty("items").EnumerateArray()).GetProperty("email").GetString());
    }

    [Fact]
    public async Task Link_ForAUser_ResetsThePasswordAndAnOlderOneNoLongerWorks()
    {
        var user = await App.InviteAsync();
        var first = await App.SendAsync(HttpMethod.Post, $"/api/users/{user.Id}/link");
        var second = await App.SendAsync(HttpMethod.Post, $"/api/users/{user.Id}/link");
        using var browser = new FormBrowser(App);

        Assert.Contains("too old", await browser.GetAsync(PathOf(first)), StringComparison.Ordinal);
        var page = PathOf(second);
        var token = page.Split("token=")[1];
        Assert.Equal($"{page}&problem=new&fault=common", await browser.PostAsync(page, "/account/choose-password", new() { ["token"] = token, ["password"] = "password1234", ["repeated"] = "password1234" }));
        Assert.Equal("/sign-in?done=password", await browser.PostAsync(page, "/account/choose-password", new() { ["token"] = token, ["password"] = "another sentence now", ["repeated"] = "another sentence now" }));
        Assert.Equal("/", await browser.SignInAsync(user.Email!, "another sentence now"));
    }

    [Fact]
    public async Task Sessions_OfAUser_AreListedAndEnded()
    {
        var user = await App.InviteAsync();
        using var browser = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        using var other = await FormBrowser.SignedInAsync(App, user.Email!, People.Password);
        var places = (await App.SendAsync(HttpMethod.Get, $"/api/users/{user.Id}/sessions")).EnumerateArray().ToList();
        Assert.Equal(2, places.Count);

        await App.SendAsync(HttpMethod.Delete, $"/api/users/{user.Id}/sessions/{places[0].GetProperty("id")}");
        Assert.Equal(1, (await App.SendAsync(HttpMethod.Delete, $"/api/users/{user.Id}/sessions")).GetProperty("ended").GetInt32());

        Assert.Equal((401, 401), (await browser.StatusAsync("/api/executions"), await other.StatusAsync("/api/executions")));
        Assert.Equal(404, (await App.TryAsync(HttpMethod.Delete, $"/api/users/{user.Id}/sessions/{Guid.NewGuid()}")).Status);
    }

    [Fact]
    public async Task LastAdministrator_ByKey_IsRefusedWithASentence()
    {
        await using var app = await TestApp.StartAsync();
        var admin = (await app.SendAsync(HttpMethod.Get, "/api/users")).GetProperty("items")[0].GetProperty("id").GetGuid();

        foreach (var (method, path, body) in ((HttpMethod, string, object?)[])[(HttpMethod.Post, "/lock", null), (HttpMethod.Delete, "", null), (HttpMethod.Put, "", new { role = "Editor" })])
        {
            var (status, answer) = await app.TryAsync(method, $"/api/users/{admin}{path}", body is null ? null : JsonContent.Create(body));
            Assert.Equal(409, status);
            Assert.Contains("last administrator", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Users_WithAKeyOfFewScopes_AreOutOfItsReachWhenTheyMayDoMore()
    {
        var key = (await App.SendAsync(HttpMethod.Post, "/api/keys", new { name = "Staff list", scopes = (string[])["read", "metrics.read", "users.manage"] })).GetProperty("value").GetString()!;
        using var client = new HttpClient { BaseAddress = App.Address };
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        var (viewer, admin) = (await App.InviteAsync(), await App.InviteAsync(Role.Administrator));

        async Task<int> TryAsync(HttpMethod method, string path, object? body = null) => (await App.TryAsync(method, path, body is null ? null : JsonContent.Create(body), client)).Status;

        Assert.Equal(403, await TryAsync(HttpMethod.Post, "/api/users", new { email = Email(), role = "Administrator" }));
        Assert.Equal(403, await TryAsync(HttpMethod.Put, $"/api/users/{viewer.Id}", new { role = "Administrator" }));
        Assert.Equal(403, await TryAsync(HttpMethod.Post, $"/api/users/{admin.Id}/link"));
        Assert.Equal(403, await TryAsync(HttpMethod.Delete, $"/api/users/{admin.Id}/two-factor"));
        Assert.Equal(200, await TryAsync(HttpMethod.Get, $"/api/users/{admin.Id}"));
        Assert.Equal(200, await TryAsync(HttpMethod.Post, $"/api/users/{viewer.Id}/link"));
        Assert.Equal(201, await TryAsync(HttpMethod.Post, "/api/users", new { email = Email() }));
    }

    [Fact]
    public async Task Users_WithoutTheRole_AreRefused()
    {
        var editor = await App.InviteAsync(Role.Editor);
        using var browser = await FormBrowser.SignedInAsync(App, editor.Email!, People.Password);

        Assert.Equal(403, await browser.StatusAsync("/api/users"));
        Assert.Equal(403, await browser.StatusAsync($"/api/users/{editor.Id}"));
    }

    private static string Email() => $"{Guid.NewGuid():N}@example.com";

    private static string PathOf(JsonElement link) => new Uri(link.GetProperty("url").GetString()!).PathAndQuery;
}
