using Microsoft.Extensions.Options;
using TriggerConsole.Hosting;

namespace TriggerConsole.Api;

/// <summary>Where a callback's events are sent to, as the outside sees it: <c>PublicUrl</c>, else the address of the present request.</summary>
internal sealed class CallbackUrls(IHttpContextAccessor accessor, IOptions<ServerOptions> options, ServerAddresses addresses)
{
    private const string CustomPrefix = "/api/trigger/custom/";

    public string Of(Guid id, string? path) => Base + PathOf(id, path);

    /// <summary>The same for a page, which has no request of its own.</summary>
    /// <param name="seenAt">Where its reader sees it: <see cref="Microsoft.AspNetCore.Components.NavigationManager.BaseUri"/>.</param>
    public string Of(Guid id, string? path, string seenAt) => PublicOr(seenAt) + PathOf(id, path);

    /// <summary>What stands before a custom path.</summary>
    public string CustomBase(string seenAt) => PublicOr(seenAt) + CustomPrefix;

    /// <summary>The address of this server: the public one, else where the reader sees it.</summary>
    public string PublicOr(string seenAt) => (options.Value.PublicUrl is { Length: > 0 } url ? url : seenAt).TrimEnd('/');

    private static string PathOf(Guid id, string? path) => path is null ? $"/api/trigger/{id}" : CustomPrefix + path;

    public string Base
    {
        get
        {
            if (options.Value.PublicUrl is { Length: > 0 } url) return url.TrimEnd('/');
            return accessor.HttpContext is { Request: { Host.HasValue: true } request } ? $"{request.Scheme}://{request.Host}{request.PathBase}" : addresses.First;
        }
    }
}
