using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using TriggerConsole.Core.Identity;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Authentication;

/// <summary>The whole matrix of roles and actions on every route there is, for every role, for every scope of a key, and for nobody.</summary>
public sealed class PermissionMatrixTests : IClassFixture<PermissionMatrixTests.Rig>
{
    /// <summary>What may be asked for without signing in. Whatever is added here is open to everyone.</summary>
    private static readonly HashSet<string> s_open = ["/echo/{name?}", "/health/live", "/health/ready", "/api/auth/token", "/api/auth/revoke", "/.well-known/jwks.json", "/sign-in", "/sign-in/code", "/setup"];

    /// <summary>What looks after its callers itself: events come with what their callback asks for.</summary>
    private static readonly HashSet<string> s_ingress = ["/api/trigger/{callbackId}", "/api/trigger/custom/{**path}"];

    /// <summary>What is for whoever is signed in, whatever the role.</summary>
    private static readonly HashSet<string> s_signedIn = ["/not-found", "/status/403", "/status/404", "/{**path:file}"];

    private readonly Rig _rig;

    public PermissionMatrixTests(Rig rig) => _rig = rig;

    [Fact]
    public void EveryRoute_IsOpenOnPurposeOrNamesOnePermission()
    {
        var faults = new List<string>();
        foreach (var endpoint in _rig.Endpoints)
        {
            var path = PathOf(endpoint);
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                if (!IsOpen(path)) faults.Add($"{path} is open to everyone");
            }
            else if (PermissionOf(endpoint) is null && !IsOwnAccount(path) && !s_signedIn.Contains(path) && !s_ingress.Contains(path))
            {
                faults.Add($"{path} names {string.Join(" and ", endpoint.Metadata.OfType<IAuthorizeData>().Select(a => a.Policy ?? "nothing"))}");
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Editor)]
    [InlineData(Role.Administrator)]
    public async Task Api_EachRoute_AnswersByTheMatrix(Role? role)
    {
        var client = role is { } r ? _rig.Programs[r] : _rig.App.Anonymous;
        var faults = new List<string>();
        foreach (var (method, path, permission) in _rig.Guarded)
        {
            var status = await AskAsync(client, method, path);
            var isRight = role is null ? status == HttpStatusCode.Unauthorized
                : role.Value.Allows(permission) ? status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                : status == HttpStatusCode.Forbidden;
            if (!isRight || (int)status >= 500) faults.Add($"{method} {path} ({permission}): {status}");
        }
        Assert.True(_rig.Guarded.Count > 60, $"Only {_rig.Guarded.Count} routes found.");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    public static TheoryData<string> AllPermissions => new(Permissions.All.Select(p => p.Name));

    [Theory]
    [MemberData(nameof(AllPermissions))]
    public async Task Key_WithOneScope_OpensItsRoutesAlone(string scope)
    {
        using var client = await _rig.KeyAsync(scope);
        var faults = new List<string>();
        foreach (var (method, path, permission) in _rig.Guarded)
        {
            // Whatever the answer to a right call is, the other tests see: here the key must not be refused
            var status = await AskAsync(client, method, path);
            if ((status == HttpStatusCode.Forbidden) != (permission != scope) || status == HttpStatusCode.Unauthorized) faults.Add($"{method} {path} ({permission}): {status}");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Editor)]
    [InlineData(Role.Administrator)]
    public async Task Pages_EachRole_OpenByTheMatrix(Role? role)
    {
        using var browser = role is { } r ? await _rig.App.BrowserAsync(TestPeople.EmailOf(r)) : new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _rig.App.Address };
        var faults = new List<string>();
        foreach (var (path, permission) in _rig.Pages)
        {
            using var answer = await browser.GetAsync(path);
            var text = await answer.Content.ReadAsStringAsync();
            var isShown = answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound && !text.Contains("Your role does not", StringComparison.Ordinal);
            var isRight = role is null ? answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString.Contains("/sign-in", StringComparison.Ordinal)
                : isShown == role.Value.Allows(permission) && (isShown || answer.StatusCode == HttpStatusCode.Forbidden);
            if (!isRight) faults.Add($"{path} ({permission}): {answer.StatusCode} {answer.Headers.Location}");
        }
        Assert.True(_rig.Pages.Count > 20, $"Only {_rig.Pages.Count} pages found.");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Viewer, HttpStatusCode.OK)]
    [InlineData(Role.Administrator, HttpStatusCode.OK)]
    public async Task Hub_EachRole_ConnectsByTheMatrix(Role? role, HttpStatusCode expected)
    {
        using var answer = await (role is { } r ? _rig.Programs[r] : _rig.App.Anonymous).PostAsync("/hubs/live/negotiate?negotiateVersion=1", null);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Hub_KeyWithoutScopeToRead_IsRefused()
    {
        using var reader = await _rig.KeyAsync(Permissions.Read);
        using var runner = await _rig.KeyAsync(Permissions.Run);
        Assert.Equal(HttpStatusCode.OK, (await reader.PostAsync("/hubs/live/negotiate?negotiateVersion=1", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await runner.PostAsync("/hubs/live/negotiate?negotiateVersion=1", null)).StatusCode);
    }

    // Random ids and an empty object: what is allowed gets as far as 404 or 400, and changes nothing
    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method is "POST" or "PUT") request.Content = JsonContent.Create(new { });
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').TrimEnd('/');

    private static string? PermissionOf(RouteEndpoint endpoint)
        => endpoint.Metadata.OfType<IAuthorizeData>().ToList() is [{ Policy: { } policy }] && Permissions.Find(policy) is not null ? policy : null;

    // Sign-in, set-up, and what is served before anyone is signed in
    private static bool IsOpen(string path)
        => s_open.Contains(path) || path.StartsWith("/account/", StringComparison.Ordinal) || path.StartsWith("/_", StringComparison.Ordinal) || (!path.StartsWith("/api", StringComparison.Ordinal) && path.Contains('.', StringComparison.Ordinal));

    // What belongs to whoever is signed in, whatever the role
    private static bool IsOwnAccount(string path) => path.StartsWith("/account", StringComparison.Ordinal) || path.StartsWith("/api/account", StringComparison.Ordinal) || path.StartsWith("/_", StringComparison.Ordinal);

    /// <summary>One server with a user of each role.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        internal TestApp App { get; private set; } = null!;

        internal IReadOnlyList<RouteEndpoint> Endpoints { get; private set; } = [];

        /// <summary>Routes for programs that need a permission.</summary>
        internal IReadOnlyList<(string Method, string Path, string Permission)> Guarded { get; private set; } = [];

        internal IReadOnlyList<(string Path, string Permission)> Pages { get; private set; } = [];

        internal Dictionary<Role, HttpClient> Programs { get; } = [];

        public async Task InitializeAsync()
        {
            App = await TestApp.StartAsync(new() { ["RateLimiting:Enabled"] = "false" });
            Endpoints = [.. App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
            var guarded = Endpoints.Where(e => PermissionOf(e) is not null).ToList();
            Pages = [.. guarded.Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null).Select(e => (Filled(e), PermissionOf(e)!)).Distinct()];
            Guarded = [.. guarded.Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is null && !PathOf(e).StartsWith("/hubs", StringComparison.Ordinal))
                .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(m => m is not ("HEAD" or "OPTIONS")).Select(m => (m, Filled(e), PermissionOf(e)!))).Distinct()];
            foreach (var role in Enum.GetValues<Role>())
            {
                await App.MakeUserAsync(role, role == Role.Administrator ? "administrator@example.com" : null);
                Programs[role] = await App.ProgramAsync(TestPeople.EmailOf(role));
            }
        }

        public async Task DisposeAsync()
        {
            foreach (var program in Programs.Values) program.Dispose();
            await App.DisposeAsync();
        }

        internal async Task<HttpClient> KeyAsync(string scope)
        {
            var made = await App.Get<ApiKeys>().CreateAsync(new() { Name = $"Only {scope}", Scopes = [scope] }, "test", _ => true, default);
            var client = new HttpClient { BaseAddress = App.Address };
            client.DefaultRequestHeaders.Add("X-Api-Key", made.Value!.Value);
            return client;
        }

        private static string Filled(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { ParameterPolicies: [{ Content: "guid" }, ..] } => "00000000-0000-7000-8000-00000000dead",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { ParameterPolicies: [{ Content: "long" }, ..] } => "1",
            _ => "x",
        }))));
    }
}
