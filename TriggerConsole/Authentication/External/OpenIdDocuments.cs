using System.Collections.Concurrent;
using System.Text.Json;
using TriggerConsole.Core;
using TriggerConsole.Core.Identity.External;

namespace TriggerConsole.Authentication.External;

/// <summary>What a provider says of itself (OpenID Connect Discovery 1.0, section 3).</summary>
/// <param name="UsesBasic">Whether the client shows its secret as HTTP Basic; else in the form.</param>
internal sealed record OpenIdProvider(string Issuer, string AuthorizationEndpoint, string TokenEndpoint, string? UserInfoEndpoint, string KeysUrl, bool UsesBasic);

/// <summary>Discovery documents and keys of the providers: fetched when first needed, kept for some hours, fetched anew for a key that is not among them.</summary>
internal sealed class OpenIdDocuments(TimeProvider time)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(12);

    // A forged token with a key nobody knows must not make us fetch for each request
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (OpenIdProvider Provider, DateTimeOffset At)> _providers = new();
    private readonly ConcurrentDictionary<string, (IReadOnlyList<JsonWebKey> Keys, DateTimeOffset At)> _keys = new();

    /// <exception cref="ProviderException">The document cannot be had, or is not what it must be.</exception>
    public async Task<OpenIdProvider> FindAsync(string authority, HttpClient client, CancellationToken cancellationToken)
    {
        if (_providers.TryGetValue(authority, out var known) && time.GetUtcNow() - known.At < s_lifetime) return known.Provider;
        using var request = new HttpRequestMessage(HttpMethod.Get, authority.TrimEnd('/') + "/.well-known/openid-configuration");
        using var document = await client.ReadAsync(request, cancellationToken);
        var provider = Read(document.RootElement, authority);
        _providers[authority] = (provider, time.GetUtcNow());
        return provider;
    }

    /// <param name="isWanted">Whether a key that is needed is among them; when not, they are fetched anew, but not more often than once a minute.</param>
    /// <exception cref="ProviderException">The keys cannot be had.</exception>
    public async Task<IReadOnlyList<JsonWebKey>> KeysAsync(OpenIdProvider provider, HttpClient client, Func<IReadOnlyList<JsonWebKey>, bool> isWanted, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(provider.KeysUrl, out var known))
        {
            var age = time.GetUtcNow() - known.At;
            if (age < s_leastInterval || (age < s_lifetime && isWanted(known.Keys))) return known.Keys;
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.KeysUrl);
        using var document = await client.ReadAsync(request, cancellationToken);
        var keys = JsonWebKey.OfSet(document.RootElement);
        _keys[provider.KeysUrl] = (keys, time.GetUtcNow());
        return keys;
    }

    private static OpenIdProvider Read(JsonElement json, string authority)
    {
        // Section 4.3: exactly the one that was asked, else one provider could speak for another
        if (json.TextOf("issuer") is not { } issuer || issuer.TrimEnd('/') != authority.TrimEnd('/')) throw new ProviderException($"The discovery document of {authority} is of another issuer.");
        var methods = json.TryGetProperty("token_endpoint_auth_methods_supported", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(m => m.ToString()).ToList() : [];
        return new(issuer, Url(json, "authorization_endpoint"), Url(json, "token_endpoint"), json.TextOf("userinfo_endpoint") is null ? null : Url(json, "userinfo_endpoint"), Url(json, "jwks_uri"),
            UsesBasic: !methods.Contains("client_secret_post")); // section 3: Basic when nothing is said
    }

    private static string Url(JsonElement json, string name)
        => json.TextOf(name) is { } url && ExternalSignInOptionsRules.IsSafe(url) ? url : throw new ProviderException($"The discovery document has no {name}, or one that is not https.");
}
