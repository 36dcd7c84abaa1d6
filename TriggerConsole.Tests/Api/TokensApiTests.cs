using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

/// <summary>Signing in with tokens, as programs do.</summary>
public sealed class TokensApiTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Token_RightPassword_OpensTheApi()
    {
        var (status, answer) = await PostAsync("/api/auth/token", new { grantType = "password", email = TestApp.Email, password = TestApp.Password });

        Assert.Equal((200, "Bearer"), (status, answer.GetProperty("tokenType").GetString()));
        Assert.InRange(answer.GetProperty("expiresIn").GetInt32(), 500, 600);
        Assert.Equal(200, await GetAsync("/api/triggers", answer.GetProperty("accessToken").GetString()!));
        Assert.Equal(200, await GetAsync("/api/keys", answer.GetProperty("accessToken").GetString()!)); // an administrator
    }

    [Fact]
    public async Task Token_RefreshedAndRevoked_FollowsTheSession()
    {
        var (_, first) = await PostAsync("/api/auth/token", new { grantType = "password", email = TestApp.Email, password = TestApp.Password });
        var (status, next) = await PostAsync("/api/auth/token", new { grantType = "refresh_token", refreshToken = first.GetProperty("refreshToken").GetString() });
        Assert.Equal(200, status);

        var (revoked, _) = await PostAsync("/api/auth/revoke", new { refreshToken = next.GetProperty("refreshToken").GetString() });

        Assert.Equal(204, revoked);
        Assert.Equal(401, await GetAsync("/api/triggers", next.GetProperty("accessToken").GetString()!));
        Assert.Equal(401, (await PostAsync("/api/auth/token", new { grantType = "refresh_token", refreshToken = next.GetProperty("refreshToken").GetString() })).Status);
    }

    [Theory]
    [InlineData("password", TestApp.Email, "wrong", 401, "invalid-grant")]
    [InlineData("password", "nobody@example.com", TestApp.Password, 401, "invalid-grant")]
    [InlineData("password", "", TestApp.Password, 400, "email")]
    [InlineData("password", TestApp.Email, "", 400, "password")]
    [InlineData("client_credentials", TestApp.Email, TestApp.Password, 400, "grantType")]
    public async Task Token_WrongInput_SaysWhatIsWrongAndNoMore(string grantType, string email, string password, int status, string names)
    {
        var (actual, answer) = await PostAsync("/api/auth/token", new { grantType, email, password });

        Assert.Equal(status, actual);
        Assert.Contains(names, answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_UnknownUserAndWrongPassword_AreAnsweredAlike()
    {
        var (_, unknown) = await PostAsync("/api/auth/token", new { grantType = "password", email = "nobody@example.com", password = "some password" });
        var (_, wrong) = await PostAsync("/api/auth/token", new { grantType = "password", email = TestApp.Email, password = "some password" });

        Assert.Equal(unknown.GetProperty("detail").GetString(), wrong.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("eyJhbGciOiJub25lIn0.eyJyb2xlIjoiQWRtaW5pc3RyYXRvciJ9.")]
    [InlineData("eyJ")]
    [InlineData("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ.e30.AAAA")]
    public async Task Access_Forged_IsRefused(string token) => Assert.Equal(401, await GetAsync("/api/triggers", token));

    [Fact]
    public async Task Keys_ForAnyone_ShowThePublicHalfAlone()
    {
        await PostAsync("/api/auth/token", new { grantType = "password", email = TestApp.Email, password = TestApp.Password });

        var (status, set) = await _app.TryAsync(HttpMethod.Get, "/.well-known/jwks.json", client: _app.Anonymous);

        Assert.Equal(200, status);
        var key = Assert.Single(set.GetProperty("keys").EnumerateArray());
        Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(("EC", "P-256", "ES256", "sig"), (key.GetProperty("kty").GetString(), key.GetProperty("crv").GetString(), key.GetProperty("alg").GetString(), key.GetProperty("use").GetString()));
    }

    private Task<(int Status, JsonElement Body)> PostAsync(string path, object body) => _app.TryAsync(HttpMethod.Post, path, JsonContent.Create(body), _app.Anonymous);

    private async Task<int> GetAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _app.Anonymous.SendAsync(request);
        return (int)response.StatusCode;
    }
}
