using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Tests.Identity.External;

namespace TriggerConsole.Tests.Authentication.External;

/// <summary>A provider of its own: OpenID Connect with discovery, and GitHub's OAuth with its API. Signs in whoever it is told to.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "console";
    public const string ClientSecret = "canary & secret: ä";

    private readonly WebApplication _app;
    private readonly TestIssuer _issuer = new();
    private readonly Dictionary<string, (string Challenge, string Nonce, string RedirectUri)> _codes = [];

    private FakeProvider(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>Who comes back: id, e-mail, and whether that is verified.</summary>
    public (string Subject, string? Email, bool IsVerified) Person { get; set; } = ("42", "viewer@example.com", true);

    /// <summary>Changes the claims of the next ID tokens.</summary>
    public Action<Dictionary<string, object>>? Changes { get; set; }

    /// <summary>The e-mail is not in the ID token: it must be asked for.</summary>
    public bool HidesEmail { get; set; }

    /// <summary>Of the user info, when it differs from the ID token's.</summary>
    public string? OtherSubject { get; set; }

    /// <summary>The client shows its secret in the form.</summary>
    public bool TakesForm { get; set; }

    /// <summary>What the token endpoint was asked.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<FakeProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new FakeProvider(app);
        provider.Map();
        await app.StartAsync();
        provider.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _issuer.Dispose();
    }

    private void Map()
    {
        _app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = Address + "/authorize?tenant=1",
            ["token_endpoint"] = Address + "/token",
            ["userinfo_endpoint"] = Address + "/userinfo",
            ["jwks_uri"] = Address + "/keys",
            ["token_endpoint_auth_methods_supported"] = TakesForm ? new[] { "client_secret_post" } : ["client_secret_basic"],
        });
        _app.MapGet("/keys", () => _issuer.KeySet);
        _app.MapGet("/authorize", (HttpRequest request) => Authorize(request));
        _app.MapGet("/login/oauth/authorize", (HttpRequest request) => Authorize(request));
        _app.MapPost("/token", async (HttpRequest request) => await TokenAsync(request, isOpenId: true));
        _app.MapPost("/login/oauth/access_token", async (HttpRequest request) => await TokenAsync(request, isOpenId: false));
        _app.MapGet("/userinfo", (HttpRequest request) => request.Headers.Authorization == "Bearer access"
            ? Results.Json(new Dictionary<string, object?> { ["sub"] = OtherSubject ?? Person.Subject, ["email"] = Person.Email, ["email_verified"] = Person.IsVerified }) : Results.Unauthorized());
        _app.MapGet("/api/v3/user", (HttpRequest request) => request.Headers.Authorization == "Bearer access" ? Results.Json(new { id = int.Parse(Person.Subject, null), login = "anna", email = "profile@evil.example.com" }) : Results.Unauthorized());
        _app.MapGet("/api/v3/user/emails", () => new object[]
        {
            new { email = "other@example.com", primary = false, verified = true }, new { email = Person.Email, primary = true, verified = Person.IsVerified },
        });
    }

    // Nobody is asked: the browser comes back at once
    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256") return Results.BadRequest();
        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (query["code_challenge"]!, query["nonce"].ToString(), query["redirect_uri"]!);
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    private async Task<IResult> TokenAsync(HttpRequest request, bool isOpenId)
    {
        var form = await request.ReadFormAsync();
        Asked.Add(string.Join("&", form.Keys.Order()));
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{Uri.EscapeDataString(ClientSecret)}"));
        var isClient = isOpenId && !TakesForm ? request.Headers.Authorization == basic && !form.ContainsKey("client_secret") : form["client_secret"] == ClientSecret;
        if (!isClient || !_codes.Remove(form["code"]!, out var begun) || begun.RedirectUri != form["redirect_uri"]) return Results.BadRequest(new { error = "invalid_grant" });
        if (Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != begun.Challenge) return Results.BadRequest(new { error = "invalid_grant" });
        if (!isOpenId) return Results.Json(new { access_token = "access", token_type = "bearer" });
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object> { ["iss"] = Address, ["aud"] = ClientId, ["sub"] = Person.Subject, ["nonce"] = begun.Nonce, ["iat"] = now, ["exp"] = now + 300 };
        if (!HidesEmail && Person.Email is { } email) (claims["email"], claims["email_verified"]) = (email, Person.IsVerified);
        Changes?.Invoke(claims);
        return Results.Json(new { access_token = "access", token_type = "Bearer", id_token = _issuer.Sign("RS256", claims) });
    }
}
