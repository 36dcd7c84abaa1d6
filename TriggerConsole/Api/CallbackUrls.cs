using Microsoft.Extensions.Options;
using TriggerConsole.Hosting;

namespace TriggerConsole.Api;

/// <summary>Where a callback's events are sent to, as the outside sees it: <c>PublicUrl</c>, else the address of the present request.</summary>
internal sealed class CallbackUrls(IHttpContextAccessor accessor, IOptions<ServerOptions> options, ServerAddresses addresses)
{
    public string Of(Guid id, string? path) => Base + (path is null ? $"/api/trigger/{id}" : $"/api/trigger/custom/{path}");

    public string Base
    {
        get
        {
            if (options.Value.PublicUrl is { Length: > 0 } url) return url.TrimEnd('/');
            return accessor.HttpContext is { Request: { Host.HasValue: true } request } ? $"{request.Scheme}://{request.Host}{request.PathBase}" : addresses.First;
        }
    }
}
